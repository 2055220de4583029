"""The composition root: builds every object once, in order, and closes them in reverse. Readable as a list."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import version

from migrations import runner
from persistence.database import Database
from persistence.embedded import postgres
from persistence.embedded.postgres import EmbeddedPostgres
from persistence.errors import Unavailable
from persistence.event_log.log import Health
from persistence.event_log.writer import PostgresLog
from persistence.lease import Leases
from persistence.play import players
from server import limits
from server.api.app import build
from server.api.context import Services
from server.clock import Clock, SystemClock
from server.data_folder import refuse_embedded_in_production, token_key
from server.games.registry import Registry
from server.gateway.door import Door, Opener
from server.gateway.heartbeat import Heartbeat
from server.gateway.http import HttpServer, listen
from server.lobby.matchmaking import Matchmaker
from server.lobby.rematch import Rematches
from server.lobby.room_list import RoomList
from server.metrics import Metrics
from server.ops import slice as ops
from server.ops.jobs.embedded_guard import embedded_guard_job
from server.ops.service.vitals import Vitals
from server.play import slice as play
from server.play.jobs.partitions import partitions_job
from server.play.jobs.ratings import ratings_job
from server.play.jobs.recovery import recovery_job
from server.play.jobs.tickets import tickets_job
from server.play.ratings.service import Ratings
from server.play.service.profiles import Profiles
from server.play.sockets.lobby import LobbySession
from server.play.sockets.replay import ReplaySession, ReplaySessions
from server.play.sockets.room import RoomSession, RoomSessions
from server.replays.recordings import Recordings
from server.rooms.bots import pool
from server.rooms.bots.players import bot_identities, bot_rows
from server.rooms.directory import Directory
from server.sessions.tokens import Tokens
from server.settings import Settings
from server.workers.job import Job, Runner

_log = logging.getLogger(__name__)

_HEALTH_NUMBERS = {Health.HEALTHY: 0, Health.STALLED: 1, Health.PAUSED: 2}


class App:
    """A server that listens. `url`: where. It is of use once `open` has found the database."""

    def __init__(
        self,
        services: Services,
        http: HttpServer,
        door: Door,
        log: PostgresLog,
        url: str,
        database_url: str,
        runner: Runner,
        jobs: Sequence[Job],
    ) -> None:
        self.services = services
        self.url = url
        self.log = log
        self._http = http
        self._door = door
        self._database_url = database_url
        self._runner = runner
        self._jobs = jobs
        self._stopping = asyncio.Event()

    async def serve(self) -> None:
        """Answer until `stop`. Before `open` is done that means: alive, but not ready."""
        await self._http.serve()

    async def open(self) -> bool:
        """Wait for the database, however long, then let players in. False: `stop` came first.

        Raises BadDatabaseUrl and MigrationNeeded: waiting wouldn't help.
        """
        tries = 0
        while not self._stopping.is_set():
            try:
                await asyncio.to_thread(runner.require_head, self._database_url)
                await self.log.start()
                await players.ensure_bots(self.services.database, bot_rows(self.services.directory.bots))
            except Unavailable as error:
                tries += 1
                longest = min(limits.DATABASE_RETRY_S, 0.25 * 2 ** min(tries, 10))
                _log.warning("waiting for the database, not ready until it is there: %s", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), random.uniform(0, longest))  # noqa: S311  # no secret
            else:
                self.services.ready = self._door.ready = True
                self._runner.start(self._jobs)
                return True
        return False

    async def stop(self) -> None:
        """Turn newcomers away, let what is under way finish, close every connection."""
        self._stopping.set()
        self.services.draining = True
        self._door.stopping = True
        await self._runner.stop()
        await self.services.directory.close(self.services.settings.drain_s / 2)
        self._http.stop()


def database_url(settings: Settings, stack: AsyncExitStack) -> tuple[str, EmbeddedPostgres | None]:
    """DATABASE_URL as it is; else that of the embedded server, started, migrated and stopped with the stack."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value(), None
    refuse_embedded_in_production(settings)
    server = postgres.start(settings.data_dir)
    stack.callback(server.stop)
    runner.upgrade(server.dsn)
    return server.dsn, server


@asynccontextmanager
async def running(
    settings: Settings, *, clock: Clock | None = None, registry: Registry | None = None
) -> AsyncIterator[App]:
    """A server that is ready to `serve` and to `open`. Raises StartupError or PersistenceError when it can't be."""
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
    server: EmbeddedPostgres | None,
    key: bytes,
    clock: Clock,
    registry: Registry | None,
) -> App:
    metrics = Metrics()
    games = registry or Registry.installed()
    for failure in games.failures:
        _log.error("%s", failure)
    database = await Database.open(url, connect_now=False)
    stack.push_async_callback(database.close)

    def on_commit(events: int, seconds: float) -> None:
        metrics.events_total.inc(events)
        metrics.commit_batch_events.observe(events)
        metrics.commit_duration_seconds.observe(seconds)

    log = PostgresLog(database, writers=settings.writers, on_commit=on_commit)
    stack.push_async_callback(log.close)
    log.watch(lambda health: metrics.database_health.set(_HEALTH_NUMBERS[health]))

    bots = bot_identities(games)
    node = f"{socket.gethostname()}:{secrets.token_hex(4)}"
    think_ms, bot_processes = settings.bot_think_ms, pool.processes(settings.bot_processes)
    bot_pool = pool.ProcessPool(clock, metrics, processes=bot_processes, think_ms=think_ms)
    stack.push_async_callback(bot_pool.close)
    directory = Directory(games, log, database, clock, metrics, node, bots, settings.rooms_per_player_max, bot_pool)
    rematches = Rematches(directory, database)
    directory.watch(rematch=rematches.begin)
    matchmaker = Matchmaker(directory, database, clock, metrics)
    profiles = Profiles(database)
    tokens = Tokens(key, clock)

    room_sessions = RoomSessions(directory, profiles, tokens, clock, metrics, settings)
    vitals = Vitals(metrics, clock)
    recordings = Recordings(games, log, database, clock)
    replay_sessions = ReplaySessions(recordings, database, tokens, clock, metrics, settings, room_sessions.limits)
    room_list = RoomList(directory, database, clock, metrics)
    stack.callback(room_list.close)
    paths: dict[str, Opener] = {
        "/ws/rooms/": lambda outlet, who: RoomSession(room_sessions, outlet, who.name, who.encoder, who.bearer),
        "/ws/lobby": lambda outlet, who: LobbySession(
            room_list, outlet, who.query, who.encoder, clock, metrics, settings
        ),
        "/ws/replays/": lambda outlet, who: ReplaySession(replay_sessions, outlet, who.name, who.encoder, who.bearer),
    }
    door = Door(paths, settings, metrics)
    heartbeat = Heartbeat(door, clock, metrics)
    heartbeat.start()
    stack.callback(heartbeat.stop)
    services = Services(
        settings, games, database, log, directory, matchmaker, profiles, tokens, clock, metrics, recordings, vitals
    )
    http = HttpServer(build(services, version("parlor"), (*play.ROUTERS, *ops.ROUTERS), ops.DOORS), door, listener)

    leases = Leases(database)
    stack.callback(leases.close)
    jobs = [
        recovery_job(directory, database),
        partitions_job(database),
        tickets_job(matchmaker),
        ratings_job(Ratings(database, metrics)),
    ]
    if server is not None:
        jobs.append(embedded_guard_job(server, log))
    job_runner = Runner(leases, clock, metrics)

    host, port = listener.getsockname()[:2]
    return App(
        services, http, door, log, f"http://{f'[{host}]' if ':' in host else host}:{port}", url, job_runner, jobs
    )
