"""The same load for every peer: relay rooms, one message in, one to each socket out."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

from loadtest.histogram import Histogram

_TICK_S = 0.001
_DRAIN_S = 10.0


class Talker(Protocol):
    def say(self, due_s: float | None = None) -> None: ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class Span:
    """What happened in a span of time. `actions`: messages that came back to whoever had said them."""

    actions: int = 0
    deliveries: int = 0
    to_broadcast: Histogram = field(default_factory=Histogram)


class Load:
    def __init__(self) -> None:
        self.rooms: list[Sequence[Talker]] = []
        self.span = Span()
        self.under_way = 0
        self._numbers = itertools.count()
        self._keeps_talking = False

    def sent(self) -> int:
        """A message leaves; its number."""
        self.under_way += 1
        return next(self._numbers)

    def told(self, took_s: float, *, is_own: bool) -> bool:
        """A message has come. True: say the next one."""
        span = self.span
        span.deliveries += 1
        span.to_broadcast.add(took_s)
        if not is_own:
            return False
        span.actions += 1
        self.under_way -= 1
        return self._keeps_talking

    async def saturate(self, window: int, warm_s: float, seconds: float) -> tuple[Span, float]:
        """Closed loop: `window` messages under way per room. (what was measured, seconds)"""
        self._keeps_talking = True
        for room in self.rooms:
            for number in range(window):
                room[number % len(room)].say()
        await asyncio.sleep(warm_s)
        measured = await self._measure(seconds)
        self._keeps_talking = False
        await self._drain()
        return measured

    async def pace(self, per_s: float, warm_s: float, seconds: float) -> tuple[Span, float]:
        """Open loop; times count from when a message was due."""
        talking = asyncio.create_task(self._pace(per_s, warm_s + seconds))
        await asyncio.sleep(warm_s)
        measured = await self._measure(seconds - 0.2)
        await talking
        await self._drain()
        return measured

    async def close(self) -> None:
        await asyncio.gather(*(talker.close() for room in self.rooms for talker in room))

    async def _pace(self, per_s: float, seconds: float) -> None:
        order = itertools.cycle([room[seat] for seat in range(len(self.rooms[0])) for room in self.rooms])
        began_s = perf_counter()
        for number in range(int(per_s * seconds)):
            due_s = began_s + number / per_s
            if (wait_s := due_s - perf_counter()) > 0:
                await asyncio.sleep(max(wait_s, _TICK_S))
            next(order).say(due_s)

    async def _measure(self, seconds: float) -> tuple[Span, float]:
        self.span = Span()
        began_s = perf_counter()
        await asyncio.sleep(seconds)
        span, self.span = self.span, Span()
        return span, perf_counter() - began_s

    async def _drain(self) -> None:
        async with asyncio.timeout(_DRAIN_S):
            while self.under_way:  # noqa: ASYNC110  # a count, between measurements
                await asyncio.sleep(0.02)
