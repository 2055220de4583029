"""How many watch: told to the whole room, but not each time that somebody comes or goes."""

from __future__ import annotations

from collections.abc import Callable

from server import limits
from server.clock import Clock, Timer


class Headcount:
    """`changed` as often as you like; `tell` is called with the number at most once in HEADCOUNT_S seconds."""

    def __init__(self, clock: Clock, count: Callable[[], int], tell: Callable[[int], None]) -> None:
        self.told = 0
        self._clock = clock
        self._count = count
        self._tell = tell
        self._timer: Timer | None = None

    def changed(self) -> None:
        if self._timer is None:
            self._timer = self._clock.call_later(limits.HEADCOUNT_S, self._look)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        count = self._count()
        if count != self.told:
            self.told = count
            self._tell(count)
