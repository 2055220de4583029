"""Watch and stop a Postgres server from outside, by the files in its data folder."""

from __future__ import annotations

import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.005
PORT = 5432  # names the socket file; nothing listens on TCP
_STOP_DEADLINE_S = 10.0
_CONNECT_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The server process that `postmaster.pid` names. It may be dead."""

    pid: int
    socket_dir: Path
    ready: bool

    @property
    def accepts(self) -> bool:
        """Whether recovery is over and the socket takes connections."""
        if not self.ready:
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_CONNECT_TIMEOUT_S)
            try:
                probe.connect(str(self.socket_dir / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return True

    @property
    def alive(self) -> bool:
        """Whether the process runs and is a Postgres: process ids are used again after a restart of the machine."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        status = Path(f"/proc/{self.pid}/stat")
        if not status.exists():  # no /proc on this system: the socket must tell
            return self.accepts
        name, _, rest = status.read_text().partition("(")[2].rpartition(")")
        return name == "postgres" and rest.split()[0] != "Z"

    def shut_down(self) -> None:
        """Stop the process: SIGINT, then SIGQUIT, then SIGKILL, 10 s apart. Returns when it has ended."""
        for kill_with in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            deadline = time.monotonic() + _STOP_DEADLINE_S
            try:
                os.kill(self.pid, kill_with)
            except ProcessLookupError:
                return
            while time.monotonic() < deadline:
                if not self.alive:
                    return
                time.sleep(POLL_S)


def postmaster_of(data: Path) -> Postmaster | None:
    """What `data/postmaster.pid` says, None if there is none or it is still being written."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return Postmaster(int(lines[0]), Path(lines[4]), ready=lines[7].strip() == "ready")
    except (OSError, ValueError, IndexError):
        return None
