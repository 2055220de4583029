"""Who meets whom: the one place that weighs the tables which somebody could be seated at. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from server import limits
from server.games.rules import PlayerId
from server.games.table import Status, Table


def choose(tables: Iterable[Table], player_id: PlayerId) -> Table | None:
    """The table for this player, of tables whose game has not begun; None: none of them.

    The one that he sits at already, else the fullest with a free seat and somebody at it, the oldest of several.
    Whoever was removed from a table does not come back to it.
    """
    best, best_seated = None, 0
    for table in tables:
        member = table.players.get(player_id)
        if member is not None and member.kicked:
            continue
        if member is not None and member.seat is not None:
            return table
        seated = len(table.seated())
        if best_seated < seated < seats(table):
            best, best_seated = table, seated
    return best


def seats(table: Table) -> int:
    """How many are seated at this table by matchmaking."""
    return min(limits.MATCH_SEATS, table.config.max_players)


def seat_of(table: Table, player_id: PlayerId) -> int | None:
    """The seat that is this player's to come back to; None: he has none, left it, or was removed."""
    player = table.players.get(player_id)
    gone = player is None or player.kicked or player.status == Status.LEFT or table.is_over
    return None if player is None or gone else player.seat


def free_for_bots(table: Table) -> int:
    """How many bots are to sit down; 0 at a table that everybody has left."""
    seated = table.seated()
    return max(0, seats(table) - len(seated)) if any(not player.is_bot for player in seated) else 0
