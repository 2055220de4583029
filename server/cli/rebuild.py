"""parlor rebuild: compute summaries, statistics and ratings again from the log."""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from migrations import runner
from server.cli.database import database_url
from server.clock import Clock, SystemClock
from server.errors import StartupError
from server.play import limits
from server.play.rebuild.differences import Report
from server.play.rebuild.process import ProcessFailed
from server.play.rebuild.run import rebuild
from server.settings import Settings


def rebuild_statistics(settings: Settings, *, verify: bool, target: Path | None, processes: int | None) -> int:
    """Report the differences and, unless `verify`, correct them. Returns 0 if the tables are right now, else 1."""
    count = min(os.cpu_count() or 1, limits.REBUILD_PROCESSES_MAX) if processes is None else processes
    if not 1 <= count <= limits.REBUILD_PROCESSES_MAX:
        raise StartupError(f"--processes: 1 to {limits.REBUILD_PROCESSES_MAX}", exit_code=2)
    with ExitStack() as stack:
        report = Report(None if target is None else stack.enter_context(_opened(target)))
        url = stack.enter_context(database_url(settings))
        runner.require_head(url)
        progress = Progress(SystemClock(), sys.stderr if sys.stderr.isatty() else None)
        try:
            asyncio.run(rebuild(url, report, progress.advance, mend=not verify, processes=count))
        except (ProcessFailed, BrokenProcessPool) as error:
            raise StartupError(f"a process of the rebuild failed, start it again: {error}") from None
        finally:
            progress.end()
        report.close(verify=verify)
    _print(report, verify=verify)
    return 1 if report.broken or (verify and report.count) else 0


def _print(report: Report, *, verify: bool) -> None:
    for difference in report.first:
        print(difference)
    if report.count > len(report.first):
        print(f"... and {report.count - len(report.first):,} more (all of them: --json FILE)")
    for (game, reason, broken), ids in report.left_alone.items():
        count = report.left_alone_counts[game, reason, broken]
        names = ", ".join(ids[:3]) + (", ..." if count > 3 else "")
        print(f"{'BROKEN' if broken else 'left alone'}: {count:,} of {game}: {reason} ({names})")
    if not report.count:
        what = "everything else" if report.left_alone else "everything"
        print(f"{report.games:,} games: {what} is as the log says")
        return
    tables = ", ".join(f"{table} {count:,}" for table, count in sorted(report.by_table.items()))
    print(f"{report.games:,} games: {report.count:,} differences {'found' if verify else 'mended'}: {tables}")


def _opened(target: Path) -> TextIO:
    try:
        return target.open("w", encoding="utf-8")
    except OSError as error:
        raise StartupError(f"{target}: {error.strerror}", exit_code=2) from None


class Progress:
    """One line on a terminal that is rewritten: step, done of total, rate, remaining time."""

    def __init__(self, clock: Clock, terminal: TextIO | None) -> None:
        self._clock = clock
        self._terminal = terminal
        self._what = ""
        self._since = 0.0

    def advance(self, what: str, done: int, total: int) -> None:
        if self._terminal is None:
            return
        now = self._clock.monotonic()
        if what != self._what:
            self.end()
            self._what, self._since = what, now
        took = now - self._since
        text = f"{what}: {done:,} of {total:,}" if total else what
        if took > 0 and done:
            rate = done / took
            text += f", {rate:,.0f}/s, {(total - done) / rate:,.0f} s left"
        self._terminal.write(f"\r{text:<70}")
        self._terminal.flush()

    def end(self) -> None:
        """Finish the line."""
        if self._terminal is not None and self._what:
            self._terminal.write("\n")
            self._what = ""
