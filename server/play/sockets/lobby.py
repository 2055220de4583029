"""A session in the lobby: looks at the list of public rooms. It says who he is to nobody, and needs no hello."""

from __future__ import annotations

from urllib.parse import parse_qs

from server.clock import Clock
from server.lobby.room_list import Board
from server.metrics import Metrics
from server.sessions.budget import Verdict
from server.sessions.connection import Outlet, Speaker
from server.settings import Settings
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder
from server.wire.error_codes import ErrorCode
from server.wire.from_client import CommandFrame, Invalid, Malformed, Ping, Sync, decode


class LobbySession(Speaker):
    """A `Listener` of the board. `query`: of the address, `game=NAME` for the rooms of one game."""

    __slots__ = ("_board", "game")

    def __init__(
        self,
        board: Board,
        outlet: Outlet,
        query: str,
        encoder: Encoder,
        clock: Clock,
        metrics: Metrics,
        settings: Settings,
    ) -> None:
        super().__init__(outlet, encoder, clock, metrics, settings)
        self.hello_done = True
        games = parse_qs(query, keep_blank_values=True).get("game")
        self.game: str | None = games[-1] if games else None
        self._board = board
        board.enter(self)

    def receive(self, payload: bytes | bytearray, *, binary: bool) -> None:
        """One whole message. A hello is as good as none."""
        if self.closed:
            return
        self.heard_at_s = now_s = self._clock.monotonic()
        try:
            frame = decode(payload, binary=binary)
        except Malformed as error:
            self.fail(CloseCode.MALFORMED, "malformed", str(error))
            return
        verdict = self._budget.spend(now_s, len(payload))
        if verdict is not Verdict.OK:
            self._too_fast(frame.id if isinstance(frame, (CommandFrame, Invalid)) else None, verdict)
        elif isinstance(frame, Ping):
            self._reply({"type": "pong", "nonce": frame.nonce, "server_time": self._clock.now_ms()})
        elif isinstance(frame, Sync):
            self._board.show(self)
        elif isinstance(frame, CommandFrame):
            self._reject(frame.id, ErrorCode.INVALID_COMMAND, "the lobby takes no commands")
        elif isinstance(frame, Invalid):
            self._reject(frame.id, ErrorCode.INVALID_COMMAND, frame.message)

    def unavailable(self) -> None:
        """The list can't be read now (`Listener`)."""
        self.fail(CloseCode.RESTART, ErrorCode.UNAVAILABLE, "1000")

    def skip(self) -> bool:
        """Too much waits for the peer: he does without the changes, and gets the list when he has caught up."""
        self._stale = True
        return True

    def caught_up(self) -> None:
        """The peer has read everything."""
        if self._stale and not self.closed:
            self._stale = False
            self._board.show(self)

    def gone(self) -> None:
        """The connection is gone, for whatever reason."""
        self.closed = True
        self._board.leave(self)
