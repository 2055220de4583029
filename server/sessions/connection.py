"""One connection, from its first frame to its end: hello, pace, frames that come early, pings, what is said before a
close. Every kind of socket is a `Connection` with a table of handlers."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar, Protocol, TypeAlias
from uuid import UUID

from persistence.errors import PersistenceError
from server import limits
from server.clock import Clock
from server.errors import Refused, RoomQuarantined, RoomUnavailable
from server.metrics import Cut, Metrics
from server.rooms.audience import frames
from server.sessions.budget import Budget, Verdict
from server.sessions.tokens import InvalidToken
from server.settings import Settings
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder
from server.wire.error_codes import ErrorCode
from server.wire.from_client import Invalid, Malformed, Ping

_log = logging.getLogger(__name__)

Handlers: TypeAlias = Mapping[type, Callable[[Any, Any], None]]
"""What a connection does with a frame, by the type of the frame: methods that take the connection and the frame."""


class Decode(Protocol):
    """Turns the bytes of one message into a frame. Raises Malformed."""

    def __call__(self, payload: bytes | bytearray, *, binary: bool) -> Any: ...


class Outlet(Protocol):
    """Where the bytes of a connection go."""

    def write(self, data: bytes) -> None: ...

    def close(self, code: int, reason: str) -> None: ...

    def greeted(self) -> None:
        """The hello came: the connection is not half-open any more."""


class Connection:
    """What all kinds of sockets have in common. A kind of socket adds:

    - `handlers`: what it does with its frames once the client is welcome;
    - `hello`, `_admit` and `_enter`, if the first frame is a hello. A socket that needs none calls `_open` at once;
    - `skip` and `caught_up`, for a peer that reads too slowly.
    """

    __slots__ = (
        "_admitted",
        "_budget",
        "_clock",
        "_decode",
        "_early",
        "_game_id",
        "_metrics",
        "_outlet",
        "_skipping",
        "_task",
        "_token",
        "_welcomed",
        "closed",
        "encoder",
        "heard_at_s",
        "hello_done",
        "hello_due_s",
    )

    hello: ClassVar[type[Any]] = type(None)
    """The type of the first frame; none, unless a kind of socket says so."""
    subject: ClassVar[str] = "room"
    """What the client asked for, in words to the client."""

    def __init__(
        self,
        outlet: Outlet,
        encoder: Encoder,
        decode: Decode,
        clock: Clock,
        metrics: Metrics,
        settings: Settings,
        game_id: str = "",
        token: str | None = None,
    ) -> None:
        """`game_id`: as the client spelled it. `token`: the bearer of the upgrade, if there was one."""
        self.encoder = encoder
        self.heard_at_s = clock.monotonic()
        self.hello_due_s = self.heard_at_s + limits.HELLO_S  # other signs of life don't put it off
        self.hello_done = False
        self.closed = False
        self._outlet = outlet
        self._decode = decode
        self._clock = clock
        self._metrics = metrics
        self._game_id = game_id
        self._token = token
        self._budget = Budget(
            settings.commands_per_s, settings.burst, settings.bytes_per_s, settings.bytes_burst, self.heard_at_s
        )
        self._admitted = False  # counted among the connections of this kind
        self._welcomed = False  # frames are handled as they come
        self._early: deque[Any] = deque()  # frames before the welcome; bounded by FRAMES_BEFORE_WELCOME_MAX
        self._task: asyncio.Task[None] | None = None
        self._skipping = False  # what is sent is dropped until the peer has caught up

    # Bytes in.

    def receive(self, payload: bytes | bytearray, *, binary: bool) -> None:
        """One whole message from the client."""
        if self.closed:
            return
        self.heard_at_s = now_s = self._clock.monotonic()
        try:
            frame = self._decode(payload, binary=binary)
        except Malformed as error:
            self.fail(CloseCode.MALFORMED, "malformed", str(error))
            return
        if self._welcomed:
            verdict = self._budget.spend(now_s, len(payload))
            if verdict is Verdict.OK:
                self.handlers[type(frame)](self, frame)
            else:
                self._reject_too_fast(getattr(frame, "id", None), verdict)
        elif not self.hello_done:
            self._first(frame)
        elif len(self._early) < limits.FRAMES_BEFORE_WELCOME_MAX:
            self._early.append(frame)
        else:
            self._cut(Cut.RATE, "too many frames before the welcome")

    def heard(self) -> None:
        """A sign of life that is no message by itself: a WebSocket ping or pong, a part of a message."""
        if self.closed:
            return
        self.heard_at_s = now_s = self._clock.monotonic()
        verdict = self._budget.spend(now_s, 0)
        if verdict is not Verdict.OK:
            self._reject_too_fast(None, verdict)

    # Hello.

    def _first(self, frame: Any) -> None:
        if not isinstance(frame, self.hello):
            problem = frame.message if isinstance(frame, Invalid) else "the first frame is hello"
            self.fail(CloseCode.UNAUTHORIZED, "unauthorized", problem)
            return
        self._token = frame.token or self._token
        try:
            self._admitted = self._admit(frame)
        except InvalidToken as error:
            self.fail(CloseCode.UNAUTHORIZED, "unauthorized", str(error))
            return
        if self._admitted:
            self.hello_done = True
            self._outlet.greeted()
            self._begin(lambda: self._enter(frame))

    def _admit(self, hello: Any) -> bool:
        """Read a hello and count the connection. False: there is no place for it, and the client was told.

        Raises InvalidToken.
        """
        raise NotImplementedError

    async def _enter(self, hello: Any) -> None:
        """Find what the client asked for, send the welcome, then `_open`; or `fail`. Raises what `_run` answers."""
        raise NotImplementedError

    def _open(self) -> None:
        """The client is welcome: handle the frames that came early, and from now on every frame as it comes."""
        self.hello_done = self._welcomed = True
        while self._early and not self.closed:
            frame = self._early.popleft()
            verdict = self._budget.spend(self._clock.monotonic(), 0)
            if verdict is Verdict.OK:
                self.handlers[type(frame)](self, frame)
            else:
                self._reject_too_fast(getattr(frame, "id", None), verdict)

    # What takes time: one thing at a time.

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._task = asyncio.create_task(self._run(work), name=f"{self.subject} {self._game_id}")

    async def _run(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Work that can fail: then the client is told why, and whether it is worth coming back."""
        try:
            await work()
        except Refused as refused:
            self.fail(CloseCode.UNAUTHORIZED, refused.code, refused.message)
        except InvalidToken as error:  # expired on the way
            self.fail(CloseCode.UNAUTHORIZED, "unauthorized", str(error))
        except RoomQuarantined as error:
            self.fail(CloseCode.GOING_AWAY, ErrorCode.INTERNAL, str(error))
        except (RoomUnavailable, PersistenceError) as error:
            _log.info("%s %s can't be served now: %s", self.subject, self._game_id, error)
            self.fail(CloseCode.RESTART, ErrorCode.UNAVAILABLE, "1000")
        except Exception:  # noqa: BLE001  # a log that this build can't fold, rules of third parties
            _log.exception("bug in serving %s %s", self.subject, self._game_id)
            self.fail(CloseCode.GOING_AWAY, ErrorCode.INTERNAL, f"the server failed on this {self.subject}")
        else:
            self._task = None
            self._go_on()

    def _go_on(self) -> None:
        """The work is done: begin the next, if there is any."""

    @property
    def _is_busy(self) -> bool:
        return self._task is not None and not self._task.done()

    # Frames that all kinds of sockets know.

    def _ping(self, frame: Ping) -> None:
        self._reply({"type": "pong", "nonce": frame.nonce, "server_time": self._clock.now_ms()})

    def _invalid(self, frame: Invalid) -> None:
        self._reject(frame.id, ErrorCode.INVALID_COMMAND, frame.message)

    def _second_hello(self, frame: Any) -> None:
        self._reject(None, ErrorCode.INVALID_COMMAND, "hello was said already")

    handlers: ClassVar[Handlers] = {Ping: _ping, Invalid: _invalid}

    # Bytes out.

    def send(self, data: bytes) -> None:
        if not (self.closed or self._skipping):
            self._outlet.write(data)

    def close(self, code: CloseCode, reason: str = "") -> None:
        if not self.closed:
            self.closed = True
            self._outlet.close(code, reason)

    def fail(self, code: CloseCode, error_code: str, message: str) -> None:
        """Say why, then close."""
        if not self.closed:
            self._reply({"type": "error", "code": str(error_code), "message": message})
            self.close(code, message if code is CloseCode.RESTART else str(error_code))

    def _reject_too_fast(self, frame_id: str | None, verdict: Verdict) -> None:
        self._reject(frame_id, ErrorCode.RATE_LIMITED, "too fast")
        if verdict is Verdict.ABUSE:
            self._cut(Cut.RATE, "too many frames")

    def _cut(self, reason: Cut, message: str) -> None:
        """End the connection because it broke a bound."""
        self._metrics.connections_cut_total.labels(reason).inc()
        self.fail(CloseCode.RATE_LIMITED, ErrorCode.RATE_LIMITED, message)

    def _reply(self, frame: dict[str, object]) -> None:
        self.send(self.encoder.frame(frame))

    def _reject(self, frame_id: str | None, code: ErrorCode, message: str) -> None:
        self._metrics.rejected_total.labels(code).inc()
        self._reply(frames.reject(frame_id, code, message))

    # The end.

    def gone(self) -> None:
        """The connection is gone, for whatever reason."""
        self.closed = True
        if self._is_busy:
            assert self._task is not None
            self._task.cancel()
        self._leave()

    def _leave(self) -> None:
        """Give back whatever this connection holds."""


def canonical_id(game_id: str) -> str | None:
    """The one spelling of a game's id; None: the text can't be one."""
    try:
        return str(UUID(game_id))
    except ValueError:
        return None
