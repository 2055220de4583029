"""What all wings share: built once, before any of them, and closed after all of them."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass

from migrations import runner
from persistence.database import Database
from persistence.embedded import postgres
from persistence.embedded.postgres import EmbeddedPostgres
from persistence.event_log.log import Health
from persistence.event_log.writer import PostgresLog
from server.clock import Clock
from server.data_folder import refuse_embedded_in_production, token_key
from server.games.registry import Registry
from server.metrics import Metrics
from server.sessions.tokens import Tokens
from server.settings import Settings

_log = logging.getLogger(__name__)

_HEALTH_NUMBERS = {Health.HEALTHY: 0, Health.STALLED: 1, Health.PAUSED: 2}


@dataclass(slots=True)
class Kernel:
    """`embedded`: the Postgres that this server started itself, if it did.

    `ready`: the database was found. `draining`: the server has been told to stop.
    """

    settings: Settings
    clock: Clock
    metrics: Metrics
    registry: Registry
    tokens: Tokens
    database: Database
    database_url: str
    log: PostgresLog
    embedded: EmbeddedPostgres | None
    ready: bool = False
    draining: bool = False

    @property
    def is_serving(self) -> bool:
        """Nothing is begun before the server is ready, and nothing new once it stops."""
        return self.ready and not self.draining

    @property
    def status(self) -> str:
        return "draining" if self.draining else "serving" if self.ready else "starting"


async def open_kernel(settings: Settings, clock: Clock, registry: Registry | None, stack: AsyncExitStack) -> Kernel:
    """A kernel that closes with the stack. Does not wait for a database that is out of reach.

    Raises StartupError, BadDatabaseUrl and EmbeddedUnavailable.
    """
    tokens = Tokens(token_key(settings), clock)
    url, embedded = await asyncio.to_thread(_database, settings, stack)
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
    return Kernel(settings, clock, metrics, games, tokens, database, url, log, embedded)


def _database(settings: Settings, stack: AsyncExitStack) -> tuple[str, EmbeddedPostgres | None]:
    """DATABASE_URL as it is; else that of the embedded server, started, migrated and stopped with the stack."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value(), None
    refuse_embedded_in_production(settings)
    server = postgres.start(settings.data_dir)
    stack.callback(server.stop)
    runner.upgrade(server.dsn)
    return server.dsn, server
