"""Installs Colyseus from npm into a temporary folder and starts it on its core."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from loadtest.launch import LaunchFailed, clean_environment, end, free_port
from loadtest.machine import Cores, pin

_HERE = Path(__file__).parent
_INSTALL_S = 300.0
_START_S = 30.0
_STOP_S = 5.0


class Colyseus:
    """A running Colyseus server. A context manager. `database_url`: where its rooms write."""

    def __init__(self, cores: Cores, database_url: str) -> None:
        self._cores = cores
        self._database_url = database_url
        self._folder = Path(tempfile.mkdtemp(prefix="parlor-peers-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._port = free_port()
        self.version = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Colyseus:
        try:
            self._install()
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _install(self) -> None:
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            raise LaunchFailed("node and npm are needed to run the peer")
        for name in ("package.json", "colyseus.mjs"):
            shutil.copy(_HERE / name, self._folder)
        done = subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=_INSTALL_S,
            check=False,
        )
        if done.returncode:
            raise LaunchFailed(f"npm install failed:\n{done.stderr[-1000:]}")
        package = self._folder / "node_modules" / "@colyseus" / "core" / "package.json"
        self.version = json.loads(package.read_text())["version"]

    def _start(self) -> None:
        log = self._folder / "peer.log"
        pin(self._cores.server)
        try:
            with log.open("wb") as output:
                self._process = subprocess.Popen(
                    ["node", "colyseus.mjs", str(self._port), self._database_url],
                    cwd=self._folder,
                    env=clean_environment() | {"NODE_ENV": "production"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        finally:
            pin(self._cores.clients)
        deadline_s = time.monotonic() + _START_S
        while b"listening" not in log.read_bytes():
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                raise LaunchFailed(f"Colyseus did not start:\n{log.read_text(errors='replace')[-1000:]}")
            time.sleep(0.05)

    def _stop(self) -> None:
        if self._process is not None:
            end(self._process, _STOP_S)
        shutil.rmtree(self._folder, ignore_errors=True)
