"""Measures a server on this machine: `python -m loadtest.bench`. Starts it, measures it, and stops it.

The server and its Postgres share one core; the clients have another. Exit code 1: the server broke a guarantee
under load (a gap, a duplicate, an acked command that is not in the log), or the run failed. A missed goal is printed,
but is not a failure: machines differ.
"""

from __future__ import annotations

import argparse
import gc
import json
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import uvloop

from loadtest import machine
from loadtest.bench import baseline
from loadtest.bench.parts import PARTS, Bench, Plan
from loadtest.bench.report import BenchReport, Goal
from loadtest.launch import LaunchFailed, LocalServer

RULES_BENCH = [sys.executable, "-m", "tests.support.bench_rules"]
"""Measures the rules alone. They are the server's code, which this package may not import: hence another process."""

_RULES_S = 120.0


def main() -> int:
    plan, target, is_saved = _arguments()
    machine.allow_many_files()
    cores = machine.choose_cores()
    report = BenchReport(facts={"machine": machine.model(), "python": sys.version.split()[0], "plan": asdict(plan)})
    report.facts["began"] = time.strftime("%Y-%m-%d %H:%M:%S %z")
    report.facts["cores"] = asdict(cores)
    if cores.server is None:
        print("This system can't pin processes to cores: the clients take time from the server.")
    else:
        print(f"Server and Postgres on core {cores.server}, clients on core {cores.clients}. {machine.model()}.")
    # By default SIGTERM would end this process without stopping the server.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        report.facts["calibration_s"] = round(_calibrate(cores), 5)
        measure_rules(report, cores)
        for part in PARTS if plan.only is None else (plan.only,):
            # A new server for each part, so that the memory and tables of one part do not slow the next one.
            with LocalServer(cores) as server:
                gc.disable()  # pauses of the clients would be measured as the server's; there are hardly any cycles
                uvloop.run(Bench(server, plan, report).run(part))
    except KeyboardInterrupt:
        print("\nstopped")
        return 130
    except (LaunchFailed, OSError, TimeoutError, RuntimeError) as error:
        print(f"\nthe bench failed: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(f"\n{report.table()}\n")
    _compare_with_baseline(report, is_saved=is_saved)
    if target is not None:
        target.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    for problem in report.problems[:20]:
        print(f"BROKEN: {problem}", file=sys.stderr)
    return 1 if report.problems else 0


def _calibrate(cores: machine.Cores) -> float:
    machine.pin(cores.server)
    try:
        return baseline.calibrate()
    finally:
        machine.pin(cores.clients)


def _compare_with_baseline(report: BenchReport, *, is_saved: bool) -> None:
    """Print what became slower since the saved figures; with `is_saved` save these instead."""
    figures = report.as_json()
    then = baseline.load(machine.model())
    if then is not None:
        print(baseline.describe(baseline.compare(figures, then), then, machine.model()))
    if is_saved and not report.problems:
        print(f"saved as {baseline.save(figures)}")


def measure_rules(report: BenchReport, cores: machine.Cores) -> None:
    """Measure the rules alone, on the server's core."""
    print("rules alone ...", flush=True)
    machine.pin(cores.server)
    try:
        done = subprocess.run(RULES_BENCH, capture_output=True, text=True, timeout=_RULES_S, check=False)
    finally:
        machine.pin(cores.clients)
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        print(f"  not measured: {last}")
        return
    samples = [float(sample) for sample in json.loads(done.stdout)["ms"]]
    report.add("rules_ms", "rules alone: a 4-player game", samples, "ms", Goal("< 15 ms", 15, least=False))


def _arguments() -> tuple[Plan, Path | None, bool]:
    parser = argparse.ArgumentParser(prog="python -m loadtest.bench", description="Measure a server on this machine.")
    plan = Plan()
    parser.add_argument("--seconds", type=float, default=plan.seconds, help="seconds of each measurement (%(default)s)")
    parser.add_argument("--repeat", type=int, default=plan.repeat, help="measurements; the median counts (%(default)s)")
    parser.add_argument("--rooms", type=int, default=plan.rooms, help="number of rooms (%(default)s)")
    parser.add_argument("--window", type=int, default=plan.window, help="commands in flight per room (%(default)s)")
    parser.add_argument("--sweep", action="store_true", help="try several windows first, for 2 seconds each")
    parser.add_argument("--rate", type=float, default=plan.rate, help="open loop: commands per second (%(default)s)")
    parser.add_argument("--games", type=int, default=plan.games, help="games of bots, one by one (%(default)s)")
    parser.add_argument("--running", type=int, default=plan.running, help="rooms that a crash interrupts (%(default)s)")
    parser.add_argument("--spectators", type=int, default=plan.spectators, help="spectators of one room (%(default)s)")
    parser.add_argument("--codec", choices=("json", "msgpack"), default=plan.codec, help="(%(default)s)")
    parser.add_argument("--only", choices=PARTS, help="only this part")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--keep", action="store_true", help="save the figures: later runs are compared with them")
    given = vars(parser.parse_args())
    target: Path | None = given.pop("json")
    is_saved: bool = given.pop("keep")
    return Plan(**given), target, is_saved


if __name__ == "__main__":
    sys.exit(main())
