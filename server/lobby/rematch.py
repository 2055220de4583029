"""Rematch: the same people, seats and settings in a new room. Asking again gives the same room."""

from __future__ import annotations

import asyncio
import logging

from persistence.database import Database
from persistence.errors import PersistenceError
from persistence.play import games
from server.errors import RoomUnavailable
from server.lobby.opening import rematch_joins
from server.rooms.audience import frames
from server.rooms.directory import Directory, NewRoom
from server.rooms.machine.effects import Ack, OpenRematch, Step
from server.rooms.room import Room
from server.wire.error_codes import ErrorCode

_log = logging.getLogger(__name__)


class Rematches:
    """Opens the room that a finished room asks for."""

    def __init__(self, directory: Directory, database: Database) -> None:
        self._directory = directory
        self._database = database
        self._opening: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, room: Room, wish: OpenRematch) -> None:
        task = asyncio.create_task(self._open(room, wish), name=f"rematch {room.game_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open(self, room: Room, wish: OpenRematch) -> None:
        lock = self._opening.setdefault(room.game_id, asyncio.Lock())
        try:
            async with lock:
                game_id = await games.find_rematch(self._database, room.game_id)
                if game_id is None:
                    game_id = (await self._directory.create(self._same_room(room, wish))).game_id
        except (RoomUnavailable, PersistenceError) as error:
            _log.warning("no rematch of %s: %s", room.game_id, error)
            refused = frames.reject(wish.id, ErrorCode.UNAVAILABLE, "no room could be opened")
            room.fanout.send(wish.player_id, refused)
            return
        finally:
            if not lock.locked():
                self._opening.pop(room.game_id, None)
        room.audience.announce({"type": "rematch", "game_id": game_id})
        # Nothing was appended to the finished log, so the ack names its last event.
        head = _told(room).last
        room.fanout.send(wish.player_id, frames.ack(Ack(wish.player_id, wish.id, head, head)))

    def _same_room(self, room: Room, wish: OpenRematch) -> NewRoom:
        config, joins = rematch_joins(_told(room).state)
        return NewRoom(room.game, config, wish.player_id, joins, room.is_public, rematch_of=room.game_id)


def _told(room: Room) -> Step:
    assert room.told is not None, "only a finished game asks for a rematch"
    return room.told
