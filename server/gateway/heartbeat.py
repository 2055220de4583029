"""The sweep over all connections: ends those that sent no hello in time, and those that fell silent."""

from __future__ import annotations

from server import limits
from server.clock import Clock, Timer
from server.gateway.door import Door
from server.metrics import Cut, Metrics
from server.wire.close_codes import CloseCode

SWEEP_S = 1.0


class Heartbeat:
    """One timer for the whole server instead of one for each connection."""

    def __init__(self, door: Door, clock: Clock, metrics: Metrics) -> None:
        self._door = door
        self._clock = clock
        self._metrics = metrics
        self._timer: Timer | None = None
        self._due_s = 0.0

    def start(self) -> None:
        self._due_s = self._clock.monotonic() + SWEEP_S
        self._timer = self._clock.call_later(SWEEP_S, self._sweep)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _sweep(self) -> None:
        now_s = self._clock.monotonic()
        self._metrics.event_loop_lag_seconds.observe(max(0.0, now_s - self._due_s))
        for session in tuple(self._door.sockets.values()):
            silence_s = now_s - session.heard_at_s
            if session.closed:
                continue
            if not session.hello_done and now_s > session.hello_due_s:
                self._metrics.connections_cut_total.labels(Cut.HELLO).inc()
                session.fail(CloseCode.UNAUTHORIZED, "unauthorized", "no hello in time")
            elif silence_s > limits.HEARTBEAT_S * limits.HEARTBEAT_SILENCES:
                self._metrics.connections_cut_total.labels(Cut.IDLE).inc()
                session.fail(CloseCode.IDLE, "idle", "nothing was heard for too long")
        self.start()
