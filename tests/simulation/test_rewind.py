"""Failover to a replica that lacks the last commits: their events are lost, all other invariants hold.

Nothing leaves the server that was never committed, no connection has a gap or a duplicate, no command is applied twice,
no room continues over a gap, and everything settles.
"""

from __future__ import annotations

import pytest

from tests.simulation.faults import REWINDS
from tests.simulation.simulation import report, simulate
from tests.support.soak import amount

_SEEDS = amount(usual=60, soak=500)
_NOT_KEPT = frozenset({"no going back"})  # a client with lost events that returns late is not told


def test_a_rewind_breaks_no_other_invariant() -> None:
    for seed in range(_SEEDS):
        outcome = simulate(seed, REWINDS, _NOT_KEPT)
        if outcome.violation is not None:
            pytest.fail(report(outcome, " --rewind"), pytrace=False)
