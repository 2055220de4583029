"""The composition root: builds every object once, in order, and closes them in reverse. Readable as a list."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import version

from migrations import runner
from persistence import embedded, players
from persistence.database import Database
from persistence.embedded import Embedded
from persistence.errors import PersistenceError
from persistence.event_log.log import EventLog, Health
from persistence.event_log.writer import PostgresLog
from server.api.app import build
from server.api.context import Services
from server.clock import Clock, SystemClock
from server.data_folder import refuse_embedded_in_production, token_key
from server.games.registry import Registry
from server.gateway.door import Door
from server.gateway.heartbeat import Heartbeat
from server.gateway.http import HttpServer, listen
from server.metrics import Metrics
from server.rooms.directory import Directory
from server.rooms.identities import bot_identities, bot_rows
from server.rooms.matchmaking import Matchmaker
from server.rooms.recovery import recover
from server.rooms.rematch import Rematches
from server.sessions.profiles import Profiles
from server.sessions.session import Doorkeeper
from server.sessions.tokens import Tokens
from server.settings import Settings
from server.workers.embedded_guard import keep_embedded
from server.workers.partitions import keep_partitions

_log = logging.getLogger(__name__)

_HEALTH_NUMBERS = {Health.HEALTHY: 0, Health.STALLED: 1, Health.PAUSED: 2}


class App:
    """A running server. `url`: where it listens."""

    def __init__(self, services: Services, http: HttpServer, door: Door, log: EventLog, url: str) -> None:
        self.services = services
        self.url = url
        self.log = log
        self._http = http
        self._door = door

    async def serve(self) -> None:
        """Until `stop`."""
        await self._http.serve()

    async def stop(self) -> None:
        """Turn newcomers away, let what is under way finish, close every connection."""
        self.services.draining = True
        self._door.stopping = True
        with suppress(TimeoutError):
            await self.services.directory.close(self.services.settings.drain_s / 2)
        self._http.stop()


def database_url(settings: Settings, stack: AsyncExitStack) -> tuple[str, Embedded | None]:
    """DATABASE_URL as it is; else that of the embedded server, started, migrated and stopped with the stack."""
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        runner.require_head(url)
        return url, None
    refuse_embedded_in_production(settings)
    server = embedded.start(settings.data_dir)
    stack.callback(server.stop)
    runner.upgrade(server.dsn)
    return server.dsn, server


@asynccontextmanager
async def running(
    settings: Settings, *, clock: Clock | None = None, registry: Registry | None = None
) -> AsyncIterator[App]:
    """A server that is ready to `serve`. Raises StartupError or PersistenceError when it can't be."""
    async with AsyncExitStack() as stack:
        key = token_key(settings)
        listener = listen(settings.host, settings.port)
        stack.callback(listener.close)
        url, server = await asyncio.to_thread(database_url, settings, stack)
        app = await _compose(settings, stack, listener, url, server, key, clock or SystemClock(), registry)
        yield app


async def _compose(
    settings: Settings,
    stack: AsyncExitStack,
    listener: socket.socket,
    url: str,
    server: Embedded | None,
    key: bytes,
    clock: Clock,
    registry: Registry | None,
) -> App:
    metrics = Metrics()
    games = registry or Registry.installed()
    database = await Database.open(url)
    stack.push_async_callback(database.close)

    def on_commit(events: int, seconds: float) -> None:
        metrics.events_total.inc(events)
        metrics.commit_batch_events.observe(events)
        metrics.commit_duration_seconds.observe(seconds)

    log = PostgresLog(database, writers=settings.writers, on_commit=on_commit)
    await log.start()
    stack.push_async_callback(log.close)
    log.watch(lambda health: metrics.database_health.set(_HEALTH_NUMBERS[health]))

    bots = bot_identities(games)
    await players.ensure_bots(database, bot_rows(bots))
    node = f"{socket.gethostname()}:{secrets.token_hex(4)}"
    directory = Directory(games, log, database, clock, metrics, node, bots)
    rematches = Rematches(directory, database)
    directory.on_rematch = rematches.wish
    matchmaker = Matchmaker(directory, clock)
    profiles = Profiles(database)
    tokens = Tokens(key, clock)

    door = Door(Doorkeeper(directory, profiles, tokens, clock, metrics, settings), settings, metrics)
    heartbeat = Heartbeat(door, clock, metrics)
    heartbeat.start()
    stack.callback(heartbeat.stop)
    services = Services(settings, games, database, log, directory, matchmaker, profiles, tokens, clock, metrics)
    http = HttpServer(build(services, version("parlor")), door, listener)

    jobs = [keep_partitions(database), _recover(directory, database)]
    if server is not None:
        jobs.append(keep_embedded(server, log))
    for job in jobs:
        task = asyncio.create_task(job)
        stack.push_async_callback(_cancelled, task)
    host, port = listener.getsockname()[:2]
    return App(services, http, door, log, f"http://{f'[{host}]' if ':' in host else host}:{port}")


async def _recover(directory: Directory, database: Database) -> None:
    try:
        count = await recover(directory, database)
    except PersistenceError as error:
        _log.warning("running games come back when somebody connects: %s", error)
    else:
        if count:
            _log.info("%d running games are back", count)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
