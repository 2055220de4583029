"""One server process: log, directory and sessions, composed as in `server/app.py`."""

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
from server.play.sockets.room import RoomSessions
from server.rooms import directory
from server.rooms.bots.players import bot_players
from server.rooms.directory import Directory
from server.rooms.recovery import recover
from server.settings import Settings
from server.wire.from_client import CommandDecoder
from tests.simulation.database import Server
from tests.simulation.database_connection import Network, SimulatedDatabase
from tests.simulation.loop import NodeClock, VirtualLoop
from tests.support.thoughts import Here

_tasks: ContextVar[list[asyncio.Task[Any]] | None] = ContextVar("tasks of this node", default=None)


@cache
def registry() -> Registry:
    """The installed games."""
    return Registry.installed()


@cache
def settings() -> Settings:
    """The default settings, independent of the environment."""
    return Settings.model_construct()


@cache
def decoder(game: Game[Any]) -> CommandDecoder:
    """Cached: it takes longer to build than a room."""
    return CommandDecoder(game)


@cache
def metrics() -> Metrics:
    """Shared by all nodes, because nothing reads them."""
    return Metrics()


def new_task(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **more: Any) -> asyncio.Task[Any]:
    """The task factory of the loop: a task belongs to the node whose code creates it."""
    task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, **more)
    mine = (more.get("context") or copy_context()).get(_tasks)
    if mine is not None:
        mine.append(task)
    return task


class PlainTokens:
    """In place of signed tokens: the token is the player's id."""

    def player(self, token: str) -> str:
        return token

    def renewed(self, token: str) -> str | None:
        return None


class Node:
    """`pauses`: (start, end or None; ms) of each time in which its log was paused."""

    def __init__(self, name: str, loop: VirtualLoop, server: Server, network: Network, *, writers: int) -> None:
        self.name = name
        self.loop = loop
        self.alive = True
        self.network = network
        self.pauses: list[tuple[int, int | None]] = []
        self.context = Context()
        self._tasks: list[asyncio.Task[Any]] = []
        self.context.run(_tasks.set, self._tasks)
        self.clock = NodeClock(loop, self.context)
        self.database = SimulatedDatabase(network, name)
        self.log = PostgresLog(self.database, writers=writers)
        bots = bot_players(registry())
        with patch.object(directory, "CommandDecoder", decoder):
            workers = Here(registry(), self.clock, iterations=2, after_ms=20)
            self.directory = Directory(
                registry(), self.log, self.database, self.clock, metrics(), name, bots, workers=workers
            )
        self.log.watch(self._observer)
        tokens: Any = PlainTokens()
        self.keeper = RoomSessions(self.directory, Profiles(self.database), tokens, self.clock, metrics(), settings())

    def start(self) -> None:
        """Connect, then load the running games; repeat until the database is available."""
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
        """Kill the node: it does nothing more and its memory is lost. Bytes that it has sent still arrive."""
        self.alive = False
        self.clock.stopped = True
        for connection in tuple(self.network.connections):
            connection.disconnect()
        for task in self._tasks:
            task.cancel()

    def _observer(self, health: Health) -> None:
        now_ms = self.clock.now_ms()
        if health is Health.PAUSED:
            self.pauses.append((now_ms, None))
        elif self.pauses and self.pauses[-1][1] is None:
            self.pauses[-1] = (self.pauses[-1][0], now_ms)
