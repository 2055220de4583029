"""The system under test: a server, its database and the proxy between them, as far as they were started here."""

from __future__ import annotations

import asyncio
import random
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

from loadtest.chaos.cleanup import start_cleanup
from loadtest.chaos.postgres import Postgres, parlor, remove_run
from loadtest.chaos.proxy import DatabaseProxy
from loadtest.launch import PARLOR, UNLIMITED, LaunchFailed, clean_environment, is_ready
from loadtest.machine import memory_bytes

Result = TypeVar("Result")

_START_S = 60.0
_LOOK_S = 0.01
_STOP_S = 15.0
_PORTS = range(15000, 32000)
"""Below the ports of outgoing connections: otherwise a client that connects while the server is down could be given the
server's port as its own, and connect to itself."""


class System:
    """A context manager. Nothing that it started outlives it, not even when this process is killed.

    `url`: of the server. `proxy`, `postgres`: None if they were not started here.
    """

    def __init__(self, url: str | None, database_url: str | None) -> None:
        self.url = "" if url is None else url.rstrip("/")
        self.proxy: DatabaseProxy | None = None
        self.postgres: Postgres | None = None
        self._own_server = url is None
        self._database_url = database_url
        self._stack = AsyncExitStack()
        self._folder = Path()
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> System:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        if not self._own_server:
            if not await asyncio.to_thread(is_ready, self.url):
                raise LaunchFailed(f"no server that is ready answers at {self.url}")
            return
        self._folder = Path(tempfile.mkdtemp(prefix="parlor-chaos-"))
        self._folder.chmod(
            0o755
        )  # Postgres runs under another account when we are root, and needs access to the folder
        guard = start_cleanup(self._folder)
        self._stack.callback(_end_cleanup, guard)
        self._stack.callback(self._remove_run)
        dsn = self._database_url
        if dsn is None:
            self.postgres = Postgres(self._folder / "data")
            dsn = await finish_in_thread(self.postgres.start)
        await finish_in_thread(partial(parlor, "migrate", "up", DATABASE_URL=dsn))
        self._database_url = dsn
        self.proxy = await self._stack.enter_async_context(DatabaseProxy(dsn))
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        await self.start_server()

    # The server.

    @property
    def is_server_running(self) -> bool:
        return self._process is None or self._process.poll() is None

    async def start_server(self) -> None:
        """Returns when it is ready. Raises LaunchFailed."""
        assert self.proxy is not None  # there is a proxy if the server was started here
        options = ["--port", str(self._port), "--data-dir", str(self._folder / "data")]
        with (self._folder / "server.log").open("ab") as output:
            self._process = subprocess.Popen(  # noqa: ASYNC220  # a fork is quick, and readiness is awaited below
                [*PARLOR, "serve", *options],
                env=clean_environment() | UNLIMITED | {"DATABASE_URL": self.proxy.url},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches only this process, which then stops the server
            )
        (self._folder / "server.pid").write_text(str(self._process.pid))
        deadline = time.monotonic() + _START_S
        while not await asyncio.to_thread(is_ready, self.url):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise LaunchFailed(f"the server did not start:\n{self.log_tail()}")
            await asyncio.sleep(_LOOK_S)

    def kill_server(self) -> None:
        assert self._process is not None  # called only if the server was started here
        self._process.kill()
        self._process.wait()

    def logged(self, message: str) -> int:
        """How often the server has logged this message, over all its restarts."""
        try:
            return (self._folder / "server.log").read_text(errors="replace").count(message)
        except OSError:
            return 0

    def log_tail(self, lines: int = 5) -> str:
        """The end of the server's log."""
        try:
            said = (self._folder / "server.log").read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(said.splitlines()[-lines:])

    def parlor(self, *arguments: str) -> str:
        """Run a `parlor` command on the database of the run. Raises LaunchFailed."""
        assert self._database_url is not None  # called only if the server was started here
        return parlor(*arguments, DATABASE_URL=self._database_url)

    def memory(self) -> dict[str, int]:
        found = {}
        if self._process is not None:
            found["server"] = memory_bytes(self._process.pid)
        if self.postgres is not None:
            found["postgres"] = self.postgres.memory_bytes
        return found

    def _remove_run(self) -> None:
        if self._process is not None:
            self.kill_server()
        remove_run(self._folder)


async def finish_in_thread(work: Callable[[], Result]) -> Result:
    """Run `work` in a thread. A cancelled caller still waits for its end: what it starts must not outlive the run."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


def _end_cleanup(guard: subprocess.Popen[bytes]) -> None:
    """End the cleanup process: nothing is left to clean up."""
    assert guard.stdin is not None  # it was started with a pipe
    guard.stdin.close()
    guard.wait(_STOP_S)


def _free_port() -> int:
    for port in random.sample(_PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise LaunchFailed("there is no free port")
