"""A server between which and its database the test stands."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.cutting_proxy import CuttingProxy
from tests.support.postgres import Server, scratch_folder
from tests.support.server import HostedProcess


@asynccontextmanager
async def behind_a_proxy(postgres: Server) -> AsyncIterator[tuple[HostedProcess, CuttingProxy]]:
    """A server whose line to its database runs through this process."""
    dsn = postgres.migrated()
    with scratch_folder() as folder, tempfile.TemporaryDirectory(prefix="parlor-test-") as data:
        async with CuttingProxy(dsn, folder) as proxy:
            server = HostedProcess(proxy.dsn, Path(data), PARLOR_COMMANDS_PER_S="5000", PARLOR_BURST="10000")
            server.dsn = dsn  # the test itself looks past the proxy, which can't answer while the test looks
            try:
                await asyncio.to_thread(server.start)
                yield server, proxy
            finally:
                server.close()
    postgres.drop(dsn)
