"""Stalled and slow peers are told apart: real sockets, on both event loops, with short deadlines."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from server.gateway import backpressure
from server.gateway.backpressure import Backlog

CHECK_S = 0.2
CHECKS = 5
CHUNK = b"x" * 1000
SPARE = 300
"""Chunks that wait in user space: the kernel still takes some when the peer has stopped, in its own time."""


class Writer(asyncio.Protocol):
    """Writes until the kernel takes no more, and a little on top."""

    def __init__(self) -> None:
        self.stalled = 0
        self.congested = False
        self.written = 0
        self.transport: asyncio.Transport
        self.backlog: Backlog

    def connection_made(self, transport: asyncio.BaseTransport) -> None:

        self.transport = cast(asyncio.Transport, transport)
        self.backlog = Backlog(self.transport, self._stalled)

    def pause_writing(self) -> None:
        self.congested = True
        self.backlog.begin()

    def resume_writing(self) -> None:
        self.congested = False
        self.backlog.end()

    def _stalled(self) -> None:
        self.stalled += 1

    def write(self) -> None:
        if self.congested:
            self.backlog.add(len(CHUNK))
        self.transport.write(CHUNK)
        self.written += len(CHUNK)

    def fill(self) -> None:
        while not self.congested:
            self.write()
        for _ in range(SPARE):
            self.write()


def run(loop: str, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    if loop == "uvloop":
        uvloop = pytest.importorskip("uvloop")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())
    else:
        asyncio.run(main())


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[Writer, socket.socket]]:
    """A writer whose kernel is full, and the other end, which reads nothing by itself."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
    listener.bind(("127.0.0.1", 0))
    writer = Writer()
    server = await asyncio.get_running_loop().create_server(lambda: writer, sock=listener)
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        reader.setblocking(False)
        await asyncio.get_running_loop().sock_connect(reader, listener.getsockname())
        await asyncio.sleep(0.05)
        server.close()
        writer.fill()
        try:
            yield writer, reader
        finally:
            writer.backlog.end()
            writer.transport.abort()
            await asyncio.sleep(0.01)


async def stopped(writer: Writer) -> None:
    """Wait until the peer counts as stalled."""
    async with asyncio.timeout(10):
        while not writer.stalled:  # noqa: ASYNC110  # counted by a callback of the transport's
            await asyncio.sleep(CHECK_S)


@pytest.fixture(params=["asyncio", "uvloop"])
def loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(backpressure, "_CHECK_S", CHECK_S)
    return str(request.param)


def test_a_peer_that_reads_nothing_is_stalled(loop: str) -> None:
    async def main() -> None:
        async with pair() as (writer, _):
            await asyncio.sleep(CHECK_S * (CHECKS - 2))
            assert writer.stalled == 0
            await stopped(writer)
            await asyncio.sleep(CHECK_S * (CHECKS + 2))
            assert writer.stalled == 1, "said once"

    run(loop, main)


def test_a_peer_that_reads_a_little_is_not_stalled(loop: str) -> None:
    async def main() -> None:
        async with pair() as (writer, reader):
            for _ in range(CHECKS * 3):
                await asyncio.get_running_loop().sock_recv(reader, 12_288)
                await asyncio.sleep(CHECK_S)
            assert writer.stalled == 0
            assert writer.congested

    run(loop, main)


def test_new_writes_are_no_progress(loop: str) -> None:
    async def main() -> None:
        async with pair() as (writer, _):
            writing = asyncio.create_task(stopped(writer))
            while not writing.done():
                writer.write()
                await asyncio.sleep(CHECK_S)
            await writing
            assert writer.backlog.added > 0

    run(loop, main)


def test_watching_ends_when_everything_was_read(loop: str) -> None:
    async def main() -> None:
        async with pair() as (writer, reader):
            taken = 0
            while taken < writer.written:
                taken += len(await asyncio.get_running_loop().sock_recv(reader, 65_536))
            await asyncio.sleep(CHECK_S)
            assert not writer.congested
            assert writer.backlog.added == 0
            await asyncio.sleep(CHECK_S * (CHECKS + 2))
            assert writer.stalled == 0
            writer.fill()
            await stopped(writer)  # it begins anew

    run(loop, main)


def test_one_large_write_does_not_count_as_added(loop: str) -> None:
    """A replay may be larger than the bound for what comes behind it."""

    async def main() -> None:
        async with pair() as (writer, reader):
            while writer.congested:
                await asyncio.get_running_loop().sock_recv(reader, 65_536)
            writer.transport.write(CHUNK * 1000)
            assert writer.congested
            assert writer.backlog.added == 0
            writer.write()
            assert writer.backlog.added == len(CHUNK)

    run(loop, main)


def test_acknowledged_bytes_are_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Although the same waits in user space all the while: the kernel's buffer is not yet empty enough."""

    class Transport:
        """Full."""

        def set_write_buffer_limits(self, high: int) -> None:
            assert high == 0

        def get_write_buffer_size(self) -> int:
            return 5_000

    async def main() -> None:
        looked, said = asyncio.Event(), asyncio.Event()
        held = iter(range(100_000, 0, -1))

        def draining(_: Backlog) -> int:
            left = next(held)
            if left == 100_000 - 20:
                looked.set()
            return left

        monkeypatch.setattr(Backlog, "_in_kernel", draining)
        backlog = Backlog(cast(asyncio.Transport, Transport()), said.set)
        backlog.begin()
        async with asyncio.timeout(10):
            await looked.wait()
            assert not said.is_set()
            monkeypatch.setattr(Backlog, "_in_kernel", lambda self: 50_000)
            await said.wait()
        backlog.end()

    monkeypatch.setattr(backpressure, "_CHECK_S", 0.005)
    asyncio.run(main())
