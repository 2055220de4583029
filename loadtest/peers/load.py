"""The same load for every peer: relay rooms, one message in, one to each socket out."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

from loadtest.client_metrics import Tally
from loadtest.pacing import ClosedLoop, Sender, open_loop

_DRAIN_S = 10.0


class Talker(Sender, Protocol):
    async def close(self) -> None: ...


class Load:
    def __init__(self) -> None:
        self.rooms: list[Sequence[Talker]] = []
        self.tally = Tally()
        self.under_way = 0
        self._numbers = itertools.count()
        self._closed_loop = ClosedLoop()

    def sent(self) -> int:
        """A message leaves; its number."""
        self.under_way += 1
        return next(self._numbers)

    def received(self, talker: Talker, took_s: float, *, is_own: bool) -> None:
        """A message has come to this client. `is_own`: it is the client's own one, which serves as the ack."""
        self.tally.deliveries += 1
        self.tally.to_broadcast.add(took_s)
        if is_own:
            self.tally.acks += 1
            self.under_way -= 1
            self._closed_loop.answered(talker)

    async def saturate(self, window: int, warm_s: float, seconds: float) -> tuple[Tally, float]:
        """Closed loop with `window` messages in flight per room. Returns the tally and the seconds that it covers."""
        self._closed_loop.start(self.rooms, window)
        await asyncio.sleep(warm_s)
        measured = await self._measure(seconds)
        self._closed_loop.stop()
        await self._drain()
        return measured

    async def pace(self, per_s: float, warm_s: float, seconds: float) -> tuple[Tally, float]:
        """Open loop with `per_s` messages a second. Returns the same."""
        sending = open_loop(self.rooms, per_s, warm_s + seconds, lambda late_s: self.tally.lateness.add(late_s))
        talking = asyncio.create_task(sending)
        await asyncio.sleep(warm_s)
        measured = await self._measure(seconds - 0.2)
        await talking
        await self._drain()
        return measured

    async def close(self) -> None:
        await asyncio.gather(*(talker.close() for room in self.rooms for talker in room))

    async def _measure(self, seconds: float) -> tuple[Tally, float]:
        self.tally = Tally()
        began_s = perf_counter()
        await asyncio.sleep(seconds)
        tally, self.tally = self.tally, Tally()
        return tally, perf_counter() - began_s

    async def _drain(self) -> None:
        async with asyncio.timeout(_DRAIN_S):
            while self.under_way:  # noqa: ASYNC110  # a count, between measurements
                await asyncio.sleep(0.02)
