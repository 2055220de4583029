"""Prints a line for each cycle to standard error; on a terminal it is overwritten."""

from __future__ import annotations

import sys
from time import monotonic

from loadtest.chaos.plan import Injection
from loadtest.chaos.report import ChaosReport


class Progress:
    def __init__(self, report: ChaosReport) -> None:
        self._report = report
        self._live = sys.stderr.isatty()
        self._began_s = monotonic()

    def cycle(self, injection: Injection, served_s: float) -> None:
        """A cycle is complete; its last client was served after `served_s`."""
        report = self._report
        detail = " ".join(str(value) for key, value in injection.detail.items() if key != "seed")
        line = (
            f"{monotonic() - self._began_s:7.1f} s  {injection.number:>4}/{len(report.plan.injections)}  "
            f"{injection.fault.value:<15} {detail:<16} served again after {served_s * 1e3:5.0f} ms  "
            f"{report.counts.acked:>8,} acked"
        )
        if self._live:
            print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._live:
            print(file=sys.stderr)
