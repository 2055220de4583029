"""Simulate from the command line.

python -m tests.simulation --seeds 50000 --from 0
python -m tests.simulation --seed 1234 --trace
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.simulation.faults import REWINDS, WEIGHTS
from tests.simulation.simulation import report, simulate


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description="Simulate Parlor under faults.")
    parser.add_argument("--seed", type=int, help="run only this seed")
    parser.add_argument("--trace", action="store_true", help="print the whole history")
    parser.add_argument("--seeds", type=int, default=1000, help="number of seeds (1000)")
    parser.add_argument("--from", type=int, default=0, dest="first", help="first seed (0)")
    parser.add_argument("--rewind", action="store_true", help="the database may fail over and lose its last commits")
    given = parser.parse_args()
    weights = REWINDS if given.rewind else WEIGHTS
    first, count = (given.first, given.seeds) if given.seed is None else (given.seed, 1)
    began, commands, faults = time.perf_counter(), 0, 0
    for seed in range(first, first + count):
        outcome = simulate(seed, weights)
        commands, faults = commands + outcome.commands, faults + outcome.faults
        if given.trace:
            print("\n".join(outcome.history))
        if outcome.violation:
            print(report(outcome, " --rewind" * given.rewind))
            return 1
    seconds = time.perf_counter() - began
    print(
        f"{count} seeds, {commands} commands, {faults} faults in {seconds:.1f} s: {count / seconds * 60:.0f} a minute"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
