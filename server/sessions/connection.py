"""What all that can be connected to have in common: whoever speaks through a socket, at what pace, to his end."""

from __future__ import annotations

from typing import Protocol

from server import limits
from server.clock import Clock
from server.metrics import Cut, Metrics
from server.rooms.audience import frames
from server.sessions.budget import Budget, Verdict
from server.settings import Settings
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder
from server.wire.error_codes import ErrorCode


class Outlet(Protocol):
    """Where a session's bytes go."""

    def write(self, data: bytes) -> None: ...

    def close(self, code: int, reason: str) -> None: ...

    def greeted(self) -> None:
        """Hello was said: nobody waits for it any more."""


class Speaker:
    """One connection. Its own kind adds what it says (`receive`) and what it does without (`skip`, `caught_up`)."""

    __slots__ = (
        "_budget",
        "_clock",
        "_metrics",
        "_outlet",
        "_stale",
        "closed",
        "encoder",
        "heard_at_s",
        "hello_done",
        "hello_due_s",
    )

    def __init__(self, outlet: Outlet, encoder: Encoder, clock: Clock, metrics: Metrics, settings: Settings) -> None:
        self.encoder = encoder
        self.heard_at_s = clock.monotonic()
        self.hello_due_s = self.heard_at_s + limits.HELLO_S  # other signs of life don't put it off
        self.hello_done = False
        self.closed = False
        self._outlet = outlet
        self._clock = clock
        self._metrics = metrics
        self._budget = Budget(
            settings.commands_per_s, settings.burst, settings.bytes_per_s, settings.bytes_burst, self.heard_at_s
        )
        self._stale = False  # skips what is sent, until he has caught up

    def heard(self) -> None:
        """A sign of life that is no message by itself: a WebSocket ping or pong, a part of a message."""
        if self.closed:
            return
        self.heard_at_s = now_s = self._clock.monotonic()
        verdict = self._budget.spend(now_s, 0)
        if verdict is not Verdict.OK:
            self._too_fast(None, verdict)

    def send(self, data: bytes) -> None:
        if not (self.closed or self._stale):
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

    def _too_fast(self, frame_id: str | None, verdict: Verdict) -> None:
        self._reject(frame_id, ErrorCode.RATE_LIMITED, "too fast")
        if verdict is Verdict.ABUSE:
            self._cut(Cut.RATE, "too many frames")

    def _cut(self, reason: Cut, message: str) -> None:
        """End it because it broke a bound of ours."""
        self._metrics.connections_cut_total.labels(reason).inc()
        self.fail(CloseCode.RATE_LIMITED, ErrorCode.RATE_LIMITED, message)

    def _reply(self, frame: dict[str, object]) -> None:
        self.send(self.encoder.frame(frame))

    def _reject(self, frame_id: str | None, code: ErrorCode, message: str) -> None:
        self._metrics.rejected_total.labels(code).inc()
        self._reply(frames.reject(frame_id, code, message))
