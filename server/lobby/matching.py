"""Which table a player is seated at. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from server import limits
from server.games.rules import PlayerId
from server.games.table import Status, Table


def choose(tables: Iterable[Table], player_id: PlayerId) -> Table | None:
    """The table for this player, of tables whose game has not begun; None: none of them.

    That is the table where the player sits already, else the fullest one with a free seat and somebody at it, the
    oldest of several. A player who was removed from a table does not come back to it.
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
    """How many players matchmaking seats at this table."""
    return min(limits.MATCH_SEATS, table.config.max_players)


def seat_of(table: Table, player_id: PlayerId) -> int | None:
    """The seat that this player may come back to; None: there is none, the player left it, or was removed."""
    player = table.players.get(player_id)
    gone = player is None or player.kicked or player.status == Status.LEFT or table.is_over
    return None if player is None or gone else player.seat


def free_for_bots(table: Table) -> int:
    """How many bots are to sit down; 0 at a table without people."""
    seated = table.seated()
    return max(0, seats(table) - len(seated)) if any(not player.is_bot for player in seated) else 0
