"""The rooms of this node whose game has not begun, by game: a search for a seat need not look at all rooms."""

from __future__ import annotations

from collections.abc import MutableMapping
from weakref import WeakValueDictionary

from server.games.table import Phase
from server.rooms.room import Room


class OpenRooms:
    """A room is added when it comes into memory, and forgotten by itself when it leaves the memory."""

    def __init__(self) -> None:
        self._rooms: dict[str, MutableMapping[str, Room]] = {}

    def add(self, room: Room) -> None:
        """A room was opened or loaded, in whatever phase."""
        if _is_open(room):
            self._rooms.setdefault(room.game.name, WeakValueDictionary())[room.game_id] = room

    def of(self, game: str) -> list[Room]:
        """The oldest first, public and private."""
        rooms = self._rooms.get(game, {})
        for room in [room for room in rooms.values() if not _is_open(room)]:
            del rooms[room.game_id]  # a game that has begun never goes back
        return list(rooms.values())


def _is_open(room: Room) -> bool:
    return room.closed is None and room.table.phase == Phase.LOBBY
