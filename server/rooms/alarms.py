"""What comes to a room by itself: its alarm, and what its bots have thought of."""

from __future__ import annotations

import logging
from collections.abc import Callable

from server.clock import Clock, Timer
from server.games.rules import Command
from server.metrics import Metrics
from server.rooms.machine.core import RoomCore
from server.rooms.machine.effects import Effect, Think
from server.rooms.machine.thought import Thinkers, Withdraw

_log = logging.getLogger(__name__)


class Unbidden:
    """One timer and one thought at a time."""

    def __init__(
        self,
        core: RoomCore,
        clock: Clock,
        metrics: Metrics,
        thinkers: Thinkers,
        carry_out: Callable[[list[Effect]], None],
        quarantine: Callable[[], None],
    ) -> None:
        self._core = core
        self._clock = clock
        self._metrics = metrics
        self._thinkers = thinkers
        self._carry_out = carry_out
        self._quarantine = quarantine
        self._alarm_ms: int | None = None
        self._timer: Timer | None = None
        self._timer_ms = 0  # when it rings; not after the alarm
        self._withdraw: Withdraw = _nothing
        self._closed = False

    def set_alarm(self, at_ms: int | None) -> None:
        """Milliseconds since 1970; None: none."""
        self._alarm_ms = at_ms
        # Most moves put the alarm off. One that rings too early now and then costs less than a new one each time.
        if at_ms is None or self._closed or (self._timer is not None and self._timer_ms <= at_ms):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_ms = at_ms
        self._timer = self._clock.call_later((at_ms - self._clock.now_ms()) / 1000, self._ring)

    def think(self, asked: Think) -> None:
        """Let a bot think, in place of another one."""
        self._withdraw()
        if not self._closed:
            self._withdraw = self._thinkers.think(asked.thought, lambda command: self._thought(asked, command))

    def stop_thinking(self) -> None:
        self._withdraw()

    def close(self) -> None:
        """Nothing comes any more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._withdraw()

    def _ring(self) -> None:
        self._timer = None
        if self._alarm_ms is None:
            return
        if self._clock.now_ms() < self._alarm_ms:
            self.set_alarm(self._alarm_ms)
            return
        self._alarm_ms = None
        self._happen(lambda: self._core.alarm(self._clock.now_ms()))

    def _thought(self, asked: Think, command: Command | None) -> None:
        self._withdraw = _nothing
        self._happen(lambda: self._core.thought(asked, command, self._clock.now_ms()))

    def _happen(self, decide: Callable[[], list[Effect]]) -> None:
        try:
            effects = decide()
        except Exception:  # noqa: BLE001  # rules of third parties may raise anything
            # Time does not stop asking: a room whose rules fail here would fail for ever.
            _log.exception(
                "bug in a timer: game %s index %d is quarantined", self._core.identity.game_id, self._core.head
            )
            self._metrics.rooms_quarantined_total.labels(self._core.game.name).inc()
            self._quarantine()
            return
        self._carry_out(effects)


def _nothing() -> None:
    pass
