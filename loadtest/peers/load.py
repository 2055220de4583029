"""The same load for each contestant: relay rooms, one message in, one to each client out."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

from loadtest.client_metrics import ClientMetrics
from loadtest.pacing import ClosedLoop, Sender, open_loop

_DRAIN_S = 10.0


class PeerClient(Sender, Protocol):
    async def close(self) -> None: ...


class PeerLoad:
    """Rooms and their clients on one server. `metrics.acks`: messages that came back to their sender."""

    def __init__(self) -> None:
        self.rooms: list[Sequence[PeerClient]] = []
        self.metrics = ClientMetrics()
        self.in_flight = 0
        self._numbers = itertools.count()
        self._closed_loop = ClosedLoop()

    def sent(self) -> int:
        """A message leaves; returns its number."""
        self.in_flight += 1
        return next(self._numbers)

    def received(self, client: PeerClient, took_s: float, *, is_own: bool) -> None:
        """A message has arrived at this client. `is_own`: it is the client's own message, which serves as the ack."""
        self.metrics.deliveries += 1
        self.metrics.to_broadcast.add(took_s)
        if is_own:
            self.metrics.acks += 1
            self.in_flight -= 1
            self._closed_loop.answered(client)

    async def saturate(self, window: int, warm_s: float, seconds: float) -> tuple[ClientMetrics, float]:
        """Closed loop with `window` messages in flight per room. Returns the tally and the seconds that it covers."""
        self._closed_loop.start(self.rooms, window)
        await asyncio.sleep(warm_s)
        measured = await self._measure(seconds)
        self._closed_loop.stop()
        await self._drain()
        return measured

    async def pace(self, per_s: float, warm_s: float, seconds: float) -> tuple[ClientMetrics, float]:
        """Open loop with `per_s` messages a second. Returns the same."""
        sending = open_loop(self.rooms, per_s, warm_s + seconds, lambda late_s: self.metrics.lateness.add(late_s))
        talking = asyncio.create_task(sending)
        await asyncio.sleep(warm_s)
        measured = await self._measure(seconds - 0.2)
        await talking
        await self._drain()
        return measured

    async def close(self) -> None:
        await asyncio.gather(*(client.close() for room in self.rooms for client in room))

    async def _measure(self, seconds: float) -> tuple[ClientMetrics, float]:
        self.metrics = ClientMetrics()
        began_s = perf_counter()
        await asyncio.sleep(seconds)
        metrics, self.metrics = self.metrics, ClientMetrics()
        return metrics, perf_counter() - began_s

    async def _drain(self) -> None:
        async with asyncio.timeout(_DRAIN_S):
            while self.in_flight:  # noqa: ASYNC110  # a counter, polled between measurements
                await asyncio.sleep(0.02)
