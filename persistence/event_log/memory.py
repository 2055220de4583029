"""The event log in memory: the same promises without a database, checked by the same tests (`tests/contract`).

What was committed lives in a `MemoryStore`; several logs may share one, as several processes share a database.
A commit happens on the next turn of the event loop, or on `release` after `hold`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from persistence.event_log.health import WatchedHealth
from persistence.event_log.log import (
    Health,
    LossReason,
    NewEvent,
    Promised,
    StoredEvent,
    Stream,
    StreamListener,
    write_promise,
)
from persistence.event_log.queue import Append, GameBatch, Queue, QueuedStream
from persistence.write import Write


@dataclass(slots=True)
class MemoryGame:
    """One game's log. `writes`: what was written in the transactions of its appends, in order."""

    epoch: int = 1
    events: list[StoredEvent] = field(default_factory=list)
    commands: set[tuple[str | None, str]] = field(default_factory=set)
    writes: list[Write] = field(default_factory=list)


class MemoryStore:
    """What stays when a log is gone. A game comes into being when it is first asked for, under epoch 1."""

    def __init__(self) -> None:
        self.games: dict[str, MemoryGame] = {}

    def game(self, game_id: str) -> MemoryGame:
        """The game's log, empty at first."""
        return self.games.setdefault(game_id, MemoryGame())

    def claim(self, game_id: str) -> int:
        """Take a game over: the previous owner is fenced. Returns the new epoch."""
        game = self.game(game_id)
        game.epoch += 1
        return game.epoch


class MemoryLog:
    """`EventLog` over a `MemoryStore`."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.store = MemoryStore() if store is None else store
        self._queue = Queue(self._schedule)
        self._held = False
        self._scheduled = False
        self._health = WatchedHealth(Health.HEALTHY)
        self._settling: list[asyncio.Future[None]] = []
        self._refusals: dict[str, str] = {}

    async def start(self) -> None:
        """Nothing to connect."""

    async def close(self, timeout_s: float = 5.0) -> None:
        """Write what is pending, unless held."""
        self._commit()

    @property
    def health(self) -> Health:
        """HEALTHY, or what `set_health` said."""
        return self._health.health

    @property
    def pending_events(self) -> int:
        """Events appended and not yet committed or lost."""
        return self._queue.pending_events

    def watch(self, callback: Callable[[Health], None]) -> None:
        """Call back on every change of `health`."""
        self._health.watch(callback)

    async def reachable(self) -> None:
        """See `EventLog.reachable`."""
        await self._health.reachable()

    def open(self, game_id: str, head: int, epoch: int, listener: StreamListener, *, relaxed: bool = False) -> Stream:
        """See `EventLog.open`."""
        return QueuedStream(game_id, head, epoch, listener, self._queue, relaxed=relaxed)

    def append(self, stream: Stream, events: Sequence[NewEvent], writes: Sequence[Write] = ()) -> None:
        """See `EventLog.append`."""
        queued: QueuedStream = stream  # type: ignore[assignment]  # `open` makes no others
        self._queue.add(queued, events, writes)

    def promise(self, stream: Stream) -> Promised:
        """See `EventLog.promise`."""
        return write_promise(stream)

    def close_stream(self, stream: Stream) -> None:
        """See `EventLog.close_stream`."""
        queued: QueuedStream = stream  # type: ignore[assignment]  # as in append
        queued.closed = queued.silent = True

    async def read(self, game_id: str, first: int = 0, last: int | None = None) -> AsyncIterator[StoredEvent]:
        """See `EventLog.read`."""
        events = self.store.game(game_id).events
        for event in events[max(first, 0) : None if last is None else last + 1]:
            yield event

    async def settled(self) -> None:
        """Return when nothing is pending."""
        while self._queue.waiting_streams:
            waiting = asyncio.get_running_loop().create_future()
            self._settling.append(waiting)
            await waiting

    # -- for tests

    def hold(self) -> None:
        """Commit nothing until `release`."""
        self._held = True

    def release(self) -> None:
        """Commit what has queued up, now, and go on."""
        self._held = False
        self._commit()

    def refuse_next(self, game_id: str, detail: str) -> None:
        """Let the next append of this game be refused."""
        self._refusals[game_id] = detail

    def set_health(self, health: Health) -> None:
        """Pretend; nothing else changes (`hold` stops the commits)."""
        self._health.become(health)

    # -- committing

    def _schedule(self) -> None:
        if not self._held and not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._commit)

    def _commit(self) -> None:
        self._scheduled = False
        while self._queue.waiting_streams and not self._held:
            for batch in self._queue.take():
                self._carry_out(batch)
        waiting, self._settling = self._settling, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def _carry_out(self, batch: GameBatch) -> None:
        game = self.store.game(batch.stream.game_id)
        rows = self._rows(batch)
        if isinstance(rows, str):
            if len(batch.appends) == 1:
                self._refusals.pop(batch.stream.game_id, None)
                self._queue.lose(batch, LossReason.REFUSED, rows)
                return
            for single in batch.single_appends():
                if not batch.stream.lost:
                    self._carry_out(single)
            return
        head = len(game.events) - 1
        if game.epoch != batch.stream.epoch or head != batch.expected:
            mine = f"epoch {batch.stream.epoch}, head {batch.expected}"
            detail = f"expected {mine}, found epoch {game.epoch}, head {head}"
            self._queue.lose(batch, LossReason.FENCED, detail)
            return
        game.events += rows
        game.commands |= {(row.actor_id, row.command_id) for row in rows if row.command_id is not None}
        game.writes += batch.writes
        self._queue.commit(batch)

    def _rows(self, batch: GameBatch) -> list[StoredEvent] | str:
        """The rows that a batch comes to, or why the database would not take them."""
        if batch.stream.game_id in self._refusals:
            return self._refusals[batch.stream.game_id]
        taken = set(self.store.game(batch.stream.game_id).commands)
        rows: list[StoredEvent] = []
        for index, event in enumerate(_events(batch.appends), batch.expected + 1):
            if event.command_id is not None and (event.actor_id, event.command_id) in taken:
                return "duplicate key value violates unique constraint (23505, game_events_command_idx)"
            if event.command_id is not None and event.actor_id is not None:
                taken.add((event.actor_id, event.command_id))  # without an actor nothing is unique: null equals nothing
            payload = _decoded(event.payload)
            if payload is None:
                return "the payload is not JSON that Postgres takes"
            rows.append(StoredEvent(index, event.type, payload, event.at_ms, event.actor_id, event.command_id))
        return rows


def _events(appends: Sequence[Append]) -> list[NewEvent]:
    return [event for events, _ in appends for event in events]


def _decoded(payload: str) -> dict[str, Any] | None:
    try:
        value = json.loads(payload)
    except ValueError:
        return None
    # jsonb holds no NUL, and neither does any text of Postgres
    return value if isinstance(value, dict) and "\\u0000" not in json.dumps(value) else None
