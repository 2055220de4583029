"""The base class of all kinds of work."""

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

_AT_ONCE = 8  # rooms that are opened concurrently
_PATIENCE_S = 15.0
_LOOK_S = 0.02
LOG_EVENTS_MAX = 500_000
"""The most events that each process compares with the log; the report counts the rest."""


class RateNotAllowed(RuntimeError):
    """The server's limits do not allow this rate; the message is for the person who ran the command."""


@dataclass(slots=True)
class CheckResult:
    """What was checked at the end of the work, and which guarantees were broken.

    `acked`: acked commands that were checked. `compared`: events that were compared with the log; `not_compared`:
    further events, which were compared among the clients only.
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
    """Wait until all clients of each room have the same newest event, and the events of all acked commands.

    Gives up after `_PATIENCE_S`; the check reports what is missing.
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
    """The rooms of one process. Call in this order: `open`, `run` until it is cancelled, `finish`, `check`, `close`."""

    def __init__(self, share: Share, api: Api) -> None:
        self.share = share
        self.api = api
        self.codec = CODECS[share.protocol]
        self.metrics = ClientMetrics()
        self.notes: list[str] = []
        """Remarks for the report."""
        self.rooms = 0
        self.connections = 0

    @property
    def running_games(self) -> list[str]:
        """The ids of the games that are being played now."""
        return []

    @property
    def current(self) -> ClientMetrics:
        """The tally since the last `take`."""
        return self.metrics

    def take(self) -> ClientMetrics:
        """Return the metrics since the last call and start new ones."""
        taken, self.metrics = self.metrics, ClientMetrics()
        return taken

    @abstractmethod
    async def open(self) -> None:
        """Open what is needed before the measurement, spread over the ramp."""

    @abstractmethod
    async def run(self) -> None:
        """Work until cancelled."""

    @abstractmethod
    async def finish(self) -> None:
        """Start nothing new, and wait for outstanding answers."""

    @abstractmethod
    async def check(self) -> CheckResult:
        """Compare what clients received with the log."""

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
        """The rate of commands, within the limits of a server that was not started here. Raises TooMuch."""
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
