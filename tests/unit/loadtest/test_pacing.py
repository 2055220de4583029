"""Open and closed loops: what is sent, when it was due, and how much is in flight."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from loadtest.pacing import ClosedLoop, Schedule, open_loop


class Recorder:
    """A client that remembers the due time of each command."""

    def __init__(self) -> None:
        self.due_s: list[float | None] = []

    def say(self, due_s: float | None = None) -> None:
        self.due_s.append(due_s)


async def test_an_open_loop_sends_at_its_rate_in_turn() -> None:
    rooms = [[Recorder(), Recorder()], [Recorder(), Recorder()]]
    lateness: list[float] = []
    await open_loop(rooms, 2000, 0.05, lateness.append)
    sent = sorted(due_s for room in rooms for client in room for due_s in client.due_s if due_s is not None)
    assert len(sent) == len(lateness) == pytest.approx(100, abs=1)
    assert [later - earlier for earlier, later in pairwise(sent)] == pytest.approx([1 / 2000] * (len(sent) - 1))
    assert min(lateness) >= 0
    counts = [len(client.due_s) for room in rooms for client in room]
    assert max(counts) - min(counts) <= 1


async def test_an_open_loop_that_was_held_up_keeps_its_due_times() -> None:
    class Slow(Recorder):
        def say(self, due_s: float | None = None) -> None:
            super().say(due_s)
            time.sleep(0.01)

    client, lateness = Slow(), list[float]()
    await open_loop([[client]], 1000, 0.02, lateness.append)
    assert len(client.due_s) == pytest.approx(20, abs=1)  # everything that was due in these 20 ms
    assert max(lateness) > 0.05


def test_a_closed_loop_keeps_a_window_in_flight_until_it_is_stopped() -> None:
    loop, room = ClosedLoop(), [Recorder(), Recorder()]
    loop.answered(room[0])
    assert room[0].due_s == []
    loop.start([room], 3)
    assert [len(client.due_s) for client in room] == [2, 1]
    loop.answered(room[1])
    assert [len(client.due_s) for client in room] == [2, 2]
    loop.stop()
    loop.answered(room[1])
    assert [len(client.due_s) for client in room] == [2, 2]


def test_without_a_rate_everything_is_due_at_once() -> None:
    before_s = time.perf_counter()
    assert before_s <= Schedule().next_due_s() <= time.perf_counter()


def test_the_phase_delays_the_first_due_time() -> None:
    schedule = Schedule(10, 0.5)
    first_s, second_s = schedule.next_due_s(), schedule.next_due_s()
    assert first_s - time.perf_counter() == pytest.approx(0.05, abs=0.02)
    assert second_s - first_s == pytest.approx(0.1)


def test_what_became_due_is_taken_once() -> None:
    schedule = Schedule(1_000_000)
    while not (taken := schedule.take_due()):
        pass
    assert taken >= 1
    slow = Schedule(0.001)
    assert slow.take_due() == 0
