"""The database of a run: an embedded Postgres in its folder, which can be killed, frozen and started again.

`parlor db url` starts it and leaves it running; everything else is done with signals to its processes. Needs /proc.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from loadtest.launch import PARLOR, LaunchFailed, clean_environment
from loadtest.machine import children, memory_bytes

_COMMAND_S = 60.0
_STOP_S = 10.0
_LOOK_S = 0.02


class Postgres:
    """`data_dir`: Parlor's data folder, which contains that of Postgres."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def start(self) -> str:
        """Start it, also after a kill. Returns its URL once it accepts connections. Raises LaunchFailed."""
        return parlor("db", "url", "--data-dir", str(self._data_dir)).strip()

    @property
    def processes(self) -> list[int]:
        """The process ids: the postmaster first, then its backends. Empty: it is down."""
        postmaster = _postmaster(self._data_dir)
        return [] if postmaster is None else [postmaster, *children(postmaster)]

    def kill(self, *, backends_too: bool) -> None:
        """Send SIGKILL. Backends end by themselves a moment after their postmaster."""
        processes = self.processes
        for pid in processes if backends_too else processes[:1]:
            _signal(pid, signal.SIGKILL)

    def freeze(self) -> None:
        """Send SIGSTOP to the postmaster first, so that it starts no more backends, then to the backends."""
        for pid in self.processes[:1]:
            _signal(pid, signal.SIGSTOP)
        for pid in self.processes[1:]:
            _signal(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in self.processes:
            _signal(pid, signal.SIGCONT)

    @property
    def memory_bytes(self) -> int:
        return sum(memory_bytes(pid) for pid in self.processes)

    def stop(self) -> None:
        """Shut it down, with stronger signals if it does not stop. Returns when it has ended."""
        self.thaw()
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            processes = self.processes
            if not processes:
                return
            for pid in processes if number is signal.SIGKILL else processes[:1]:
                _signal(pid, number)
            deadline = time.monotonic() + _STOP_S
            while any(_is_postgres(pid) for pid in processes) and time.monotonic() < deadline:
                time.sleep(_LOOK_S)


def parlor(*arguments: str, **settings: str) -> str:
    """Run a `parlor` command; returns what it printed. Raises LaunchFailed."""
    try:
        done = subprocess.run(
            [*PARLOR, *arguments],
            env=clean_environment() | settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_S,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise LaunchFailed(f"parlor {' '.join(arguments[:2])} took more than {_COMMAND_S:.0f} s") from None
    if done.returncode:
        raise LaunchFailed(f"parlor {' '.join(arguments[:2])}: {done.stderr.strip()}")
    return done.stdout


def remove_run(folder: Path) -> None:
    """End all processes of a run and remove its folder. Nothing is raised if they do not exist."""
    with suppress(OSError, ValueError):
        server = int((folder / "server.pid").read_text())
        if str(folder) in _command_line(server):
            _signal(server, signal.SIGKILL)
    Postgres(folder / "data").stop()
    shutil.rmtree(folder, ignore_errors=True)


def _postmaster(data_dir: Path) -> int | None:
    """The process id in the lock file, if this process is a running Postgres."""
    try:
        pid = int((data_dir / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _is_postgres(pid) and str(data_dir) in _command_line(pid) else None


def _is_postgres(pid: int) -> bool:
    """Whether this is a running Postgres, not a zombie."""
    return "postgres" in _command_line(pid)


def _command_line(pid: int) -> str:
    """Empty for a process that has ended, zombies included."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
