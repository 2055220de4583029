"""A whole server in a process of its own, on a real database; it can be stopped, killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.support.postgres import Server

READY = "Parlor is at "
CROWD = {
    "PARLOR_HTTP_CHANGES_PER_S": "100000",
    "PARLOR_HTTP_CHANGES_BURST": "100000",
    "PARLOR_HTTP_READS_PER_S": "100000",
    "PARLOR_HTTP_READS_BURST": "100000",
}
"""All people of a test come from one address."""


class ServerProcess:
    """`parlor serve` on a database and a port that stay the same over restarts. `url`: http://127.0.0.1:PORT.

    `python`: an interpreter of another environment than ours.
    """

    def __init__(self, dsn: str, data_dir: Path, *, python: str = sys.executable, **settings: str) -> None:
        self._python = python
        self._environment = {**os.environ, "DATABASE_URL": dsn, **CROWD, **settings}
        self._data_dir = data_dir
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self._log = (data_dir / "server.log").open("a+")
        self.url = ""

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """All that the server has written to standard error."""
        return (self._data_dir / "server.log").read_text()

    def start(self) -> ServerProcess:
        """Return when it serves. Raises RuntimeError with its last words if it doesn't."""
        command = [self._python, "-m", "server", "serve", "--port", str(self._port)]
        command += ["--data-dir", str(self._data_dir)]
        self._process = subprocess.Popen(command, env=self._environment, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._log.write(line)
            self._log.flush()
            if line.startswith(READY):
                self.url = line.removeprefix(READY).strip()
                self._port = urlsplit(self.url).port or 0
                # From now on nobody reads the pipe here: a thread keeps it from filling up.
                self._drain()
                return self
        raise RuntimeError(f"the server did not start: {self.log[-2000:]}")

    def _drain(self) -> None:
        process = self._process
        assert process is not None
        assert process.stderr is not None
        stderr = process.stderr

        def drain() -> None:
            with stderr:
                for line in stderr:
                    self._log.write(line)
                    self._log.flush()

        threading.Thread(target=drain, daemon=True).start()

    def kill(self) -> None:
        """As a crash would: no goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As an operator would; returns the exit code."""
        return self._end(signal.SIGTERM)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal and don't wait for what becomes of it."""
        assert self._process is not None
        self._process.send_signal(number)

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()
        self._log.close()

    def _end(self, number: signal.Signals) -> int:
        self.signal(number)
        assert self._process is not None
        return self._process.wait(40)


class HostedProcess(ServerProcess):
    """A server whose database and process can be looked at."""

    def __init__(self, dsn: str, data_dir: Path, **settings: str) -> None:
        super().__init__(dsn, data_dir, **settings)
        self.dsn = dsn
        self.data_dir = data_dir

    def rows(self, statement: str, *arguments: Any) -> list[Any]:
        """What the database holds."""
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(statement.encode(), arguments).fetchall()

    @property
    def token_key(self) -> bytes:
        return (self.data_dir / "token.key").read_bytes()

    @property
    def memory_kib(self) -> int:
        """Resident memory."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


@contextmanager
def serving(postgres: Server, **settings: str) -> Iterator[HostedProcess]:
    """A server on a database of its own."""
    dsn = postgres.migrated()
    with tempfile.TemporaryDirectory(prefix="parlor-test-") as folder:
        server = HostedProcess(dsn, Path(folder), **settings)
        try:
            yield server.start()
        finally:
            server.close()
            postgres.drop(dsn)


@pytest.fixture(scope="session")
def shared_server(postgres: Server) -> Iterator[HostedProcess]:
    """One server with generous limits; nothing that any of its tests does may leave a traceback in its log."""
    with serving(postgres, PARLOR_COMMANDS_PER_S="5000", PARLOR_BURST="10000") as server:
        yield server
        assert server.stop() == 0
        assert "Traceback" not in server.log, server.log[-4000:]


@pytest.fixture
def server_process(dsn: str) -> Iterator[ServerProcess]:
    """A started server on a fresh database."""
    with tempfile.TemporaryDirectory(prefix="parlor-test-") as folder:
        server = ServerProcess(dsn, Path(folder), PARLOR_COMMANDS_PER_S="500", PARLOR_BURST="1000").start()
        yield server
        server.close()


@pytest.fixture
def strict_server(dsn: str) -> Iterator[ServerProcess]:
    """The same with the limits that a real server has for its sockets."""
    with tempfile.TemporaryDirectory(prefix="parlor-test-") as folder:
        server = ServerProcess(dsn, Path(folder)).start()
        yield server
        server.close()


@pytest.fixture
def live_server(server_process: ServerProcess) -> ServerProcess:
    """The same, for tests that only look at its `url`."""
    return server_process
