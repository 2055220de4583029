"""The entry of a room in the list of public rooms: the same over HTTP and in the live lobby. Pure."""

from __future__ import annotations

from persistence.play.games import GameRow
from server.games.rules import Data
from server.rooms.audience import delay


def listed(row: GameRow, spectators: int, now_ms: int) -> Data:
    """One entry. `spectators`: the number of connections without a seat, which the database does not know."""
    return {
        "game_id": row.id,
        "game": row.game,
        "join_code": row.join_code,
        "players": row.current_players,
        "max_players": row.max_players,
        "spectators": spectators,
        "status": delay.status(row, now_ms),
        "is_public": row.is_public,
        "created_at": row.created_at.isoformat(),
    }
