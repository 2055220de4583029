"""The composition root: the kernel, the wings, and what each of them gives. Readable as a list."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import version
from typing import Any

from migrations import runner
from persistence.errors import Unavailable
from persistence.lease import Leases
from server import limits
from server.api.app import build
from server.clock import Clock, SystemClock
from server.games.registry import Registry
from server.gateway.door import Door
from server.gateway.heartbeat import Heartbeat
from server.gateway.http import HttpServer, listen
from server.kernel import Kernel, open_kernel
from server.ops import slice as ops
from server.play import slice as play
from server.play.service.services import Services as Play
from server.settings import Settings
from server.slice import Slice
from server.workers.job import Runner

_log = logging.getLogger(__name__)


@asynccontextmanager
async def running(
    settings: Settings, *, clock: Clock | None = None, registry: Registry | None = None
) -> AsyncIterator[App]:
    """A server that is ready to `serve` and to `open`. Raises StartupError or PersistenceError when it can't be."""
    async with AsyncExitStack() as stack:
        listener = listen(settings.host, settings.port)
        stack.callback(listener.close)
        kernel = await open_kernel(settings, clock or SystemClock(), registry, stack)

        playing = play.build(kernel)
        slices: list[Slice[Any]] = [
            playing,
            ops.build(kernel, playing.services.directory),
        ]

        for part in slices:
            stack.push_async_callback(part.close)
        door = Door(
            {path: opener for part in slices for path, opener in part.sockets.items()}, settings, kernel.metrics
        )
        heartbeat = Heartbeat(door, kernel.clock, kernel.metrics)
        heartbeat.start()
        stack.callback(heartbeat.stop)
        application = build(
            kernel,
            version("parlor"),
            services=[part.services for part in slices],
            routers=[router for part in slices for router in part.routers],
            doors=[guard for part in slices for guard in part.doors],
            page_headers={prefix: headers for part in slices for prefix, headers in part.page_headers.items()},
        )
        leases = Leases(kernel.database)
        stack.callback(leases.close)
        jobs = Runner(leases, kernel.clock, kernel.metrics)
        host, port = listener.getsockname()[:2]
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        yield App(kernel, slices, HttpServer(application, door, listener), door, jobs, url, playing.services)


class App:
    """A server that listens. `url`: where. It is of use once `open` has found the database. `play`: the rooms' wing."""

    def __init__(
        self,
        kernel: Kernel,
        slices: Sequence[Slice[Any]],
        http: HttpServer,
        door: Door,
        jobs: Runner,
        url: str,
        playing: Play,
    ) -> None:
        self.kernel = kernel
        self.play = playing
        self.url = url
        self._slices = slices
        self._http = http
        self._door = door
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
                await asyncio.to_thread(runner.require_head, self.kernel.database_url)
                await self.kernel.log.start()
                for part in self._slices:
                    await part.open()
            except Unavailable as error:
                tries += 1
                longest = min(limits.DATABASE_RETRY_S, 0.25 * 2 ** min(tries, 10))
                _log.warning("waiting for the database, not ready until it is there: %s", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), random.uniform(0, longest))  # noqa: S311  # no secret
            else:
                self.kernel.ready = self._door.ready = True
                self._jobs.start(job for part in self._slices for job in part.jobs)
                return True
        return False

    async def make_demo(self) -> None:
        """Let each wing make its demo data."""
        for part in self._slices:
            await part.demo()

    async def stop(self) -> None:
        """Turn newcomers away, let what is under way finish, close every connection."""
        self._stopping.set()
        self.kernel.draining = True
        self._door.stopping = True
        await self._jobs.stop()
        for part in reversed(self._slices):
            await part.drain(self.kernel.settings.drain_s / 2)
        self._http.stop()
