"""Serving many listeners in slices: between two slices the event loop does other things, such as serving players."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from server import limits
from server.clock import Clock, Timer

T = TypeVar("T")


def _nothing() -> None:
    pass


class Slices(Generic[T]):
    """Rounds over all listeners: those that `listeners` gives when a round begins, LISTENERS_PER_SLICE at a time.

    `serve` gets one slice after the other; a listener may be gone when its turn comes. `finished` is called when a
    round is over and no other follows.
    """

    def __init__(
        self,
        clock: Clock,
        listeners: Callable[[], Iterable[T]],
        serve: Callable[[Sequence[T]], None],
        finished: Callable[[], None] = _nothing,
    ) -> None:
        self._clock = clock
        self._listeners = listeners
        self._serve = serve
        self._finished = finished
        self.waiting: deque[T] = deque()  # not served yet in this round; empty: none is under way
        self._again = False  # one more round follows
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Serve the first slice now. While a round is under way, one more round follows it instead."""
        if self.waiting:
            self._again = True
            return
        self.waiting.extend(self._listeners())
        self._serve_slice()

    def stop(self) -> None:
        """Serve nobody any more."""
        self.waiting.clear()
        self._again = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _serve_slice(self) -> None:
        self._timer = None
        waiting = self.waiting
        self._serve([waiting.popleft() for _ in range(min(limits.LISTENERS_PER_SLICE, len(waiting)))])
        if waiting:
            self._timer = self._clock.call_later(0, self._serve_slice)
        elif self._again:
            self._again = False
            self.begin()
        else:
            self._finished()
