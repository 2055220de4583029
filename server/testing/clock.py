"""Virtual time: it advances only when a test says so."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count


class VirtualTimer:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class VirtualClock:
    """A `Clock` that starts on a fixed day. `advance` runs whatever falls due, in order of time."""

    def __init__(self, start_ms: int = 1_800_000_000_000) -> None:
        self._now_ms = float(start_ms)
        self._timers: list[tuple[float, int, VirtualTimer]] = []
        self._numbers = count()

    def now_ms(self) -> int:
        return int(self._now_ms)

    def monotonic(self) -> float:
        return self._now_ms / 1000

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> VirtualTimer:
        timer = VirtualTimer(callback)
        heapq.heappush(self._timers, (self._now_ms + max(0.0, delay_s) * 1000, next(self._numbers), timer))
        return timer

    def advance(self, seconds: float, between: Callable[[], None] = lambda: None) -> None:
        """Let time pass; `between` is called after each timer (to let a fake log commit)."""
        until = self._now_ms + seconds * 1000
        while self._timers and self._timers[0][0] <= until:
            due, _, timer = heapq.heappop(self._timers)
            self._now_ms = max(self._now_ms, due)
            if timer.callback is not None:
                callback, timer.callback = timer.callback, None
                callback()
                between()
        self._now_ms = until
