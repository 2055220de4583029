"""What all kinds of work have in common."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from loadtest.api import Api
from loadtest.client_metrics import ClientMetrics
from loadtest.journal import Journal
from loadtest.load.share import Share
from loadtest.wire import CODECS

_AT_ONCE = 8  # rooms that are opened side by side
_PATIENCE_S = 15.0
_LOOK_S = 0.02
LOG_EVENTS_MAX = 500_000
"""Read again for the comparison, by each process; what goes beyond is said."""


class RateNotAllowed(RuntimeError):
    """It can't be done as asked; the message says why, for the person who asked."""


@dataclass(slots=True)
class CheckResult:
    """The end of the work: what was looked at, and what contradicts the promises.

    `acked`: commands whose events were looked for. `compared`: events that were compared with the log itself;
    `not_compared`: further ones, that were compared among the sockets only.
    """

    acked: int = 0
    compared: int = 0
    not_compared: int = 0
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "acked": self.acked,
            "compared": self.compared,
            "not_compared": self.not_compared,
            "problems": self.problems[:50],
            "problem_count": len(self.problems),
        }


async def all_delivered(rooms: Callable[[], Iterable[Sequence[Journal]]]) -> None:
    """Wait until the sockets of each room were told as far as each other, and of every command that was acked.

    Not for ever: what is missing then is a finding.
    """
    for _ in range(int(_PATIENCE_S / _LOOK_S)):
        if all(_is_even(room) for room in rooms()):
            return
        await asyncio.sleep(_LOOK_S)


def _is_even(room: Sequence[Journal]) -> bool:
    heads = {journal.last_index for journal in room}
    acked = max((last for journal in room for _, last in journal.acks.values()), default=-1)
    return len(heads) == 1 and acked <= heads.pop()


class Work(ABC):
    """The rooms of one process. In this order: `open`, `run` until it is cancelled, `finish`, `check`, `close`."""

    def __init__(self, share: Share, api: Api) -> None:
        self.share = share
        self.api = api
        self.codec = CODECS[share.protocol]
        self.metrics = ClientMetrics()
        self.notes: list[str] = []
        """What the person who asked must know to read the figures."""
        self.rooms = 0
        self.connections = 0

    @property
    def running_games(self) -> list[str]:
        """The ids of the games that are being played now, for whoever reads them."""
        return []

    @property
    def current(self) -> ClientMetrics:
        """The tally since the last `take`."""
        return self.metrics

    def take(self) -> ClientMetrics:
        """What happened since the last time."""
        taken, self.metrics = self.metrics, ClientMetrics()
        return taken

    @abstractmethod
    async def open(self) -> None:
        """Open everything that is needed before the measurement, spread over the ramp."""

    @abstractmethod
    async def run(self) -> None:
        """Work until cancelled."""

    @abstractmethod
    async def finish(self) -> None:
        """Begin nothing any more, and wait for the answers to what was begun."""

    @abstractmethod
    async def check(self) -> CheckResult:
        """Hold what was told against the log."""

    @abstractmethod
    async def close(self) -> None: ...

    async def spread(self, one: Callable[[int], Awaitable[None]]) -> None:
        """Do `one` for each room, over the time of the ramp."""
        slots = asyncio.Semaphore(_AT_ONCE)
        loop = asyncio.get_running_loop()
        began_s = loop.time()

        async def in_time(number: int) -> None:
            await asyncio.sleep(max(0.0, began_s + self.share.ramp_s * number / self.share.rooms - loop.time()))
            async with slots:
                await one(number)

        async with asyncio.TaskGroup() as opening:
            for number in range(self.share.rooms):
                opening.create_task(in_time(number))

    def rate_within(self, limits: dict[str, Any], sockets: int) -> float | None:
        """The rate of commands that a foreign server lets these sockets have. Raises TooMuch."""
        if self.share.is_own_server:
            return self.share.rate
        allowed: float = sockets * limits["commands_per_s"]
        if self.share.rate is None:
            taken = allowed * 0.9
            self.notes.append(f"the server takes {limits['commands_per_s']}/s of a connection: max is {taken:,.0f}/s")
            return taken
        if self.share.rate > allowed:
            raise RateNotAllowed(f"the server takes {allowed:,.0f} commands a second of {sockets:,} sockets, not more")
        return self.share.rate
