"""Taking or giving up a seat changes what a player may see. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from server.games.rules import PlayerId
from server.games.table_events import PlayerBecameSpectator, PlayerJoined
from server.rooms.machine.effects import Record


def reseated(records: Iterable[Record]) -> dict[PlayerId, bool]:
    """Who took (True) or gave up (False) a seat in these events; mostly nobody."""
    changes: dict[PlayerId, bool] = {}
    for record in records:
        event = record.event
        if type(event) is PlayerJoined:
            changes[event.player_id] = event.seat is not None
        elif type(event) is PlayerBecameSpectator:
            changes[event.player_id] = False
    return changes
