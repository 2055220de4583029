"""The database of a command."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from migrations import runner
from persistence.database import Database
from persistence.embedded import postgres
from persistence.event_log.writer import PostgresLog
from server.data_folder import refuse_embedded_in_production
from server.errors import StartupError
from server.settings import Settings


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """DATABASE_URL, or the embedded server: the running one, else one that runs as long as the command."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    refuse_embedded_in_production(settings)
    if not (settings.data_dir / "data").is_dir():
        raise StartupError(f"there is no database in {settings.data_dir} (see --data-dir, DATABASE_URL)")
    server = postgres.start(settings.data_dir)
    try:
        yield server.dsn
    finally:
        server.stop()


@asynccontextmanager
async def open_log(settings: Settings) -> AsyncIterator[tuple[Database, PostgresLog]]:
    """The database and its event log, for reading. (The log's writers are not started.)"""
    with database_url(settings) as url:
        await asyncio.to_thread(runner.require_head, url)
        database = await Database.open(url)
        try:
            yield database, PostgresLog(database)
        finally:
            await database.close()
