"""Shows progress: on a terminal a table that is redrawn, elsewhere a line every few seconds."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table

from loadtest.load.timeline import Second

_LINE_EVERY = 5  # seconds, where no table can be redrawn


class Progress:
    """A context manager. Drawing costs a millisecond or two a second."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._live = Live(console=self._console, auto_refresh=False) if sys.stderr.isatty() else None
        self._phase = ""

    def __enter__(self) -> Progress:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def phase(self, name: str) -> None:
        self._phase = name
        if self._live is None:
            print(name, file=sys.stderr, flush=True)
        else:
            self._live.update(name, refresh=True)

    def second(self, second: Second, of: float) -> None:
        figures = second.as_json()
        if self._live is not None:
            self._live.update(_table(self._phase, figures, of), refresh=True)
        elif second.number % _LINE_EVERY == _LINE_EVERY - 1:
            print(_line(figures, of), file=sys.stderr, flush=True)


def _rows(figures: dict[str, float]) -> list[tuple[str, str]]:
    rows = [
        ("rooms, connections", f"{figures['rooms']:,} {figures['connections']:,}"),
        ("commands acked", f"{figures['acks']:,}/s"),
        ("events, delivered", f"{figures['events']:,}/s {figures['deliveries']:,}/s"),
    ]
    for key, name in (("to_ack", "to ack"), ("to_broadcast", "to broadcast"), ("to_end", "to the end")):
        if f"{key}_p50_ms" in figures:
            rows.append((name, f"p50 {figures[f'{key}_p50_ms']:.1f} ms, p99 {figures[f'{key}_p99_ms']:.1f} ms"))
    if "commit_p50_ms" in figures:
        rows.append(("commit", f"p50 {figures['commit_p50_ms']:.1f} ms, {figures['batch_events']:.0f} events each"))
        rows.append(("loop lag p99", f"{figures['loop_lag_p99_ms']:.1f} ms"))
    if "server_cpu" in figures:
        rows.append(("server, Postgres", f"{figures['server_cpu']:.0%} {figures['database_cpu']:.0%} of a core"))
    rows.append(("clients", f"{figures['clients_cpu']:.0%} of a core"))
    if figures["rejects"]:
        rows.append(("refused", f"{figures['rejects']:,}"))
    return rows


def _table(phase: str, figures: dict[str, float], of: float) -> Table:
    table = Table(title=f"{phase}  {figures['second'] + 1} of {of:.0f} s", show_header=False, box=None)
    for row in _rows(figures):
        table.add_row(*row)
    return table


def _line(figures: dict[str, float], of: float) -> str:
    told = "  ".join(f"{name} {value}" for name, value in _rows(figures)[1:5])
    return f"{figures['second'] + 1:>5} of {of:.0f} s  {told}"
