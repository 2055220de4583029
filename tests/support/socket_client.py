"""A client whose author knows the protocol page and nothing else: one socket, one frame after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.client import JSON, MSGPACK, PATIENCE_S, Frame, Player


class Line:
    """One connection. Nothing is said that the test doesn't say."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []

    @property
    def binary(self) -> bool:
        return self.socket.subprotocol == MSGPACK

    async def send(self, frame: Any) -> None:
        """One frame in the subprotocol's encoding."""
        await self.socket.send(msgpack.packb(frame) if self.binary else json.dumps(frame))

    async def command(self, command_id: Any, name: Any, args: Any = None) -> None:
        await self.send({"type": "command", "id": command_id, "name": name, "args": {} if args is None else args})

    async def frame(self) -> Frame:
        """The next frame, save those that the clock sends. Raises ConnectionClosed at the end."""
        while True:
            frame = await self._frame()
            if frame["type"] != "spectators":
                self.frames.append(frame)
                return frame

    async def _frame(self) -> Frame:
        async with asyncio.timeout(PATIENCE_S):
            message = await self.socket.recv()
        assert isinstance(message, bytes) == self.binary, "the server answers in the subprotocol's kind of frame"
        frame = msgpack.unpackb(message) if isinstance(message, bytes) else json.loads(message)
        assert isinstance(frame, dict) and isinstance(frame["type"], str)
        return frame

    async def next(self, kind: str) -> Frame:
        """The next frame of this type; those before it are kept in `frames`."""
        while True:
            frame = await self.frame()
            if frame["type"] == kind:
                return frame

    async def answer(self, command_id: Any) -> Frame:
        """The next ack or reject of this command."""
        while True:
            frame = await self.frame()
            if frame["type"] in ("ack", "reject") and frame["id"] == command_id:
                return frame

    async def ask(self, command_id: str, name: str, **args: Any) -> Frame:
        await self.command(command_id, name, args)
        return await self.answer(command_id)

    async def settle(self, nonce: str = "settled") -> list[Frame]:
        """All that was sent before the answer to a ping; what this socket sent before it has been handled then."""
        mark = len(self.frames)
        await self.send({"type": "ping", "nonce": nonce})
        while (await self.next("pong"))["nonce"] != nonce:
            pass
        return self.frames[mark:-1]

    async def end(self) -> tuple[int, str, list[Frame]]:
        """Close code, reason, and the frames that came before."""
        rest = []
        try:
            while True:
                rest.append(await self.frame())
        except ConnectionClosed:
            pass
        return self.socket.close_code or 1006, self.socket.close_reason or "", rest


@asynccontextmanager
async def dial(url: str, protocol: str | None = JSON, **options: Any) -> AsyncIterator[Line]:
    """An open connection that has not said hello."""
    chosen: dict[str, Any] = {"compression": None, "ping_interval": None, "max_size": None, "max_queue": None}
    if protocol is not None:
        chosen["subprotocols"] = [protocol]
    async with connect(url, **(chosen | options)) as socket:
        yield Line(socket)


@asynccontextmanager
async def entered(url: str, player: Player, protocol: str | None = JSON, **hello: Any) -> AsyncIterator[Line]:
    """A connection that has said hello; the welcome is the first of its frames."""
    async with dial(url, protocol) as line:
        await line.send({"type": "hello", "token": player.token, **hello})
        assert (await line.frame())["type"] == "welcome", line.frames
        yield line
