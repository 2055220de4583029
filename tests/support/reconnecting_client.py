"""A client that reconnects: what it was told in one room over all its connections, checked for contradictions."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

from tests.support.client import JSON, MSGPACK, PATIENCE_S, Frame

GONE = (ConnectionClosed, InvalidHandshake, OSError, EOFError)
"""What a connection that is cut or can't be made may raise."""


class Memory:
    """What one client knows of one room. Outlives connections; every frame is held against what was known before."""

    def __init__(self, ws_url: str, token: str) -> None:
        self.ws_url = ws_url
        self.token = token
        self.applied = -1  # the highest index that is known, by its event or by a state
        self.epoch: int | None = None
        self.events: dict[int, tuple[str, int, Any]] = {}  # index -> name, at, data
        self.bridged: set[int] = set()  # indexes that a state stood for
        self.acks: dict[str, tuple[int, int]] = {}
        self.rejects: Counter[str] = Counter()
        self.modes: Counter[str] = Counter()
        self.turns: list[Frame] = []
        self.news = asyncio.Event()

    def event(self, frame: Frame) -> None:
        index, told = frame["index"], (frame["name"], frame["at"], frame["data"])
        assert self.events.setdefault(index, told) == told, f"event {index} was another one before: {frame}"
        self.applied = max(self.applied, index)

    def ack(self, frame: Frame) -> None:
        span = (frame["first"], frame["last"])
        assert span[0] <= span[1], frame
        known = self.acks.setdefault(frame["id"], span)
        assert known == span, f"command {frame['id']} was acked as {known} and as {span}"

    def complete(self, head: int) -> None:
        """Nothing is missing up to `head`."""
        assert self.applied == head
        assert set(self.events) | self.bridged >= set(range(head + 1))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for frames until it is so. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self.news.clear()
                await self.news.wait()


class Visit:
    """One connection. Every index once and in order, from the one that hello named, or from that of a state."""

    def __init__(self, memory: Memory, socket: ClientConnection, last_index: int) -> None:
        self.memory = memory
        self.welcome: Frame | None = None
        self.events = 0
        self.acked = 0
        self.pongs: set[Any] = set()
        self.closed = False
        self._socket = socket
        self._binary = socket.subprotocol == MSGPACK
        self._next = last_index + 1
        self._stated = False

    @property
    def close_code(self) -> int | None:
        return self._socket.close_code

    async def send(self, frame: Frame) -> None:
        await self._socket.send(msgpack.packb(frame) if self._binary else json.dumps(frame))

    async def command(self, command_id: str, name: str, **args: Any) -> None:
        await self.send({"type": "command", "id": command_id, "name": name, "args": args})

    async def settle(self, nonce: str) -> None:
        """What was sent here is handled, and what was told before the answer is known."""
        await self.send({"type": "ping", "nonce": nonce})
        await self.until(lambda: nonce in self.pongs)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until it is so, or the connection ends."""
        await self.memory.until(lambda: condition() or self.closed)

    async def caught_up(self) -> None:
        """What the welcome announced is here."""
        await self.until(lambda: self.welcome is not None and self.memory.applied >= self.welcome["head"])

    async def hears(self, events: int) -> None:
        """So many events have come over this connection."""
        await self.until(lambda: self.events >= events)

    async def acknowledged(self, command_id: str) -> None:
        await self.until(lambda: command_id in self.memory.acks)

    async def ends(self) -> None:
        """The connection is over."""
        await self.until(lambda: False)

    def cut(self) -> None:
        """As a network does it: without a word, and what is still to be sent is lost."""
        self._socket.transport.abort()

    def cut_within(self, frame: Frame, share: float) -> None:
        """Only the first part of this frame leaves before the line is cut."""
        payload = msgpack.packb(frame) if self._binary else json.dumps(frame).encode()
        whole = WireFrame(Opcode.BINARY if self._binary else Opcode.TEXT, payload).serialize(mask=True)
        with suppress(RuntimeError):  # the server was faster and has said goodbye
            self._socket.transport.write(whole[: max(1, int(len(whole) * share))])
        self._socket.transport.close()

    async def close(self) -> None:
        await self._socket.close()

    async def read(self) -> None:
        """Take in all that comes, until the end of the connection."""
        try:
            async for message in self._socket:
                self._take(msgpack.unpackb(message) if isinstance(message, bytes) else json.loads(message))
                self.memory.news.set()
        except ConnectionClosed:
            pass
        finally:
            self.closed = True
            self.memory.news.set()

    def _take(self, frame: Frame) -> None:
        memory, kind = self.memory, frame["type"]
        if kind == "event":
            assert self.welcome is not None and (self.welcome["mode"] == "replay" or self._stated), frame
            assert frame["index"] == self._next, f"event {frame['index']} came when {self._next} was next"
            self._next += 1
            self.events += 1
            memory.event(frame)
        elif kind == "ack":
            assert frame["last"] < self._next, f"{frame} came before its events"
            memory.ack(frame)
            self.acked += 1
        elif kind == "reject":
            memory.rejects[frame["code"]] += 1
        elif kind == "turn":
            memory.turns.append(frame)
        elif kind == "welcome":
            self._welcome(frame)
        elif kind == "state":
            self._state(frame)
        elif kind == "pong":
            self.pongs.add(frame["nonce"])

    def _welcome(self, frame: Frame) -> None:
        assert self.welcome is None
        self.welcome = frame
        assert frame["epoch"] >= (self.memory.epoch or 0)
        self.memory.epoch = frame["epoch"]
        self.memory.modes[frame["mode"]] += 1

    def _state(self, frame: Frame) -> None:
        """It stands for everything up to its index."""
        if not self._stated and self.welcome is not None and self.welcome["mode"] == "state":
            self._stated = True
            self._next = frame["index"] + 1
        assert frame["index"] == self._next - 1, f"the state is of {frame['index']}, {self._next} was next"
        self.memory.bridged.update(range(self.memory.applied + 1, frame["index"] + 1))
        self.memory.applied = max(self.memory.applied, frame["index"])


@asynccontextmanager
async def visit(memory: Memory, protocol: str = JSON, **hello: Any) -> AsyncIterator[Visit]:
    """Connect and say hello with what is known (or with what `hello` says). Raises one of GONE if nobody is there."""
    said = {"token": memory.token, "last_index": memory.applied, "epoch": memory.epoch, **hello}
    socket = await connect(
        memory.ws_url,
        subprotocols=[protocol],  # type: ignore[list-item]  # a new type of str
        compression=None,
        ping_interval=None,
        max_size=None,
        max_queue=None,
        close_timeout=2,
    )
    here = Visit(memory, socket, said["last_index"])
    reader = asyncio.create_task(here.read())
    try:
        await here.send({"type": "hello", **said})
        yield here
    finally:
        socket.transport.abort()
        await reader
