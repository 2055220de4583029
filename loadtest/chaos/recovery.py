"""How long it took until everybody was served again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from loadtest.chaos.plan import Fault
from loadtest.chaos.players import Player
from loadtest.chaos.rooms import Room, Rooms
from loadtest.chaos.waiting import wait_until
from loadtest.latency import LatencyHistogram


class NotServed(RuntimeError):
    """Somebody waited too long after a fault."""


@dataclass(frozen=True, slots=True)
class FaultPeriod:
    """From the moment at which a fault began to the one at which its cause was gone (monotonic, seconds).

    That is: the server or Postgres accepts again, Postgres may go on, the line may be opened again.
    """

    began_s: float
    ended_s: float


@dataclass(slots=True)
class Recovery:
    """Of one kind of fault, over all clients and injections."""

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
        """Let everybody ask for something and wait until all are answered. Seconds from the end. Raises NotServed."""
        watched = [(room, client) for room in self._crowd.open_rooms for client in room.clients if room.game != "bots"]
        for _, client in watched:
            client.watch(span.ended_s)
            client.probe()
        try:
            async with asyncio.timeout(patience_s):
                await wait_until(lambda: not any(_waits(room, client) for room, client in watched))
        except TimeoutError:
            waiting = [client.name for room, client in watched if _waits(room, client)]
            text = f"{len(waiting)} clients were not served within {patience_s:.0f} s after {fault.value}: {waiting[0]}"
            raise NotServed(text) from None
        served = [client.served_s for _, client in watched if client.served_s is not None]
        recovery = self.by_fault.setdefault(fault, Recovery())
        recovery.injections += 1
        for served_s in served:
            recovery.from_end.add(served_s - span.ended_s)
            recovery.from_begin.add(served_s - span.began_s)
        return max(served, default=span.ended_s) - span.ended_s


def _waits(room: Room, client: Player) -> bool:
    return client.served_s is None and not room.leaving and not room.is_over
