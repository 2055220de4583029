"""The rooms of this node whose game has not begun, by game: those who look for a seat need not look at all others."""

from __future__ import annotations

from collections.abc import MutableMapping
from weakref import WeakValueDictionary

from server.games.table import Phase
from server.rooms.room import Room


class Lobbies:
    """Rooms come in when they come into memory. One that is gone from there is forgotten by itself."""

    def __init__(self) -> None:
        self._rooms: dict[str, MutableMapping[str, Room]] = {}

    def add(self, room: Room) -> None:
        """A room that was opened or loaded, in whatever phase."""
        if _is_open(room):
            self._rooms.setdefault(room.core.game.name, WeakValueDictionary())[room.game_id] = room

    def of(self, game: str) -> list[Room]:
        """The oldest first, public and private."""
        rooms = self._rooms.get(game, {})
        for room in [room for room in rooms.values() if not _is_open(room)]:
            del rooms[room.game_id]  # a game that has begun does not go back to its lobby
        return list(rooms.values())


def _is_open(room: Room) -> bool:
    return room.closed is None and room.core.table.phase == Phase.LOBBY
