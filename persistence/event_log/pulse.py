"""The health of one writer: how long the work in hand has been under way, and whether there is a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from persistence.event_log.log import Health

STALLED_AFTER_S = 0.25
PAUSED_AFTER_S = 2.0


class Pulse:
    """Changes `health` while work takes too long, and cuts the connection when it takes much too long."""

    def __init__(self, changed: Callable[[], None], timeout_s: float) -> None:
        self.health = Health.PAUSED  # there is no connection yet
        self._changed = changed
        self._timeout_s = timeout_s
        self._timers: tuple[asyncio.TimerHandle, ...] = ()

    def begin(self, cut: Callable[[], None]) -> None:
        """Work begins; `cut` is called if it isn't over in time. Never a cancellation: that would ask the server to
        break off a commit that may be through already."""
        loop = asyncio.get_running_loop()
        self._timers = (
            loop.call_later(STALLED_AFTER_S, self._slow),
            loop.call_later(self._timeout_s, cut),
        )

    def end(self) -> None:
        """The work is over, well or badly."""
        for timer in self._timers:
            timer.cancel()
        self._timers = ()

    def set(self, health: Health) -> None:
        """Set the health, and notify the watchers if it has changed."""
        if health is not self.health:
            self.health = health
            self._changed()

    def _slow(self) -> None:
        if self.health is Health.HEALTHY:
            self.set(Health.STALLED)
        loop = asyncio.get_running_loop()
        self._timers += (loop.call_later(PAUSED_AFTER_S - STALLED_AFTER_S, self.set, Health.PAUSED),)
