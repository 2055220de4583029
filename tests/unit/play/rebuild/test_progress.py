"""The line that a rebuild writes on a terminal."""

from __future__ import annotations

import io

from server.cli.rebuild import Progress


class _Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


def test_how_much_how_fast_how_long() -> None:
    clock, terminal = _Clock(), io.StringIO()
    progress = Progress(clock, terminal)  # type: ignore[arg-type]
    progress.advance("games", 0, 3_000)
    clock.now += 2
    progress.advance("games", 1_000, 3_000)
    progress.advance("players", 0, 0)
    progress.end()
    lines = [line.split("\r")[-1].rstrip() for line in terminal.getvalue().split("\n")[:-1]]
    assert lines == ["games: 1,000 of 3,000, 500/s, 4 s left", "players"]


def test_nothing_is_written_where_nobody_looks() -> None:
    progress = Progress(_Clock(), None)  # type: ignore[arg-type]
    progress.advance("games", 1, 2)
    progress.end()
