"""Serving all who watch in slices, between which the event loop does other things: the players' path stays short."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

from server import limits
from server.clock import Clock, Timer
from server.rooms.audience.fanout import Fanout
from server.rooms.audience.member import Member

Cache: TypeAlias = dict[Any, bytes]
"""What was encoded for one member may serve the next."""


class Slices:
    """`serve` gives a member all that he lacks; to be called once too often does no harm."""

    def __init__(self, clock: Clock, fanout: Fanout, serve: Callable[[Member, Cache], None]) -> None:
        self._clock = clock
        self._fanout = fanout
        self._serve = serve
        self._members: deque[Member] = deque()
        self._cache: Cache = {}
        self._again = False  # something has happened since the round began
        self._timer: Timer | None = None

    @property
    def is_under_way(self) -> bool:
        return bool(self._members)

    def begin(self) -> None:
        """Serve everybody who watches now; if that is under way already, once more behind it."""
        if self._members:
            self._again = True
            return
        self._cache = {}
        self._members.extend(self._fanout.watchers.values())
        self._next()

    def stop(self) -> None:
        self._members.clear()
        self._again = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _next(self) -> None:
        self._timer = None
        for _ in range(min(limits.GALLERY_SLICE, len(self._members))):
            member = self._members.popleft()
            if self._fanout.watchers.get(member.player_id) is member:
                self._serve(member, self._cache)
        if self._members:
            self._timer = self._clock.call_later(0, self._next)
        elif self._again:
            self._again = False
            self.begin()
