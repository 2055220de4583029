"""Thousands of seeds under faults, each with all of its invariants; and a seed is the whole of its story.

PARLOR_SEEDS sets how many (800), PARLOR_FIRST_SEED where they begin (0).
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.simulation.simulation import report, simulate
from tests.support.soak import amount

_SEEDS = int(os.environ.get("PARLOR_SEEDS") or amount(usual=600, soak=5_000))
_FIRST = int(os.environ.get("PARLOR_FIRST_SEED", "0"))
_CHUNK = 50
_ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize("seed", range(3))
def test_a_seed_tells_the_same_story_in_another_process(seed: int) -> None:
    """Also where strings hash to other numbers, so that sets have another order."""
    here = simulate(seed).history
    command = [sys.executable, "-m", "tests.simulation", "--seed", str(seed), "--trace"]
    environment = os.environ | {"PYTHONHASHSEED": str(seed + 1)}
    there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=_ROOT)
    assert there.stdout.splitlines()[:-1] == here
