"""Bugs that are put into the server for the time of a test, to prove that the invariants find them.

Each is a small change that a reasonable person could make; `caught` names the invariants that may notice it first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from persistence.event_log.connection import WriterConnection
from persistence.event_log.log import commit_proof
from persistence.event_log.queue import GameBatch, columns
from persistence.event_log.writer import PostgresLog
from server.rooms.audience import fanout
from server.rooms.audience.arrivals import Arrivals
from server.rooms.machine.core import RoomCore
from server.rooms.machine.outbox import Acks, Outbox
from server.rooms.room import Room
from tests.simulation import statements
from tests.simulation.database_connection import Connection


class Mutant(NamedTuple):
    """`changes`: (object, attribute, function from the original to its replacement)."""

    changes: tuple[tuple[Any, str, Callable[[Any], Any]], ...]
    caught: frozenset[str]


@contextmanager
def infected(mutant: Mutant) -> Iterator[None]:
    """Apply the bug."""
    with ExitStack() as stack:
        for owner, name, make in mutant.changes:
            stack.enter_context(patch.object(owner, name, make(getattr(owner, name))))
        yield


def _tell_before_commit(append: Any) -> Any:
    def told_at_once(self: Any, stream: Any, events: Any, writes: Any = ()) -> None:
        append(self, stream, events, writes)
        asyncio.get_running_loop().call_soon(stream.listener.committed, commit_proof(stream.head))

    return told_at_once


def _take_doubt_for_success(resolve: Any) -> Any:
    async def resolved(
        self: Any, batches: list[GameBatch], batch_id: Any, *, in_doubt: bool = False
    ) -> list[GameBatch]:
        if not in_doubt:
            return await resolve(self, batches, batch_id)  # type: ignore[no-any-return]  # it gives what it gave
        for batch in batches:
            self.queue.commit(batch)
        return []

    return resolved


def _rebase(resolve: Any) -> Any:
    """Write behind any head that is found."""

    async def resolved(
        self: Any, batches: list[GameBatch], batch_id: Any, *, in_doubt: bool = False
    ) -> list[GameBatch]:
        found = await self._heads([batch.stream.game_id for batch in batches])
        again = []
        for batch in batches:
            head = found.get(batch.stream.game_id, (-1, 0, None))[0]
            again.append(GameBatch(batch.stream, head, head + batch.head - batch.expected, batch.appends))
        return again

    return resolved


def _write_apart(send: Any) -> Any:
    """Write the events first, then the writes that belong to them."""

    async def sent(self: Any, batches: list[GameBatch], batch_id: Any) -> set[int]:
        before = [write for batch in batches for write in batch.writes if write.before]
        async with self._connection.transaction():
            for write in before:
                await write.apply(self._connection)
        moved = {row[0] for row in await self._append.fetch(*columns(batches, batch_id))}
        for batch in batches:
            for write in batch.writes:
                if not write.before:
                    await write.apply(self._connection)
        return moved

    return sent


def _go_on_after_a_loss(lost: Any) -> Any:
    def ignored(self: Any, loss: Any) -> None:
        self._stream = self._log.open(self.game_id, self.core.told_head, self.epoch, self)

    return ignored


def _no_deadline(prepare: Any) -> Any:
    def prepared(self: Any, sql: str, *, timeout: float | None = None) -> Any:
        return prepare(self, sql)

    return prepared


def _skip_one(records: Any) -> Any:
    async def skipping(self: Any, first: int, head: int) -> Any:
        return (await records(self, first, head))[1:]

    return skipping


def _no_credit(resume: Any) -> Any:
    """Give no time back after an outage."""

    def resumed(self: Any, reason: str, now_ms: int) -> Any:
        wait = self._wait
        effects = resume(self, reason, now_ms)
        if wait is not None and reason == "database":
            self._wait = wait
            effects += self._rearm()
        return effects

    return resumed


def _without_the_last(load: Any) -> Any:
    def loaded(self: Any, rows: Any, codec: Any, proof: Any) -> Any:
        return load(self, rows[:-1] if len(rows) > 3 else rows, codec, proof)

    return loaded


def _always(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


_head_alone: Any = lambda game, expected, epoch: game is not None and game.head == expected  # noqa: E731  # as its model
_EPOCH_IS_NOT_COMPARED = (statements, "matches", _always(_head_alone))

MUTANTS: dict[str, Mutant] = {
    "acks and events leave before the commit": Mutant(
        ((PostgresLog, "append", _tell_before_commit),), frozenset({"durable"})
    ),
    "the append does not compare the epoch": Mutant((_EPOCH_IS_NOT_COMPARED,), frozenset({"one writer"})),
    "no dedup, in the room nor in the database": Mutant(
        ((Acks, "find", _always(lambda *_: None)), (statements, "commands_are_unique", _always(False))),
        frozenset({"exactly once", "no bug"}),
    ),
    "no dedup in the room alone": Mutant(((Acks, "find", _always(lambda *_: None)),), frozenset({"no bug"})),
    "the ids of before are not read from the log": Mutant(
        ((Acks, "restore", _always(lambda *_: None)),), frozenset({"no bug"})
    ),
    "a batch in doubt is taken for committed": Mutant(
        ((WriterConnection, "_resolve", _take_doubt_for_success),), frozenset({"durable"})
    ),
    "a batch is written behind whatever head is found": Mutant(
        ((WriterConnection, "_resolve", _rebase),), frozenset({"exactly once", "no command waits for ever"})
    ),
    "what belongs to an append is written after it": Mutant(
        ((WriterConnection, "_send_with_writes", _write_apart),), frozenset({"together"})
    ),
    "a connection is made ready without a deadline": Mutant(
        ((Connection, "prepare", _no_deadline),), frozenset({"no command waits for ever"})
    ),
    "a room goes on after a loss": Mutant(
        ((Room, "lost", _go_on_after_a_loss),), frozenset({"no command waits for ever", "same content"})
    ),
    "the outbox gives out the newest step first": Mutant(
        ((Outbox, "take", lambda take: lambda self, proof: take(self, proof)[::-1]),), frozenset({"in order"})
    ),
    "a resume skips an event": Mutant(((Arrivals, "_records", _skip_one),), frozenset({"in order"})),
    "the clocks run on in an outage": Mutant(
        ((RoomCore, "pause", _always(lambda *_: [])),), frozenset({"frozen clock"})
    ),
    "an outage counts as thinking time": Mutant(((RoomCore, "resume", _no_credit),), frozenset({"frozen clock"})),
    "a load forgets the last event": Mutant(
        ((RoomCore, "load", _without_the_last),),
        frozenset({"in order", "same content", "exactly once"}),
    ),
    "everybody sees everything": Mutant(
        ((fanout, "visible", _always(lambda game, record, viewer: (record.event.name, record.data))),),
        frozenset({"same content"}),
    ),
    "a takeover keeps the epoch": Mutant(
        ((statements, "claims_raise_the_epoch", _always(False)),), frozenset({"one writer"})
    ),
}
