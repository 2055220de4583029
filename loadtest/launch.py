"""Starts a server on its core with a temporary data folder, and removes both at the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType

from loadtest.machine import Cores, CpuTimes, children, cpu_times, memory_bytes, pin

_START_S = 60.0
_STOP_S = 15.0
UNLIMITED = {
    "PARLOR_COMMANDS_PER_S": "1000000",
    "PARLOR_BURST": "1000000",
    "PARLOR_CONNECTIONS_PER_IP_MAX": "100000",
    "PARLOR_CONNECTIONS_MAX": "100000",
    "PARLOR_ROOMS_PER_PLAYER_MAX": "1000000",
    "PARLOR_CONNECTIONS_PER_PLAYER_MAX": "100000",
    "PARLOR_BYTES_PER_S": "1000000000",
    "PARLOR_BYTES_BURST": "1000000000",
    "PARLOR_HTTP_CHANGES_PER_S": "1000000",
    "PARLOR_HTTP_CHANGES_BURST": "1000000",
    "PARLOR_HTTP_READS_PER_S": "1000000",
    "PARLOR_HTTP_READS_BURST": "1000000",
    "PARLOR_LOG_LEVEL": "warning",
}

PARLOR = (str(Path(sys.executable).with_name("parlor")),)


class LaunchFailed(RuntimeError):
    """The server did not start; the message ends with its log."""


class LocalServer:
    """A server that listens on 127.0.0.1 with the limits of `UNLIMITED`. A context manager."""

    def __init__(self, cores: Cores) -> None:
        self._cores = cores
        self._process: subprocess.Popen[bytes] | None = None
        # Postgres runs under another account when we are root, and needs access to the folder.
        self._folder = Path(tempfile.mkdtemp(prefix="parlor-bench-"))
        self._folder.chmod(0o755)
        self._port = free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise LaunchFailed("the server is not running")
        return self._process.pid

    def cpu(self) -> CpuTimes:
        return cpu_times(self.pid, self._postmaster(), self._cores)

    def database_url(self) -> str:
        """The URL of its embedded Postgres."""
        command = [*PARLOR, "db", "url", "--data-dir", str(self._folder / "data")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_START_S, check=True)
        return done.stdout.strip()

    def memory(self) -> tuple[int, int]:
        """Returns the bytes of the server, and of its Postgres with all its processes."""
        postmaster = self._postmaster()
        database = 0
        if postmaster is not None:
            database = sum(memory_bytes(pid) for pid in (postmaster, *children(postmaster)))
        return memory_bytes(self.pid), database

    def __enter__(self) -> LocalServer:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def crash(self) -> None:
        """Kill the server but not its Postgres. Returns when the process has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def start_again(self) -> None:
        """Start it again on the same data folder and port. Returns when it is ready."""
        self._start()

    def _start(self) -> None:
        command = [*PARLOR, "serve"]
        options = ["--port", str(self._port), "--data-dir", str(self._folder / "data")]
        environment = clean_environment()
        pin(self._cores.server)
        try:
            # A session of its own: Ctrl-C reaches only this process, which then stops the server.
            with (self._folder / "server.log").open("wb") as output:
                self._process = subprocess.Popen(
                    [*command, *options],
                    env=environment | UNLIMITED,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        finally:
            pin(self._cores.clients)
        deadline = time.monotonic() + _START_S
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise LaunchFailed(f"the server did not start:\n{self.log_tail()}")
            time.sleep(0.02)

    def log_tail(self, lines: int = 15) -> str:
        """The end of the server's log."""
        try:
            said = (self._folder / "server.log").read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(said.splitlines()[-lines:])

    def _ready(self) -> bool:
        return is_ready(self.url)

    def _stop(self) -> None:
        postmaster = self._postmaster()
        if self._process is not None:
            end(self._process, _STOP_S)
        if postmaster is not None and self._postmaster() == postmaster:
            _kill(postmaster)  # the server died without stopping it
        shutil.rmtree(self._folder, ignore_errors=True)

    def _postmaster(self) -> int | None:
        """The process id of the embedded Postgres, from the first line of its lock file. None: it does not run."""
        for lock in self._folder.glob("data/**/postmaster.pid"):
            try:
                return int(lock.read_text().split("\n", 1)[0])
            except (OSError, ValueError):
                continue
        return None


def clean_environment() -> dict[str, str]:
    """The environment of this process without settings of a Parlor server."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PARLOR_", "DATABASE_"))}


def is_ready(url: str, timeout_s: float = 1.0) -> bool:
    """Whether the server at `url` reports that it is ready. Waits `timeout_s` at most."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=timeout_s) as answer:  # noqa: S310  # http, and our own
            return bool(answer.status == 200)
    except OSError:
        return False


def _kill(postmaster: int) -> None:
    """Shut Postgres down at once; its folder is removed anyway."""
    try:
        os.kill(postmaster, signal.SIGQUIT)
        for _ in range(50):
            time.sleep(0.1)
            os.kill(postmaster, 0)
        os.kill(postmaster, signal.SIGKILL)
    except ProcessLookupError:
        pass


def end(process: subprocess.Popen[bytes], patience_s: float) -> None:
    """Terminate the process; kill it if it still runs after `patience_s`. Returns when it has ended."""
    process.terminate()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
