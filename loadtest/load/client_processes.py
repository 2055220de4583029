"""Starts the client processes and talks to them over their standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from typing import Any

from loadtest.load.share import Share

_LINE_BYTES = 4 * 1024 * 1024
_END_S = 10.0

Tick = Callable[[int, dict[str, Any]], None]


class ClientProcessFailed(RuntimeError):
    """A client process failed; the message says why."""


class ClientProcesses:
    """A context manager that ends all processes. `on_tick(process number, metrics of its last second)`."""

    def __init__(self, shares: Sequence[Share], on_tick: Tick) -> None:
        self._shares = shares
        self._on_tick = on_tick
        self._processes: list[Process] = []
        self._reading: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()
        self._ready: list[asyncio.Future[dict[str, Any]]] = [loop.create_future() for _ in shares]
        self._done: list[asyncio.Future[dict[str, Any]]] = [loop.create_future() for _ in shares]

    async def __aenter__(self) -> ClientProcesses:
        for number, share in enumerate(self._shares):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "loadtest.load.worker", stdin=PIPE, stdout=PIPE, limit=_LINE_BYTES
            )
            self._processes.append(process)
            self._reading.append(asyncio.create_task(self._read(number, process)))
            self._say(process, json.dumps(share.as_json()))
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self._processes:
            if process.returncode is None and process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            try:
                await asyncio.wait_for(process.wait(), _END_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        for task in self._reading:
            task.cancel()
        for future in (*self._ready, *self._done):
            if future.done() and not future.cancelled():
                future.exception()  # raised before, for the first that failed
            future.cancel()

    async def ready(self) -> None:
        """Wait until all rooms are open. Raises CrewFailed."""
        await asyncio.gather(*self._ready)

    def measure(self) -> None:
        """Start the measurement: drop what was measured before."""
        for process in self._processes:
            self._say(process, "measure")

    def read(self) -> None:
        """Start to read the running games."""
        for process in self._processes:
            self._say(process, "read")

    async def failed(self) -> None:
        """Wait until a process fails, then raise CrewFailed."""
        await asyncio.wait(self._done, return_when=asyncio.FIRST_EXCEPTION)
        for future in self._done:
            future.result()

    async def stop(self) -> list[dict[str, Any]]:
        """End the work; returns what each process has checked. Raises CrewFailed."""
        for process in self._processes:
            self._say(process, "stop")
        return list(await asyncio.gather(*self._done))

    def _say(self, process: Process, word: str) -> None:
        if process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(f"{word}\n".encode())

    async def _read(self, number: int, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            message = json.loads(line)
            if "tick" in message:
                self._on_tick(number, message["tick"])
            elif "ready" in message:
                self._ready[number].set_result(message["ready"])
            elif "done" in message:
                self._done[number].set_result(message["done"])
            else:
                self._fail(number, message["failed"])
        self._fail(number, "a client process ended unexpectedly; its output is above")

    def _fail(self, number: int, why: str) -> None:
        for future in (self._ready[number], self._done[number]):
            if not future.done():
                future.set_exception(ClientProcessFailed(why))
