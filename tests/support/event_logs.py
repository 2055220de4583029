"""What the contract tests of the event log stand on: a listener that remembers, and a logs for each implementation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from persistence.database import Database
from persistence.event_log.log import Committed, EventLog, Lost, NewEvent, StoredEvent, Stream
from persistence.event_log.memory import MemoryLog, MemoryStore
from persistence.event_log.writer import PostgresLog
from persistence.ids import new_game_id
from persistence.play import games

AT_MS = 1_790_000_000_123


class Recorder:
    """A room that only remembers what the log told it."""

    def __init__(self) -> None:
        self.heads: list[int] = []
        self.losses: list[Lost] = []
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    def committed(self, proof: Committed) -> None:
        self.heads.append(proof.head)
        self._check()

    def lost(self, loss: Lost) -> None:
        self.losses.append(loss)
        self._check()

    @property
    def head(self) -> int:
        return self.heads[-1] if self.heads else -1

    async def reaches(self, head: int) -> None:
        """Wait until the commit of event `head` was told."""
        await self._until(lambda: self.head >= head or bool(self.losses))
        assert not self.losses, self.losses

    async def is_lost(self) -> Lost:
        await self._until(lambda: bool(self.losses))
        return self.losses[0]

    async def _until(self, condition: Callable[[], bool]) -> None:
        if condition():
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((condition, future))
        await asyncio.wait_for(future, 30)

    def _check(self) -> None:
        for condition, future in self._waiting:
            if condition() and not future.done():
                future.set_result(None)


def event(number: int = 0, **more: Any) -> NewEvent:
    """Any event; its payload carries the number."""
    return NewEvent("noted", json.dumps({"_v": 1, "number": number}), AT_MS + number, **more)


def events(first: int, count: int) -> list[NewEvent]:
    return [event(number) for number in range(first, first + count)]


def new_game(game_id: str, **more: Any) -> games.NewGame:
    """The write that creates a game."""
    values: dict[str, Any] = {
        "game_id": game_id,
        "game": "relay",
        "rules_version": 1,
        "config": {"max_players": 4},
        "session_seed": "ab" * 32,
        "owner": "node-1",
        "join_code": game_id[-6:],
        "is_public": True,
        "max_players": 4,
        "at_ms": AT_MS,
    }
    return games.NewGame(**values | more)


@dataclass(frozen=True)
class Explodes:
    """A write that fails in our own code."""

    before: ClassVar[bool] = False

    async def apply(self, connection: Any) -> None:
        raise LookupError("a bug")


async def read(log: EventLog, game_id: str, first: int = 0, last: int | None = None) -> list[StoredEvent]:
    return [stored async for stored in log.read(game_id, first, last)]


class MemoryLogSetup:
    """The fake."""

    durable = False

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.log = self.another_log()

    def another_log(self) -> MemoryLog:
        return MemoryLog(self.store)

    async def game(self) -> str:
        game_id = new_game_id()
        self.store.game(game_id)
        return game_id

    async def claim(self, game_id: str) -> int:
        return self.store.claim(game_id)

    async def close(self) -> None:
        await self.log.close()


class PostgresLogSetup:
    """The real one."""

    durable = True

    def __init__(self, database: Database, **options: Any) -> None:
        self.database = database
        self.log = PostgresLog(database, **options)
        self._others: list[PostgresLog] = []

    def another_log(self) -> PostgresLog:
        log = PostgresLog(self.database)
        self._others.append(log)
        return log

    async def game(self) -> str:
        game_id = new_game_id()
        await self.database.apply(new_game(game_id))
        return game_id

    async def claim(self, game_id: str) -> int:
        row = await games.claim(self.database, game_id, "node-2")
        assert row is not None
        return row.epoch

    async def close(self) -> None:
        for log in (self.log, *self._others):
            await log.close()


LogSetup = MemoryLogSetup | PostgresLogSetup


async def opened(logs: LogSetup, listener: Recorder | None = None) -> tuple[Stream, Recorder]:
    """A stream of a fresh game, and who listens to it."""
    recorder = listener or Recorder()
    return logs.log.open(await logs.game(), -1, 1, recorder), recorder
