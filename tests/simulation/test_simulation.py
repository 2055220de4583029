"""Thousands of seeds under faults, each with all of its invariants; and a seed is the whole of its story.

PARLOR_SEEDS sets how many (5,000), PARLOR_FIRST_SEED where they begin (0).
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable

import pytest

from tests.simulation.world import report, simulate

_SEEDS = int(os.environ.get("PARLOR_SEEDS", "5000"))
_FIRST = int(os.environ.get("PARLOR_FIRST_SEED", "0"))
_CHUNK = 50


def failures(seeds: Iterable[int]) -> list[str]:
    """What did not hold, one report a seed."""
    outcomes = (simulate(seed) for seed in seeds)
    return [report(outcome) for outcome in outcomes if outcome.broken is not None]


@pytest.mark.timeout(1800)
def test_nothing_breaks() -> None:
    last = _FIRST + _SEEDS
    chunks = [range(first, min(first + _CHUNK, last)) for first in range(_FIRST, last, _CHUNK)]
    with multiprocessing.get_context("spawn").Pool(min(2, os.cpu_count() or 1)) as pool:
        for broken in pool.imap(failures, chunks):
            if broken:
                pytest.fail(broken[0], pytrace=False)


@pytest.mark.parametrize("seed", range(5))
def test_a_seed_tells_the_same_story_again(seed: int) -> None:
    assert simulate(seed).history == simulate(seed).history
