"""Commands that arrive while a room is paused wait, bounded in number and age; the rest is refused as unavailable."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from server import limits
from server.errors import RoomUnavailable
from server.games.rules import PlayerId
from server.games.table_events import Profile
from server.rooms.machine.effects import Reject
from server.wire.error_codes import ErrorCode
from server.wire.from_client import CommandFrame


@dataclass(frozen=True, slots=True)
class WaitingCommand:
    player_id: PlayerId
    profile: Profile
    frame: CommandFrame
    until_ms: int


class NodeWaiting:
    """How many commands wait in all rooms of this node."""

    def __init__(self) -> None:
        self.count = 0


class WaitingCommands:
    """The queue of one room, oldest first. The newest is refused when it is full: order is kept, nothing is dropped."""

    def __init__(self, node: NodeWaiting) -> None:
        self._node = node
        self._queue: deque[WaitingCommand] = deque()

    @property
    def next_due_ms(self) -> int | None:
        return self._queue[0].until_ms if self._queue else None

    def put(self, player_id: PlayerId, profile: Profile, frame: CommandFrame, now_ms: int) -> Reject | None:
        """Queue the command; the same id again is the same command."""
        if any(w.frame.id == frame.id and w.player_id == player_id for w in self._queue):
            return None
        full = len(self._queue) >= limits.WAITING_COMMANDS_MAX
        if full or self._node.count >= limits.WAITING_COMMANDS_NODE_MAX:
            return _unavailable(player_id, frame)
        self._node.count += 1
        self._queue.append(WaitingCommand(player_id, profile, frame, now_ms + limits.WAITING_COMMAND_MS))
        return None

    def expire(self, now_ms: int) -> list[Reject]:
        """Refuse what has waited too long."""
        expired = []
        while self._queue and self._queue[0].until_ms <= now_ms:
            late = self._queue.popleft()
            self._node.count -= 1
            expired.append(_unavailable(late.player_id, late.frame))
        return expired

    def take_all(self) -> list[WaitingCommand]:
        taken = list(self._queue)
        self._queue.clear()
        self._node.count -= len(taken)
        return taken


def _unavailable(player_id: PlayerId, frame: CommandFrame) -> Reject:
    return Reject(player_id, frame.id, ErrorCode.UNAVAILABLE, "the room is paused")


@asynccontextmanager
async def database_deadline() -> AsyncIterator[None]:
    """Let the block wait for the database as long as a command may. Raises RoomUnavailable."""
    try:
        async with asyncio.timeout(limits.WAITING_COMMAND_MS / 1000):
            yield
    except TimeoutError:
        raise RoomUnavailable("the database is out of reach") from None
