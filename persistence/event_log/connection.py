"""One writer connection with its queue. Takes whatever has queued up while the last transaction was in flight.

queue.take() -> _send -> places of the games that moved
    error of the data        -> one stream at a time, then one append at a time; the guilty one is REFUSED
    fault of the connection  -> in doubt: reconnect, look at the games, see `_resolve`
-> queue.commit / queue.lose
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from logging import getLogger
from pathlib import Path
from typing import Any
from uuid import uuid4

from persistence import driver
from persistence.database import Database
from persistence.event_log.counters import Counters
from persistence.event_log.log import Health, LossReason
from persistence.event_log.pulse import Pulse
from persistence.event_log.queue import GameBatch, Queue, columns

_BACKOFF_FIRST_S = 0.05
_BACKOFF_MAX_S = 2.0
_LIFETIME_S = (300.0, 540.0)  # proxies cut old connections; ours is replaced before that, at a moment of our choice

_log = getLogger(__name__)
_sql = driver.load(Path(__file__).with_name("event_log.sql"))


class _Undone(Exception):
    """A game that was fenced had something written before its compare-and-set: the transaction must not stand."""


class _Closing(Exception):
    """The writer closes while its database is out of reach."""


class WriterConnection:
    """The writer of some of the streams. `start` it, put appends into its `queue`, `close` it."""

    def __init__(
        self,
        database: Database,
        counters: Counters,
        *,
        commit_timeout_s: float,
        health_changed: Callable[[], None],
        written: Callable[[], None],
        on_commit: Callable[[int, float], None] | None,
    ) -> None:
        self._awake = asyncio.Event()
        self.queue = Queue(self._awake.set)
        self.pulse = Pulse(health_changed, commit_timeout_s)
        self.held = False
        self.busy = False
        self._database = database
        self._counters = counters
        self._commit_timeout_s = commit_timeout_s
        self._written = written
        self._on_commit = on_commit
        self._connection: Any = None
        self._append: Any = None  # the prepared statement
        self._recycle_at = 0.0
        self._recycle_timer: asyncio.TimerHandle | None = None
        self._faults = 0  # in a row
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect, then write until closed; once started that is all. Raises BadDatabaseUrl or Unavailable."""
        if self._task is None:
            await self._connect()
            self.pulse.set(Health.HEALTHY)
            self._task = asyncio.create_task(self._run(), name="parlor event log writer")

    def wake(self) -> None:
        """Look whether there is something to do."""
        self._awake.set()

    async def close(self, timeout_s: float) -> None:
        """Write what can be written until the deadline; what is in flight then is left to the database."""
        self._closing.set()
        self._awake.set()
        if self._task is not None:
            done, _ = await asyncio.wait({self._task}, timeout=timeout_s)
            if not done:
                self._cut()
                await asyncio.wait({self._task})
        self._drop()

    # -- the loop

    async def _run(self) -> None:
        with suppress(_Closing):
            while True:
                if self._connection is None or self._connection.is_closed():
                    await self._reconnect()
                    self.pulse.set(Health.HEALTHY)
                elif asyncio.get_running_loop().time() >= self._recycle_at:
                    await self._recycle()
                elif self.queue.waiting_streams and not self.held:
                    await self._write(self.queue.take())
                elif self._closing.is_set():
                    return
                else:
                    self._awake.clear()
                    await self._awake.wait()

    async def _write(self, batches: list[GameBatch]) -> None:
        self.busy = True
        # One id for all that becomes of a batch, however often it is sent and in however many pieces:
        # a game whose last_batch is this one has it, whichever attempt came through.
        await self._reach_verdicts(batches, uuid4())
        self.busy = False
        self.pulse.set(Health.HEALTHY)
        self._written()

    async def _reach_verdicts(self, batches: list[GameBatch], batch_id: Any) -> None:
        """Bring every batch to its verdict."""
        sent_before = False
        while batches:
            try:
                moved = await self._send(batches, batch_id)
            except Exception as error:  # noqa: BLE001  # any failure of a write leads to a verdict
                if driver.is_collision(error):
                    continue
                if self._is_fault(error):
                    _log.warning("the outcome of a commit is unknown: %s", driver.reason(error))
                    sent_before = True
                    batches = await self._resolve(batches, batch_id, in_doubt=True)
                elif len(batches) > 1 or len(batches[0].appends) > 1:
                    await self._reach_verdicts_apart(batches, batch_id)
                    return
                elif sent_before or isinstance(error, _Undone):
                    batches = await self._resolve(batches, batch_id)
                    sent_before = False
                else:
                    self._refuse(batches[0], error)
                    return
                continue
            missing = []
            for place, batch in enumerate(batches, 1):
                if place in moved:
                    self.queue.commit(batch)
                else:
                    missing.append(batch)
            batches = await self._resolve(missing, batch_id) if missing else []

    async def _reach_verdicts_apart(self, batches: list[GameBatch], batch_id: Any) -> None:
        for batch in batches if len(batches) > 1 else batches[0].single_appends():
            if not batch.stream.lost:
                await self._reach_verdicts([batch], batch_id)

    async def _resolve(self, batches: list[GameBatch], batch_id: Any, *, in_doubt: bool = False) -> list[GameBatch]:
        """See what became of games; give verdicts where there are any, and back what is to be sent (again)."""
        heads = await self._heads([batch.stream.game_id for batch in batches])
        again: list[GameBatch] = []
        committed = fenced = 0
        for batch in batches:
            head, epoch, last_batch = heads.get(batch.stream.game_id, (-1, None, None))
            if last_batch == batch_id and head >= batch.head:
                committed += 1
                self._faults = 0  # a commit came through, even if we didn't hear of it
                self.queue.commit(batch)
            elif head == batch.expected and (epoch == batch.stream.epoch or (epoch is None and batch.creates)):
                again.append(batch)
            else:
                fenced += 1
                place = f"epoch {epoch}, head {head}" if epoch is not None else "no such game"
                mine = f"epoch {batch.stream.epoch}, head {batch.expected}"
                self.queue.lose(batch, LossReason.FENCED, f"expected {mine}, found {place}")
        self._counters.fenced += fenced
        if in_doubt:
            self._counters.in_doubt_committed += committed
            self._counters.in_doubt_fenced += fenced
            self._counters.in_doubt_resent += len(again)
        return again

    def _refuse(self, batch: GameBatch, error: Exception) -> None:
        self._counters.refused += 1
        detail = driver.reason(error)
        _log.error("events of game %s from %d on are refused: %s", batch.stream.game_id, batch.expected + 1, detail)
        self.queue.lose(batch, LossReason.REFUSED, detail)

    # -- talking to the database

    async def _send(self, batches: list[GameBatch], batch_id: Any) -> set[int]:
        """One transaction. Gives the places (from 1) of the batches that were carried out."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.pulse.begin(self._cut)
        try:
            if any(writes for batch in batches for _, writes in batch.appends):
                moved = await self._send_with_writes(batches, batch_id)
            else:
                moved = {row[0] for row in await self._append.fetch(*columns(batches, batch_id))}
        finally:
            self.pulse.end()
        self._faults = 0
        self._count(sum([batch.head - batch.expected for batch in batches]), loop.time() - began)
        return moved

    async def _send_with_writes(self, batches: list[GameBatch], batch_id: Any) -> set[int]:
        connection = self._connection
        async with connection.transaction():
            for batch in batches:
                for write in batch.writes:
                    if write.before:
                        await write.apply(connection)
            moved = {row[0] for row in await self._append.fetch(*columns(batches, batch_id))}
            for place, batch in enumerate(batches, 1):
                if place not in moved:
                    if batch.creates:
                        raise _Undone
                    continue
                for write in batch.writes:
                    if not write.before:
                        await write.apply(connection)
        return moved

    async def _heads(self, game_ids: list[str]) -> dict[str, tuple[int, int, Any]]:
        """Head, epoch and last batch of games; asks until there is an answer."""
        while True:
            if self._connection is None or self._connection.is_closed():
                await self._reconnect()
            self.pulse.begin(self._cut)
            try:
                rows = [row async for row in _sql.heads(self._connection, game_ids=game_ids)]
                return {str(row[0]): (row[1], row[2], row[3]) for row in rows}
            except Exception as error:  # noqa: BLE001  # nothing may stop the search for an answer
                _log.warning("the heads of games can't be read: %s", driver.reason(error))
                self._drop()
            finally:
                self.pulse.end()

    def _is_fault(self, error: Exception) -> bool:
        if not (driver.is_fault(error) or self._connection.is_closed()):
            return False
        self._drop()
        return True

    def _count(self, events: int, seconds: float) -> None:
        counters = self._counters
        counters.commits += 1
        counters.events += events
        counters.last_batch_events = events
        counters.commit_seconds += seconds
        if self._on_commit is not None:
            self._on_commit(events, seconds)

    # -- the connection

    async def _connect(self) -> None:
        connection = await self._database.connect_writer(statement_timeout_s=self._commit_timeout_s)
        try:
            with driver.translated():
                append = await connection.prepare(_sql.append.sql, timeout=self._commit_timeout_s)
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(self._ended)
        self._connection, self._append = connection, append
        loop = asyncio.get_running_loop()
        self._recycle_at = loop.time() + random.uniform(*_LIFETIME_S)  # noqa: S311  # spreads load, keeps no secret
        if self._recycle_timer is not None:
            self._recycle_timer.cancel()
        self._recycle_timer = loop.call_at(self._recycle_at, self.wake)

    async def _reconnect(self) -> None:
        """Try for ever, at random moments that get rarer up to one in 2 s."""
        self._drop()
        self.pulse.set(Health.PAUSED)
        while True:
            if self._closing.is_set():
                raise _Closing
            if self._faults:
                longest = min(_BACKOFF_MAX_S, _BACKOFF_FIRST_S * 2 ** min(self._faults, 10))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), random.uniform(0, longest))  # noqa: S311  # likewise
            self._faults += 1
            try:
                await self._connect()
            except Exception as error:  # noqa: BLE001  # as above
                _log.warning("no connection for the event log: %s", driver.reason(error))
            else:
                break
        self._counters.reconnects += 1

    async def _recycle(self) -> None:
        """Make the new connection before the old one is given up."""
        old = self._connection
        try:
            await self._connect()
        except Exception as error:  # noqa: BLE001  # as above
            self._recycle_at += 10.0
            _log.warning("the writer's connection can't be renewed yet: %s", driver.reason(error))
            return
        old.remove_termination_listener(self._ended)
        old.terminate()
        # The old one may have broken meanwhile; nobody else says that the new one is well.
        self.pulse.set(Health.HEALTHY)

    def _ended(self, connection: Any) -> None:
        if connection is self._connection:
            self.pulse.set(Health.PAUSED)
            self.wake()

    def _cut(self) -> None:
        if self._connection is not None:
            self._connection.terminate()

    def _drop(self) -> None:
        """Give the connection up at once. Never `close`: that waits for a server that may be frozen."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.remove_termination_listener(self._ended)
            connection.terminate()
        if self._recycle_timer is not None:
            self._recycle_timer.cancel()
            self._recycle_timer = None
