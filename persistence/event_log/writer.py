"""The event log in Postgres: group commit by compare-and-set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from zlib import crc32

from persistence import driver
from persistence.database import Database
from persistence.errors import Unavailable
from persistence.event_log.connection import WriterConnection
from persistence.event_log.counters import Counters, Counts
from persistence.event_log.health import WatchedHealth
from persistence.event_log.log import Health, NewEvent, Promised, StoredEvent, Stream, StreamListener, write_promise
from persistence.event_log.queue import QueuedStream
from persistence.write import Write

_READ_CHUNK_EVENTS = 500
_INDEX_MAX = 2**31 - 1
_SEVERITY = (Health.HEALTHY, Health.STALLED, Health.PAUSED)

_sql = driver.load(Path(__file__).with_name("event_log.sql"))


class PostgresLog:
    """`EventLog` over `writers` connections; a stream always uses the same one, so that its order holds.

    `commit_timeout_s`: a commit that takes longer is in doubt and its connection is cut.
    `on_commit(events, seconds)` is called after each transaction.
    """

    def __init__(
        self,
        database: Database,
        *,
        writers: int = 1,
        commit_timeout_s: float = 5.0,
        on_commit: Callable[[int, float], None] | None = None,
    ) -> None:
        self._database = database
        self._counters = Counters()
        self._health = WatchedHealth(Health.PAUSED)
        self._settling: list[asyncio.Future[None]] = []
        self._closed = False
        self._writers = tuple(
            WriterConnection(
                database,
                self._counters,
                commit_timeout_s=commit_timeout_s,
                health_changed=self._health_changed,
                written=self._batch_written,
                on_commit=on_commit,
            )
            for _ in range(writers)
        )

    async def start(self) -> None:
        """Connect the writers; until then `health` is PAUSED. Raises BadDatabaseUrl or Unavailable: try again."""
        for writer in self._writers:
            await writer.start()

    async def close(self, timeout_s: float = 5.0) -> None:
        """Write what is pending as far as the deadline allows. Streams that are open are simply forgotten."""
        await asyncio.gather(*(writer.close(timeout_s) for writer in self._writers))
        self._closed = True
        for waiting in self._settling:
            if not waiting.done():
                waiting.set_exception(Unavailable("the event log is closed"))

    @property
    def health(self) -> Health:
        """The worst health of all writers."""
        return self._health.health

    @property
    def pending_events(self) -> int:
        """Events appended and not yet committed or lost."""
        return sum(writer.queue.pending_events for writer in self._writers)

    def watch(self, callback: Callable[[Health], None]) -> None:
        """Call back on every change of `health`."""
        self._health.watch(callback)

    async def reachable(self) -> None:
        """See `EventLog.reachable`."""
        await self._health.reachable()

    def open(self, game_id: str, head: int, epoch: int, listener: StreamListener, *, relaxed: bool = False) -> Stream:
        """See `EventLog.open`."""
        writer = self._writers[crc32(game_id.encode()) % len(self._writers)]
        return QueuedStream(game_id, head, epoch, listener, writer.queue, relaxed=relaxed)

    def append(self, stream: Stream, events: Sequence[NewEvent], writes: Sequence[Write] = ()) -> None:
        """See `EventLog.append`. The sequences are kept, not copied. After a loss or `close_stream`: ignored."""
        queued: QueuedStream = stream  # type: ignore[assignment]  # `open` makes no others
        queued.queue.add(queued, events, writes)

    def promise(self, stream: Stream) -> Promised:
        """See `EventLog.promise`."""
        return write_promise(stream)

    def close_stream(self, stream: Stream) -> None:
        """See `EventLog.close_stream`."""
        queued: QueuedStream = stream  # type: ignore[assignment]  # as in append
        queued.closed = queued.silent = True

    async def read(self, game_id: str, first: int = 0, last: int | None = None) -> AsyncIterator[StoredEvent]:
        """See `EventLog.read`. Reads in chunks, and holds no connection while the caller works on one."""
        final = _INDEX_MAX if last is None else last
        while first <= final:
            rows = await self._database.fetch(
                _sql.read, game_id=game_id, first=first, last=final, limit=_READ_CHUNK_EVENTS
            )
            for index, kind, payload, at_ms, actor_id, command_id in rows:
                actor = None if actor_id is None else str(actor_id)
                yield StoredEvent(index, kind, payload, at_ms, actor, command_id)
            if len(rows) < _READ_CHUNK_EVENTS:
                return
            first = rows[-1][0] + 1

    async def settled(self) -> None:
        """Return when nothing is pending. Raises Unavailable if the log is closed before that."""
        while self._is_busy():
            if self._closed:
                raise Unavailable("the event log is closed")
            waiting = asyncio.get_running_loop().create_future()
            self._settling.append(waiting)
            await waiting

    def hold(self) -> None:
        """Start no new transaction until `release`: for tests that look at what is not committed yet."""
        for writer in self._writers:
            writer.held = True

    def release(self) -> None:
        """Go on."""
        for writer in self._writers:
            writer.held = False
            writer.wake()

    def statistics(self) -> Counts:
        """What was counted so far, over all writers."""
        return self._counters.snapshot()

    def _is_busy(self) -> bool:
        return any(writer.busy or writer.queue.waiting_streams for writer in self._writers)

    def _health_changed(self) -> None:
        self._health.become(max((writer.pulse.health for writer in self._writers), key=_SEVERITY.index))

    def _batch_written(self) -> None:
        if self._settling and not self._is_busy():
            waiting, self._settling = self._settling, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)
