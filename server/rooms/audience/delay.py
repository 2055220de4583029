"""The delay of a room for everybody who doesn't play in it, over HTTP as on the sockets.

Lifetime statistics and leaderboards know no delay: they count a game when it is over, and show no single game.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from persistence.play.games import GameRow


def may_be_ahead(row: GameRow, now_ms: int) -> bool:
    """Whether players may know more of this game than spectators do."""
    return bool(_delay_ms(row)) and not _is_past(row.completed_at or row.closed_at, row, now_ms)


def status(row: GameRow, now_ms: int) -> str:
    """The status of a room as a list shows it."""
    return "in_progress" if row.closed_at is not None and may_be_ahead(row, now_ms) else row.status


def newest_watched_ms(row: GameRow, now_ms: int) -> int:
    """When the newest event may have happened that spectators may know now."""
    return now_ms - _delay_ms(row)


def as_watched(row: GameRow, index: int, now_ms: int) -> GameRow:
    """The game as spectators see it now; `index`: the newest event that they may know."""
    if index == row.last_event_index:
        return row
    started = row.started_at is not None and _is_past(row.started_at, row, now_ms)
    return replace(
        row,
        last_event_index=index,
        status="in_progress" if started else "created",
        started_at=row.started_at if started else None,
        completed_at=None,
        closed_at=None,
    )


def _delay_ms(row: GameRow) -> int:
    return int(row.config.get("spectator_delay_s", 0)) * 1000


def _is_past(at: datetime | None, row: GameRow, now_ms: int) -> bool:
    return at is not None and round(at.timestamp() * 1000) + _delay_ms(row) <= now_ms
