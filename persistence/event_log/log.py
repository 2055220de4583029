"""The event log: the port that rooms write to, and the values that pass through it.

One log serves all rooms of a node. A room opens a `Stream` and appends to it; `append` returns at once, and the
log calls the stream's `StreamListener` when the transaction is committed. The order within a stream is kept; nothing is
promised across streams.

    stream = log.open(game_id, head=-1, epoch=1, listener=room)
    log.append(stream, [NewEvent(...), ...])          # joins the open batch
    ...                                               # one transaction for all streams that are waiting
    room.committed(Committed)                         # only now may anybody be told
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from persistence.write import Write

_SEAL = object()


class _Word:
    """A statement of the log about a stream, for events up to `head`."""

    __slots__ = ("head",)

    def __init__(self, head: int, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError(f"only the event log can make a {type(self).__name__}")
        self.head = head


class Committed(_Word):
    """Proof that all events of a stream up to `head` are committed. Made by the log alone (`commit_proof`)."""

    __slots__ = ()


class Promised(_Word):
    """No proof, a promise: the log has all events up to `head` and will write them (`EventLog.promise`)."""

    __slots__ = ()


def commit_proof(head: int) -> Committed:
    """Only for the implementations of the log in this package."""
    return Committed(head, _SEAL)


def write_promise(stream: Stream) -> Promised:
    """For the implementations of `EventLog.promise`."""
    if not stream.relaxed:
        raise ValueError("this stream was not opened as relaxed")
    return Promised(stream.head, _SEAL)


def proven(rows: Sequence[StoredEvent]) -> Committed:
    """Proof by reading: what came out of the log is committed. `rows` in order, not empty."""
    return Committed(rows[-1].index, _SEAL)


class LossReason(StrEnum):
    """Why a stream can't go on."""

    FENCED = "fenced"  # another owner has a higher epoch, or the head is not where it should be
    REFUSED = "refused"  # the database refused this stream's rows (a constraint, a size); other streams went on


class Lost(Struct, frozen=True, gc=False):
    """Events from `first_index` on were not written and never will be: drop the state, load it from the log."""

    reason: LossReason
    first_index: int
    detail: str


class StreamListener(Protocol):
    """The owner of a stream. Called on the event loop, synchronously, never from within `append`."""

    def committed(self, proof: Committed) -> None:
        """Everything up to proof.head is committed."""

    def lost(self, loss: Lost) -> None:
        """The stream is closed: what was not committed is gone."""


class NewEvent(Struct, frozen=True, gc=False):
    """A row to append; its fields in the order of the query `append`.

    `payload` is the JSON text for the jsonb column, `at_ms` milliseconds since 1970 (UTC). `command_id` stands on the
    first event of a command only: it is unique per game and actor.
    """

    type: str
    payload: str
    at_ms: int
    actor_id: str | None = None
    command_id: str | None = None


class StoredEvent(Struct, frozen=True, gc=False):
    """A stored row. `payload` is the decoded jsonb, with `_v`."""

    index: int
    type: str
    payload: dict[str, Any]
    at_ms: int
    actor_id: str | None
    command_id: str | None


class Health(StrEnum):
    """The state of the log's database."""

    HEALTHY = "healthy"
    STALLED = "stalled"  # a commit takes longer than 250 ms
    PAUSED = "paused"  # longer than 2 s, or no connection


class Stream:
    """One room's place in the log, from `open` to `close`. Opaque to rooms but for `game_id` and `epoch`."""

    __slots__ = ("__dict__", "epoch", "game_id", "head", "listener", "relaxed")

    def __init__(self, game_id: str, head: int, epoch: int, listener: StreamListener, *, relaxed: bool) -> None:
        self.relaxed = relaxed
        self.game_id = game_id
        self.head = head  # index of the last event handed to append
        self.epoch = epoch
        self.listener = listener


class EventLog(Protocol):
    """The port. Implementations: `writer.PostgresLog`, and `memory.MemoryLog` for tests."""

    @property
    def health(self) -> Health: ...

    @property
    def pending_events(self) -> int:
        """Events that were appended and are not yet committed, over all streams."""

    def watch(self, callback: Callable[[Health], None]) -> None:
        """Call back on every change of `health`."""

    def open(self, game_id: str, head: int, epoch: int, listener: StreamListener, *, relaxed: bool = False) -> Stream:
        """A stream whose last committed event is `head` (-1: none), owned under `epoch`."""

    def append(self, stream: Stream, events: Sequence[NewEvent], writes: Sequence[Write] = ()) -> None:
        """Queue events head+1, head+2, ... and what must be written with them. Never blocks, never raises on I/O.

        The events of one call are committed together or not at all.
        """

    def promise(self, stream: Stream) -> Promised:
        """In place of a proof, for rooms that do not wait for commits: appended events may be told at once.

        It is lost if this process or the stream is lost before the commit. Raises ValueError unless the stream was
        opened as relaxed.
        """

    async def reachable(self) -> None:
        """Return when `health` is not PAUSED."""

    def close_stream(self, stream: Stream) -> None:
        """Forget the stream; what is queued is still written, the listener is not called any more."""

    def read(self, game_id: str, first: int = 0, last: int | None = None) -> AsyncIterator[StoredEvent]:
        """The committed events first..last (inclusive; None: to the head), in order, streamed."""

    async def settled(self) -> None:
        """Return when nothing is pending (for shutdown; raises TimeoutError by the caller's own timeout)."""
