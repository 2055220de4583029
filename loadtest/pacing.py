"""When clients send: by the clock (open loop), or as soon as an answer has come (closed loop).

An open loop sends at a fixed rate, whether answers come or not. Latencies count from the moment at which a command was
due, so that a server that stands still for a second shows in the latency of everything that was due in that second
(no coordinated omission).
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Protocol

_SLEEP_MIN_S = 0.001


class Sender(Protocol):
    """A client in a relay room."""

    def say(self, due_s: float | None = None) -> None:
        """Send one command. `due_s` (perf_counter): the time from which its latency counts; None: from now."""


class Schedule:
    """The due times of an open loop. `per_s` None: everything is due at once.

    `phase` (0 to 1): delays the first due time by this part of an interval.
    """

    def __init__(self, per_s: float | None = None, phase: float = 0.0) -> None:
        self.is_stopped = False
        self.restart(per_s, phase)

    def restart(self, per_s: float | None, phase: float = 0.0) -> None:
        """Begin again from now on, at this rate."""
        self._per_s = per_s
        self._count = 0
        self._began_s = perf_counter() + (0.0 if per_s is None else phase / per_s)

    def stop(self) -> None:
        """The clients of this schedule send nothing more."""
        self.is_stopped = True

    def next_due_s(self) -> float:
        """The next due time, by perf_counter; each call gives a later one."""
        if self._per_s is None:
            return perf_counter()
        due_s = self._began_s + self._count / self._per_s
        self._count += 1
        return due_s

    def take_due(self) -> int:
        """How many commands have become due since the last call. Needs a rate."""
        assert self._per_s is not None
        due = int((perf_counter() - self._began_s) * self._per_s) - self._count
        self._count += due
        return due


async def open_loop(
    rooms: Sequence[Sequence[Sender]], per_s: float, seconds: float, record_lateness: Callable[[float], None]
) -> None:
    """Send `per_s` commands a second for `seconds`, spread over all clients in turn.

    `record_lateness` takes how many seconds after its due time each command left.
    """
    senders = itertools.cycle([room[seat] for seat in range(len(rooms[0])) for room in rooms])
    schedule = Schedule(per_s)
    end_s = perf_counter() + seconds
    while (due_s := schedule.next_due_s()) < end_s:
        if (wait_s := due_s - perf_counter()) > 0:
            await asyncio.sleep(max(wait_s, _SLEEP_MIN_S))
        record_lateness(max(0.0, perf_counter() - due_s))
        next(senders).say(due_s)


class ClosedLoop:
    """A fixed number of commands is in flight in each room: a client whose command was answered sends the next one."""

    def __init__(self) -> None:
        self._is_running = False

    def start(self, rooms: Sequence[Sequence[Sender]], window: int) -> None:
        """Send the first `window` commands of each room."""
        self._is_running = True
        for room in rooms:
            for number in range(window):
                room[number % len(room)].say()

    def stop(self) -> None:
        """Answers are followed by no further command."""
        self._is_running = False

    def answered(self, sender: Sender) -> None:
        """A command of this client was answered."""
        if self._is_running:
            sender.say()
