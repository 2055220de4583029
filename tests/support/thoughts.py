"""Places where bots think, for tests: one that answers when the test says so, and one that needs no process."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from server.clock import Clock
from server.games.registry import Registry
from server.rooms.machine.thought import Answer, Thought, Withdraw, Workers
from server.rooms.room import Room
from tests.support.virtual_table import VirtualTable


@dataclass(slots=True, eq=False)
class Request:
    """What a bot was asked. `withdrawn`: nobody waits for it any more."""

    thought: Thought
    give: Answer
    withdrawn: bool = False


class ByHand:
    """`Workers` that keep every request; the test answers."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def think(self, thought: Thought, answer: Answer) -> Withdraw:
        request = Request(thought, answer)
        self.requests.append(request)

        def withdraw() -> None:
            request.withdrawn = True

        return withdraw


class Here:
    """`Workers` that search in this process, so many iterations, and answer after so many milliseconds."""

    def __init__(self, registry: Registry, clock: Clock, iterations: int, after_ms: int) -> None:
        self._registry = registry
        self._clock = clock
        self._iterations = iterations
        self._after_s = after_ms / 1000

    def think(self, thought: Thought, answer: Answer) -> Withdraw:
        def answered() -> None:
            asked = count()
            answer(thought.think(self._registry, lambda: next(asked) < self._iterations))

        return self._clock.call_later(self._after_s, answered).cancel


class WorkersTable(VirtualTable):
    """A table whose bots think with `workers`."""

    def __init__(self, workers: Workers, *given: Any, **more: Any) -> None:
        self.workers = workers
        super().__init__(*given, **more)

    def _room(self, *given: Any) -> Room:
        room = super()._room(*given)
        room._alarms._workers = self.workers
        return room
