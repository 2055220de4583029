"""How batches are cut."""

from __future__ import annotations

from uuid import uuid4

from persistence.event_log.log import NewEvent
from persistence.event_log.queue import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, Queue, QueuedStream, columns
from tests.support.event_logs import Recorder, events


class Woken(Queue):
    def __init__(self) -> None:
        self.wakes = 0
        super().__init__(self._count)

    def _count(self) -> None:
        self.wakes += 1

    def stream(self, name: str, head: int = -1) -> QueuedStream:
        return QueuedStream(name, head, 1, Recorder(), self)


def shape(queue: Queue) -> list[tuple[str, int, int]]:
    return [(batch.stream.game_id, batch.expected, batch.head) for batch in queue.take()]


def test_appends_of_a_stream_become_one_want() -> None:
    queue = Woken()
    a, b = queue.stream("a"), queue.stream("b", 9)
    queue.add(a, events(0, 2), ())
    queue.add(b, events(0, 1), ())
    queue.add(a, events(2, 1), ())
    assert (a.head, b.head, queue.pending_events, queue.wakes) == (2, 10, 4, 2)
    assert shape(queue) == [("a", -1, 2), ("b", 9, 10)]
    assert shape(queue) == []
    queue.add(a, events(3, 1), ())
    assert shape(queue) == [("a", 2, 3)]


def test_a_full_batch_leaves_whole_appends_for_the_next_and_lets_others_go_first() -> None:
    queue = Woken()
    a, b = queue.stream("a"), queue.stream("b")
    for _ in range(4):
        queue.add(a, events(0, 200), ())
    queue.add(b, events(0, 1), ())
    assert shape(queue) == [("a", -1, 399)]
    assert shape(queue) == [("b", -1, 0), ("a", 399, 799)]
    assert shape(queue) == []


def test_a_large_append_goes_alone_and_whole() -> None:
    queue = Woken()
    a, b = queue.stream("a"), queue.stream("b")
    queue.add(b, events(0, 1), ())
    queue.add(a, events(0, MAX_BATCH_EVENTS + 1), ())
    queue.add(b, events(1, 1), ())
    assert shape(queue) == [("b", -1, 1)]
    assert shape(queue) == [("a", -1, MAX_BATCH_EVENTS)]


def test_payloads_fill_a_batch_too() -> None:
    queue = Woken()
    a = queue.stream("a")
    for _ in range(3):
        queue.add(a, [NewEvent("noted", "x" * (MAX_BATCH_BYTES // 2), 0)], ())
    assert shape(queue) == [("a", -1, 1)]
    assert shape(queue) == [("a", 1, 2)]


def test_the_columns_of_a_batch() -> None:
    queue = Woken()
    actor, batch = str(uuid4()), uuid4()
    queue.add(queue.stream("a"), [NewEvent("x", "1", 5, actor, "c"), NewEvent("y", "2", 6)], ())
    queue.add(queue.stream("b", 7), [NewEvent("z", "3", 7)], ())
    assert columns(queue.take(), batch) == (
        ["a", "b"], [-1, 7], [1, 8], [1, 1], batch,
        [1, 1, 2], [0, 1, 8], ["x", "y", "z"], ["1", "2", "3"], [5, 6, 7], [actor, None, None], ["c", None, None],
    )  # fmt: skip
