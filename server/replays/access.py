"""Who may look at a game, and through whose eyes. Pure."""

from __future__ import annotations

from persistence.play.games import GameRow
from server.errors import Refused
from server.games.rules import PlayerId, Viewer
from server.games.table import Table


def is_seated(table: Table, caller: PlayerId | None) -> bool:
    """Whether the caller has a seat at this table."""
    member = None if caller is None else table.players.get(caller)
    return member is not None and member.seat is not None


def is_member(table: Table, caller: PlayerId | None) -> bool:
    """Whether the caller has joined, to play or to watch, and was not removed."""
    member = None if caller is None else table.players.get(caller)
    return member is not None and not member.kicked


def may_look(row: GameRow, table: Table, caller: PlayerId | None) -> bool:
    """Whether the caller may look at a game that is not completed: a private one shows itself to its members only."""
    return row.is_public or is_member(table, caller)


def viewer_of(table: Table, caller: PlayerId | None, wanted: PlayerId | None) -> Viewer:
    """The eyes through which the caller sees a game that is not completed: their own if they have a seat, else
    nobody's. Raises Refused for the wish to see it as somebody else."""
    if wanted is not None and wanted != caller:
        raise Refused(403, "forbidden", "in a running game `as` is allowed only to that player", "as")
    return caller if is_seated(table, caller) else None
