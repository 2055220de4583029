"""A whole server on the test's own event loop, so that a test can reach into it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest_asyncio

from server.app import App, running
from server.clock import Clock
from server.settings import Settings


@asynccontextmanager
async def served(dsn: str, data_dir: Path, *, clock: Clock | None = None, **settings: object) -> AsyncIterator[App]:
    """An app that serves until the block ends."""
    many = {"commands_per_s": 1000, "burst": 1000, "http_changes_per_s": 100_000, "http_changes_burst": 100_000}
    many |= {"http_reads_per_s": 100_000, "http_reads_burst": 100_000}
    given = Settings(database_url=dsn, data_dir=data_dir, port=0, **many, **settings)  # type: ignore[arg-type]
    async with running(given, clock=clock) as app:
        serving = asyncio.create_task(app.serve())
        try:
            await app.open()
            yield app
        finally:
            await app.stop()
            await serving


@pytest_asyncio.fixture
async def app(dsn: str) -> AsyncIterator[App]:
    """A served app on a fresh database."""
    with tempfile.TemporaryDirectory(prefix="parlor-test-") as folder:
        async with served(dsn, Path(folder)) as made:
            yield made
