"""One server process: the product's log, directory and sessions, composed as `server/app.py` does it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import Context, ContextVar, copy_context
from functools import cache
from typing import Any
from unittest.mock import patch

from persistence.errors import PersistenceError
from persistence.event_log.log import Health
from persistence.event_log.writer import PostgresLog
from server.games.registry import Registry
from server.games.rules import Game
from server.metrics import Metrics
from server.play.service.profiles import Profiles
from server.play.sockets.room import Doorkeeper
from server.rooms import directory
from server.rooms.bots.players import bot_identities
from server.rooms.directory import Directory
from server.rooms.recovery import recover
from server.settings import Settings
from server.wire.commands import CommandDecoder
from tests.simulation.database import Server
from tests.simulation.database_connection import Line, SimulatedDatabase
from tests.simulation.loop import NodeClock, VirtualLoop
from tests.support.thoughts import Here

_tasks: ContextVar[list[asyncio.Task[Any]] | None] = ContextVar("tasks of this node", default=None)


@cache
def registry() -> Registry:
    """Looked up once: what is installed doesn't change."""
    return Registry.installed()


@cache
def settings() -> Settings:
    """The defaults, whatever the environment says."""
    return Settings.model_construct()


@cache
def decoder(game: Game[Any]) -> CommandDecoder:
    """Takes longer to make than a whole room."""
    return CommandDecoder(game)


@cache
def metrics() -> Metrics:
    """Nobody reads them here."""
    return Metrics()


def new_task(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **more: Any) -> asyncio.Task[Any]:
    """The loop's task factory: a task belongs to the node whose code creates it."""
    task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, **more)
    mine = (more.get("context") or copy_context()).get(_tasks)
    if mine is not None:
        mine.append(task)
    return task


class Passes:
    """In place of signed tokens: a token is the player's id."""

    def player(self, token: str) -> str:
        return token

    def renewed(self, token: str) -> str | None:
        return None


class Node:
    """`pauses`: the spans (start, end or None; ms) in which its log was paused."""

    def __init__(self, name: str, loop: VirtualLoop, server: Server, line: Line, *, writers: int) -> None:
        self.name = name
        self.loop = loop
        self.alive = True
        self.line = line
        self.pauses: list[tuple[int, int | None]] = []
        self.context = Context()
        self._tasks: list[asyncio.Task[Any]] = []
        self.context.run(_tasks.set, self._tasks)
        self.clock = NodeClock(loop, self.context)
        self.database = SimulatedDatabase(line, name)
        self.log = PostgresLog(self.database, writers=writers)
        bots = bot_identities(registry())
        with patch.object(directory, "CommandDecoder", decoder):
            thinkers = Here(registry(), self.clock, iterations=2, after_ms=20)
            self.directory = Directory(
                registry(), self.log, self.database, self.clock, metrics(), name, bots, workers=thinkers
            )
        self.log.watch(self._watch)
        passes: Any = Passes()
        self.keeper = Doorkeeper(self.directory, Profiles(self.database), passes, self.clock, metrics(), settings())

    def start(self) -> None:
        """Like the process: connects, then loads the running games. Tries again until the database is there."""
        task = self.loop.create_task(self._start(), context=self.context)
        task.add_done_callback(lambda task: task.cancelled() or task.result())

    async def _start(self) -> None:
        while True:
            try:
                await self.log.start()
                break
            except PersistenceError:
                await asyncio.sleep(0.5)
        while True:
            try:
                await recover(self.directory, self.database)
                break
            except PersistenceError:
                await asyncio.sleep(0.5)

    def crash(self) -> None:
        """kill -9: from now on it does nothing, and all that it knew is gone. What it has sent is under way."""
        self.alive = False
        self.clock.stopped = True
        for connection in tuple(self.line.connections):
            connection.broken()
        for task in self._tasks:
            task.cancel()

    def _watch(self, health: Health) -> None:
        now_ms = self.clock.now_ms()
        if health is Health.PAUSED:
            self.pauses.append((now_ms, None))
        elif self.pauses and self.pauses[-1][1] is None:
            self.pauses[-1] = (self.pauses[-1][0], now_ms)
