"""Pending appends: the streams that have some, and the batches that are cut from them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from logging import getLogger
from typing import Any, TypeAlias

from msgspec.structs import astuple

from persistence.event_log.log import LossReason, Lost, NewEvent, Stream, StreamListener, commit_proof
from persistence.write import Write

MAX_BATCH_EVENTS = 512
MAX_BATCH_BYTES = 256 * 1024

Append: TypeAlias = tuple[Sequence[NewEvent], Sequence[Write]]
"""The events of one call of `append`; never split."""

_log = getLogger(__name__)


class QueuedStream(Stream):
    """A stream with its place in the queue. In its queue's `waiting_streams` exactly while `pending` isn't empty."""

    __slots__ = ("closed", "lost", "pending", "queue", "sent", "silent")

    def __init__(
        self, game_id: str, head: int, epoch: int, listener: StreamListener, queue: Queue, *, relaxed: bool = False
    ) -> None:
        super().__init__(game_id, head, epoch, listener, relaxed=relaxed)
        self.queue = queue
        self.sent = head  # index of the last event that was put into a batch
        self.pending: list[Append] = []
        self.closed = False  # takes no more appends
        self.lost = False  # what it still had queued was dropped
        self.silent = False  # nobody listens any more


@dataclass(slots=True)
class GameBatch:
    """What a batch does to one game: moves its head from `expected` to `head`."""

    stream: QueuedStream
    expected: int
    head: int
    appends: list[Append]

    @property
    def writes(self) -> Iterable[Write]:
        return (write for _, writes in self.appends for write in writes)

    @property
    def creates(self) -> bool:
        """Whether something is written before the compare-and-set: maybe the very row that it compares."""
        return any(write.before for write in self.writes)

    def single_appends(self) -> list[GameBatch]:
        """The same, one append at a time."""
        batches, expected = [], self.expected
        for append in self.appends:
            batches.append(GameBatch(self.stream, expected, expected + len(append[0]), [append]))
            expected = batches[-1].head
        return batches


class Queue:
    """The appends that wait for one writer. `wake` is called when there is something new to take."""

    __slots__ = ("_wake", "pending_events", "waiting_streams")

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self.waiting_streams: deque[QueuedStream] = deque()
        self.pending_events = 0

    def add(self, stream: QueuedStream, events: Sequence[NewEvent], writes: Sequence[Write]) -> None:
        """Queue one append. The hot path of every room: no task, no future, no closure."""
        if stream.closed:
            return
        if not stream.pending:
            self.waiting_streams.append(stream)
            self._wake()
        stream.pending.append((events, writes))
        stream.head += len(events)
        self.pending_events += len(events)

    def take(self) -> list[GameBatch]:
        """Cut the next batch: whole appends in the order in which streams queued up, within the bounds.

        The first append is taken whatever its size.
        """
        batches: list[GameBatch] = []
        events = size = 0
        while self.waiting_streams:
            stream = self.waiting_streams[0]
            taken, count = 0, 0
            for new_events, _ in stream.pending:
                events += len(new_events)
                for event in new_events:
                    size += len(event.payload)
                if (events > MAX_BATCH_EVENTS or size > MAX_BATCH_BYTES) and (batches or taken):
                    break
                taken += 1
                count += len(new_events)
            if taken:
                batches.append(GameBatch(stream, stream.sent, stream.sent + count, stream.pending[:taken]))
                stream.sent += count
            if taken < len(stream.pending):  # full; the others have their turn before the rest of this stream
                stream.pending = stream.pending[taken:]
                self.waiting_streams.rotate(-1 if taken else 0)
                break
            stream.pending = []
            self.waiting_streams.popleft()
        return batches

    def commit(self, batch: GameBatch) -> None:
        """Tell the stream's listener that all of `batch` is committed."""
        self.pending_events -= batch.head - batch.expected
        if not batch.stream.silent:
            try:
                batch.stream.listener.committed(commit_proof(batch.head))
            except Exception:  # noqa: BLE001  # one broken room must not keep the others from hearing of theirs
                _log.exception("the listener of game %s failed on a commit", batch.stream.game_id)

    def lose(self, batch: GameBatch, reason: LossReason, detail: str) -> None:
        """Close the stream, drop what it still has queued, and tell its listener."""
        stream = batch.stream
        if stream.pending:
            self.waiting_streams.remove(stream)
            stream.pending = []
        self.pending_events -= stream.head - batch.expected
        stream.closed = stream.lost = True
        if not stream.silent:
            stream.silent = True
            try:
                stream.listener.lost(Lost(reason, batch.expected + 1, detail))
            except Exception:  # noqa: BLE001  # likewise
                _log.exception("the listener of game %s failed on a loss", stream.game_id)


def columns(batches: Sequence[GameBatch], batch_id: Any) -> tuple[Any, ...]:
    """The parameters of the query `append`, in its order.

    An event names its game by the place in the first array, which is shorter than to repeat the id.
    """
    game_ids: list[str] = []
    expected: list[int] = []
    heads: list[int] = []
    epochs: list[int] = []
    places: list[int] = []
    indexes: list[int] = []
    events: list[NewEvent] = []
    for place, batch in enumerate(batches, 1):
        game_ids.append(batch.stream.game_id)
        expected.append(batch.expected)
        heads.append(batch.head)
        epochs.append(batch.stream.epoch)
        places += [place] * (batch.head - batch.expected)
        indexes += range(batch.expected + 1, batch.head + 1)
        for new_events, _ in batch.appends:
            events += new_events
    rows = zip(*map(astuple, events), strict=True) if events else ((),) * len(NewEvent.__struct_fields__)
    return (game_ids, expected, heads, epochs, batch_id, places, indexes, *map(list, rows))
