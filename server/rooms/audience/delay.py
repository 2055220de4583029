"""A room with a delay shows itself to those who don't play only as it was a while ago, over HTTP as in the gallery.

What is not shown game by game knows no delay: lifetime statistics and leaderboards count a game when it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from persistence.play.games import GameRow
from server.games.table_events import GameStarted
from server.rooms.machine.effects import Record


def may_be_ahead(row: GameRow, now_ms: int) -> bool:
    """Whether there may be something that only players know yet."""
    return bool(_delay_ms(row)) and not _is_past(row.completed_at or row.closed_at, row, now_ms)


def status(row: GameRow, now_ms: int) -> str:
    """The status of a room as a list shows it."""
    return "in_progress" if row.closed_at is not None and may_be_ahead(row, now_ms) else row.status


def as_watched(row: GameRow, records: Sequence[Record], now_ms: int) -> GameRow:
    """The game as those see it who only watch; `records`: all of it. That a room was opened is no secret."""
    known = [record for record in records if record.at_ms <= now_ms - _delay_ms(row)] or records[:1]
    if len(known) == len(records):
        return row
    started = any(isinstance(record.event, GameStarted) for record in known)
    return replace(
        row,
        last_event_index=known[-1].index,
        status="in_progress" if started else "created",
        started_at=row.started_at if started else None,
        completed_at=None,
        closed_at=None,
    )


def _delay_ms(row: GameRow) -> int:
    return int(row.config.get("spectator_delay_s", 0)) * 1000


def _is_past(at: datetime | None, row: GameRow, now_ms: int) -> bool:
    return at is not None and at.timestamp() * 1000 + _delay_ms(row) <= now_ms
