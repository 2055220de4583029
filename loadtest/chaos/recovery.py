"""Measures how long it takes until all clients are served again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from loadtest.chaos.plan import Fault
from loadtest.chaos.players import Player
from loadtest.chaos.rooms import Room, Rooms
from loadtest.chaos.waiting import wait_until
from loadtest.latency import LatencyHistogram


class NotServed(RuntimeError):
    """A client was not served in time after a fault."""


@dataclass(frozen=True, slots=True)
class FaultPeriod:
    """From the beginning of a fault until its cause is gone (monotonic, seconds).

    The cause is gone when the server or Postgres accepts connections, Postgres continues, or a new connection to the
    database may be opened.
    """

    began_s: float
    ended_s: float


@dataclass(slots=True)
class Recovery:
    """Recovery times of one kind of fault, over all clients and injections."""

    injections: int = 0
    from_end: LatencyHistogram = field(default_factory=LatencyHistogram)
    from_begin: LatencyHistogram = field(default_factory=LatencyHistogram)

    def milliseconds(self) -> dict[str, dict[str, float]]:
        return {"from_end_ms": self.from_end.milliseconds(), "from_begin_ms": self.from_begin.milliseconds()}


class Recoveries:
    def __init__(self, crowd: Rooms) -> None:
        self.by_fault: dict[Fault, Recovery] = {}
        self._crowd = crowd

    async def wait(self, fault: Fault, span: FaultPeriod, patience_s: float) -> float:
        """Let each client send a command and wait for all acks.

        Returns the seconds since the fault ended. Raises NotServed.
        """
        watched = [(room, client) for room in self._crowd.open_rooms for client in room.clients if room.game != "bots"]
        for _, client in watched:
            client.watch(span.ended_s)
            client.probe()
        try:
            async with asyncio.timeout(patience_s):
                await wait_until(lambda: not any(_is_waiting(room, client) for room, client in watched))
        except TimeoutError:
            waiting = [client.name for room, client in watched if _is_waiting(room, client)]
            text = f"{len(waiting)} clients were not served within {patience_s:.0f} s after {fault.value}: {waiting[0]}"
            raise NotServed(text) from None
        served = [client.served_s for _, client in watched if client.served_s is not None]
        recovery = self.by_fault.setdefault(fault, Recovery())
        recovery.injections += 1
        for served_s in served:
            recovery.from_end.add(served_s - span.ended_s)
            recovery.from_begin.add(served_s - span.began_s)
        return max(served, default=span.ended_s) - span.ended_s


def _is_waiting(room: Room, client: Player) -> bool:
    return client.served_s is None and not room.leaving and not room.is_over
