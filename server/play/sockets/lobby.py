"""The socket of the lobby: the list of public rooms, kept up to date. It takes no commands and needs no hello."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import parse_qs

from server.clock import Clock
from server.lobby.room_list import RoomList
from server.metrics import Metrics
from server.sessions.connection import Connection, Handlers, Outlet
from server.settings import Settings
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder
from server.wire.error_codes import ErrorCode
from server.wire.from_client import CommandFrame, Hello, Sync, decode


class LobbySession(Connection):
    """A `LobbyClient`. `query`: of the address, `game=NAME` for the rooms of one game."""

    __slots__ = ("_rooms", "game")

    def __init__(
        self,
        rooms: RoomList,
        outlet: Outlet,
        query: str,
        encoder: Encoder,
        clock: Clock,
        metrics: Metrics,
        settings: Settings,
    ) -> None:
        super().__init__(outlet, encoder, decode, clock, metrics, settings)
        games = parse_qs(query, keep_blank_values=True).get("game")
        self.game: str | None = games[-1] if games else None
        self._rooms = rooms
        self._open()
        rooms.enter(self)

    def _sync(self, frame: Sync) -> None:
        self._rooms.send_list(self)

    def _command(self, frame: CommandFrame) -> None:
        self._reject(frame.id, ErrorCode.INVALID_COMMAND, "the lobby takes no commands")

    def _needless_hello(self, frame: Hello) -> None:
        """Clients may greet here as they do elsewhere."""

    handlers: ClassVar[Handlers] = {
        **Connection.handlers,
        Sync: _sync,
        CommandFrame: _command,
        Hello: _needless_hello,
    }

    def unavailable(self) -> None:
        """The list can't be read now (`LobbyClient`)."""
        self.fail(CloseCode.RESTART, ErrorCode.UNAVAILABLE, "1000")

    def skip(self) -> bool:
        """Too much waits for the peer: changes are dropped, and the whole list follows when the peer has caught up."""
        self._skipping = True
        return True

    def caught_up(self) -> None:
        """The peer has read everything."""
        if self._skipping and not self.closed:
            self._skipping = False
            self._rooms.send_list(self)

    def _leave(self) -> None:
        self._rooms.leave(self)
