"""Failover to a replica that lacks the last commits: what they promised is lost. What can be kept all the same, is.

Nothing leaves that was never committed, no connection sees a gap or an index twice, no command is applied twice, a room
never goes on over a gap, and all comes to rest.
"""

from __future__ import annotations

import pytest

from tests.simulation.faults import REWINDS
from tests.simulation.simulation import report, simulate
from tests.support.soak import amount

_SEEDS = amount(usual=60, soak=500)
_NOT_KEPT = frozenset({"no going back"})  # who holds lost events and comes back late is not told that they are lost


def test_what_a_rewind_leaves_standing() -> None:
    for seed in range(_SEEDS):
        outcome = simulate(seed, REWINDS, _NOT_KEPT)
        if outcome.broken is not None:
            pytest.fail(report(outcome, " --rewind"), pytrace=False)
