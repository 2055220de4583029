"""Bugs that are put in on purpose are found, each by an invariant that should find it."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS, infected
from tests.simulation.simulation import simulate

_SEEDS_MAX = 300


@pytest.mark.parametrize("name", MUTANTS)
def test_every_mutant_is_found(name: str) -> None:
    mutant = MUTANTS[name]
    with infected(mutant):
        outcomes = (simulate(seed) for seed in range(_SEEDS_MAX))
        first = next((outcome for outcome in outcomes if outcome.violation is not None), None)
    assert first is not None, f"not found in {_SEEDS_MAX} seeds"
    assert first.violation is not None
    print(f"{name}: found after {first.seed + 1} seeds by {first.violation}")
    assert first.violation.invariant in mutant.caught, f"{first.violation}"
