"""Thousands of seeds under faults hold all invariants, and each seed can be reproduced.

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
    """A report for each seed with a violation."""
    outcomes = (simulate(seed) for seed in seeds)
    return [report(outcome) for outcome in outcomes if outcome.violation is not None]


@pytest.mark.timeout(1800)
def test_no_seed_violates_an_invariant() -> None:
    last = _FIRST + _SEEDS
    chunks = [range(first, min(first + _CHUNK, last)) for first in range(_FIRST, last, _CHUNK)]
    with multiprocessing.get_context("spawn").Pool(min(2, os.cpu_count() or 1)) as pool:
        for violation in pool.imap(failures, chunks):
            if violation:
                pytest.fail(violation[0], pytrace=False)


@pytest.mark.parametrize("seed", range(3))
def test_a_seed_has_the_same_history_in_another_process(seed: int) -> None:
    """Also with other hashes of strings, which change the order of sets."""
    here = simulate(seed).history
    command = [sys.executable, "-m", "tests.simulation", "--seed", str(seed), "--trace"]
    environment = os.environ | {"PYTHONHASHSEED": str(seed + 1)}
    there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=_ROOT)
    assert there.stdout.splitlines()[:-1] == here
