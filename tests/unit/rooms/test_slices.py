"""Many listeners are served without stopping everybody else."""

from __future__ import annotations

from collections.abc import Sequence

from server import limits
from server.rooms.audience.slices import Slices
from server.testing.clock import VirtualClock

SLICE = limits.LISTENERS_PER_SLICE


class Crowd:
    """Listeners by number, and what happened in which order: slices, and the turns of others on the event loop."""

    def __init__(self, size: int) -> None:
        self.clock = VirtualClock()
        self.listeners = list(range(size))
        self.happened: list[list[int] | str] = []
        self.slices: Slices[int] = Slices(self.clock, lambda: self.listeners, self.serve, self.finished)

    def serve(self, listeners: Sequence[int]) -> None:
        self.happened.append(list(listeners))

    def finished(self) -> None:
        self.happened.append("finished")

    def others(self, turns: int) -> None:
        """Somebody else who needs the event loop again and again."""
        if turns:
            self.happened.append("others")
            self.clock.call_later(0, lambda: self.others(turns - 1))

    @property
    def served(self) -> list[int]:
        return [listener for item in self.happened if not isinstance(item, str) for listener in item]


def test_others_run_between_two_slices() -> None:
    crowd = Crowd(2 * SLICE + 10)
    crowd.clock.call_later(0, lambda: crowd.others(3))
    crowd.slices.begin()
    crowd.clock.advance(0)
    numbers = list(range(2 * SLICE + 10))
    assert crowd.happened[:5] == [
        numbers[:SLICE],
        "others",
        numbers[SLICE : 2 * SLICE],
        "others",
        numbers[2 * SLICE :],
    ]
    assert crowd.happened.count("finished") == 1


def test_few_listeners_are_served_at_once() -> None:
    crowd = Crowd(SLICE)
    crowd.slices.begin()
    assert crowd.happened == [list(range(SLICE)), "finished"]
    assert not crowd.slices.waiting


def test_a_second_round_follows_the_first_and_serves_everybody_again() -> None:
    crowd = Crowd(SLICE + 1)
    crowd.slices.begin()
    crowd.listeners.append(-1)  # came while the round was under way
    crowd.slices.begin()
    crowd.slices.begin()
    assert crowd.slices.waiting
    crowd.clock.advance(0)
    everybody = list(range(SLICE + 1))
    assert crowd.served == [*everybody, *everybody, -1], "one more round, however often it was asked for"
    assert crowd.happened.count("finished") == 1


def test_nobody_is_served_after_a_stop() -> None:
    crowd = Crowd(3 * SLICE)
    crowd.slices.begin()
    crowd.slices.begin()
    crowd.slices.stop()
    crowd.clock.advance(1)
    assert crowd.served == list(range(SLICE))
    assert not crowd.slices.waiting
