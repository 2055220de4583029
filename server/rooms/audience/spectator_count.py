"""How many spectators are connected. The room is told, but not each time that one comes or goes."""

from __future__ import annotations

from collections.abc import Callable

from server import limits
from server.clock import Clock, Timer


class SpectatorCount:
    """Call `changed` as often as you like: `publish` gets the number at most once in SPECTATOR_COUNT_S seconds, and
    only if it is a new one. `published`: the last number."""

    def __init__(self, clock: Clock, count: Callable[[], int], publish: Callable[[int], None]) -> None:
        self.published = 0
        self._clock = clock
        self._count = count
        self._publish = publish
        self._timer: Timer | None = None

    def changed(self) -> None:
        if self._timer is None:
            self._timer = self._clock.call_later(limits.SPECTATOR_COUNT_S, self._publish_if_new)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _publish_if_new(self) -> None:
        self._timer = None
        count = self._count()
        if count != self.published:
            self.published = count
            self._publish(count)
