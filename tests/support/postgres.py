"""Databases for tests: one server a session, one migrated template, and a fresh copy of it for every test.

`DATABASE_URL` set: that server is used, scratch databases are made there and dropped. Otherwise the embedded one.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import pytest_asyncio

from migrations import runner
from persistence.database import Database
from persistence.embedded import postgres as embedded

_numbers = count(1)


def with_database(dsn: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(dsn)
    url = urlunsplit(parts._replace(path=f"/{name}"))
    return url if "://" in url and parts.netloc else url.replace(":/", "://", 1)


def execute(dsn: str, statement: str) -> None:
    """One statement outside any transaction."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


class Server:
    """A server on which tests make databases of their own."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._template: str | None = None
        self._names: list[str] = []

    def create(self, template: str = "template1") -> str:
        """An empty database (or a copy); gives its DSN."""
        name = f"parlor_test_{os.getpid()}_{next(_numbers)}"
        execute(self.dsn, f"create database {name} template {template}")
        self._names.append(name)
        return with_database(self.dsn, name)

    def migrated(self) -> str:
        """A database with the newest schema; gives its DSN."""
        if self._template is None:
            dsn = self.create()
            runner.upgrade(dsn)
            self._template = self._names[-1]
        return self.create(self._template)

    def drop(self, dsn: str) -> None:
        """Remove one database, also if connections are open."""
        name = urlsplit(dsn).path.lstrip("/")
        execute(self.dsn, f"drop database if exists {name} with (force)")
        self._names.remove(name)

    def drop_all(self) -> None:
        """Leave nothing behind."""
        for name in self._names:
            execute(self.dsn, f"drop database if exists {name} with (force)")
        self._names = []


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A short folder that the account of a Postgres may enter too (pytest's own are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="parlor-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The session's server."""
    if url := os.environ.get("DATABASE_URL"):
        server = Server(url)
        yield server
        server.drop_all()
        return
    with scratch_folder() as folder:
        running = embedded.start(folder / "db")
        yield Server(running.dsn)
        running.stop()


@pytest.fixture
def dsn(postgres: Server) -> Iterator[str]:
    """A fresh migrated database."""
    made = postgres.migrated()
    yield made
    postgres.drop(made)


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """The same, open."""
    opened = await Database.open(dsn)
    yield opened
    await opened.close()


def system_binaries() -> Path | None:
    """The distribution's Postgres of the oldest version that is supported, if installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[0].parent if found else None


@pytest.fixture(scope="session")
def postgres15() -> Iterator[Server]:
    """The distribution's Postgres (15 in Debian 12), on a cluster of its own."""
    binaries = system_binaries()
    if binaries is None:
        pytest.skip("no system Postgres under /usr/lib/postgresql")
    with scratch_folder() as folder, _start_cluster(binaries, folder) as process:
        yield Server(f"postgresql://tester@/postgres?host={folder}")
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _start_cluster(binaries: Path, folder: Path) -> subprocess.Popen[bytes]:
    account = None
    if os.geteuid() == 0:
        names = [name for name in ("postgres", "nobody") if name in {entry.pw_name for entry in pwd.getpwall()}]
        account = pwd.getpwnam(names[0])
        os.chown(folder, account.pw_uid, account.pw_gid)
    identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    data = folder / "data"
    initdb = [binaries / "initdb", "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-locale", "-N", "-D", data]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/", **identity)
    settings = [f"unix_socket_directories={folder}", "listen_addresses=", "fsync=off", "max_connections=20"]
    arguments = [part for setting in settings for part in ("-c", setting)]
    process = subprocess.Popen(
        [binaries / "postgres", "-D", data, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        **identity,
    )
    assert process.stdout is not None
    for line in process.stdout:  # it says when it is ready; what comes later fits into the pipe
        if b"ready to accept connections" in line:
            return process
    raise RuntimeError("the system Postgres did not start")
