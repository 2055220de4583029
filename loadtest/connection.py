"""A connection to a room, as a player or a spectator. An asyncio protocol without a task of its own."""

from __future__ import annotations

import asyncio
import socket
from time import perf_counter
from typing import Any, cast
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from loadtest import wire
from loadtest.journal import Journal

_CONNECT_S = 30.0
_CLOSE_S = 2.0
_NO_STATUS = 1005
_CUT = 1006


class ConnectionFailed(ConnectionError):
    """No welcome arrived. `code`: the close code, if there was one."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class FrameHandler:
    """What a client does with the frames of its connection; derive from it. Here each method does nothing.

    Frames are dictionaries, as decoded. The journal has recorded a frame before its method is called.
    """

    def on_connection(self, connection: Connection) -> None:
        """This connection is used from now on: the first one, or the one after a reconnect."""

    def on_event(self, frame: dict[str, Any]) -> None: ...

    def on_ack(self, frame: dict[str, Any]) -> None: ...

    def on_turn(self, frame: dict[str, Any]) -> None: ...

    def on_reject(self, frame: dict[str, Any]) -> None: ...

    def on_other(self, frame: dict[str, Any]) -> None:
        """welcome, state, status, moved, pong, error."""

    def on_closed(self, code: int, reason: str) -> None: ...


class Connection(asyncio.Protocol):
    """Made by `connect`. Frames that the handler sends while it is being called leave in one write."""

    def __init__(
        self, ws_url: str, hello: dict[str, Any], handler: FrameHandler, journal: Journal, codec: wire.Codec
    ) -> None:
        loop = asyncio.get_running_loop()
        self.journal = journal
        self.welcome: dict[str, Any] = {}
        self.welcomed: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.received_at_s = 0.0  # perf_counter when the bytes of the current frame arrived
        self._loop = loop
        self._hello = hello
        self._handler = handler
        self._codec = codec
        subprotocol = Subprotocol(codec.subprotocol)
        self._handshake = ClientProtocol(parse_uri(ws_url), subprotocols=[subprotocol], max_size=None)
        self._is_upgraded = False
        self._upgrade_answer = b""  # received so far
        self._reader = wire.FrameReader()
        self._out: list[bytes] = []
        self._is_delivering = False
        self._is_closing = False
        self._close_code, self._close_reason = _CUT, ""
        self._heartbeat: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport
        handler.on_connection(self)

    # For the handler.

    def command(self, command_id: str, name: str, args: dict[str, Any]) -> None:
        self.send({"type": "command", "id": command_id, "name": name, "args": args})

    def send(self, message: dict[str, Any]) -> None:
        frame = wire.client_frame(self._codec.opcode, self._codec.encode(message))
        if self._is_delivering:
            self._out.append(frame)
        else:
            self._transport.write(frame)

    def stop_reading(self) -> None:
        """Read nothing more: whatever the server sends piles up."""
        self._transport.pause_reading()

    def abort(self) -> None:
        """Drop the connection without a close frame, as a network failure does."""
        self._transport.abort()

    async def close(self, code: int = 1000) -> None:
        """Send a close frame and wait a moment for the answer."""
        if not self._is_closing and not self._transport.is_closing():
            self._is_closing = True
            self._transport.write(wire.client_frame(wire.CLOSE, code.to_bytes(2, "big")))
        await asyncio.wait({self.ended}, timeout=_CLOSE_S)
        self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._handshake.send_request(self._handshake.connect())
        self._transport.writelines(self._handshake.data_to_send())

    def data_received(self, data: bytes) -> None:
        self.received_at_s = perf_counter()
        if not self._is_upgraded:
            data = self._finish_upgrade(data)
        self._is_delivering = True
        for opcode, payload in self._reader.feed(data):
            if opcode <= wire.BINARY:
                self._message(self._codec.decode(payload))
            else:
                self._control(opcode, payload)
        self._is_delivering = False
        if self._out:
            out, self._out = self._out, []
            self._transport.write(out[0] if len(out) == 1 else b"".join(out))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        if not self.welcomed.done():
            self.welcomed.set_exception(
                ConnectionFailed(f"closed with {self._close_code} {self._close_reason!r}", self._close_code)
            )
        self.ended.set_result(None)
        self._handler.on_closed(self._close_code, self._close_reason)

    # Internal.

    def _finish_upgrade(self, data: bytes) -> bytes:
        """Let the library check the answer to the upgrade; returns the bytes behind it."""
        handshake = self._handshake
        self._upgrade_answer += data
        head, blank, rest = self._upgrade_answer.partition(b"\r\n\r\n")
        if not blank:
            return b""
        handshake.receive_data(head + blank)
        handshake.events_received()
        if handshake.handshake_exc is not None:
            problem = handshake.handshake_exc
            kind = "upgrade refused" if isinstance(problem, InvalidHandshake) else "upgrade failed"
            self._refused(f"{kind}: {problem}")
            return b""
        if handshake.subprotocol != self._codec.subprotocol:
            self._refused(f"the server chose the subprotocol {handshake.subprotocol}")
            return b""
        self._is_upgraded = True
        self.send(self._hello)
        return rest

    def _refused(self, message: str) -> None:
        self.welcomed.set_exception(ConnectionFailed(message))
        self._transport.abort()

    def _message(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "event":
            self.journal.event(frame["index"])
            self._handler.on_event(frame)
        elif kind == "ack":
            self.journal.ack(frame["id"], frame["first"], frame["last"])
            self._handler.on_ack(frame)
        elif kind == "turn":
            self._handler.on_turn(frame)
        elif kind == "reject":
            self._handler.on_reject(frame)
        else:
            if kind == "state":
                self.journal.state(frame["index"])
            elif kind == "welcome":
                self._welcome(frame)
            self._handler.on_other(frame)

    def _welcome(self, frame: dict[str, Any]) -> None:
        self.welcome = frame
        if not self.welcomed.done():
            self.welcomed.set_result(None)
        self._arm_heartbeat()

    def _arm_heartbeat(self) -> None:
        self._heartbeat = self._loop.call_later(self.welcome["limits"]["heartbeat_s"], self._beat)

    def _beat(self) -> None:
        if not self._transport.is_closing():
            self.send({"type": "ping"})
            self._arm_heartbeat()

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == wire.PING:
            self._out.append(wire.client_frame(wire.PONG, payload))
        elif opcode == wire.CLOSE:
            self._close_code = int.from_bytes(payload[:2], "big") if payload else _NO_STATUS
            self._close_reason = payload[2:].decode(errors="replace")
            if not self._is_closing:
                self._is_closing = True
                self._out.append(wire.client_frame(wire.CLOSE, payload[:2]))


async def connect(
    ws_url: str,
    token: str,
    handler: FrameHandler,
    *,
    journal: Journal | None = None,
    epoch: int | None = None,
    role: str | None = None,
    codec: wire.Codec = wire.CODECS["json"],
    sock: socket.socket | None = None,
) -> Connection:
    """Connect to the room at `ws_url` and wait for the welcome. Raises ConnectionFailed, OSError, TimeoutError.

    With the `journal` (and the `epoch` of the welcome) of an earlier connection it resumes where that one ended.
    `sock`: a socket that is already connected to the server.
    """
    journal = Journal() if journal is None else journal
    hello: dict[str, Any] = {"type": "hello", "token": token, "last_index": journal.last_index}
    if epoch is not None:
        hello["epoch"] = epoch
    if role is not None:
        hello["role"] = role
    loop = asyncio.get_running_loop()
    place = urlsplit(ws_url)
    where: dict[str, Any] = {"host": place.hostname or "127.0.0.1", "port": place.port or 80}
    async with asyncio.timeout(_CONNECT_S):
        _, connection = await loop.create_connection(
            lambda: Connection(ws_url, hello, handler, journal, codec), **({"sock": sock} if sock else where)
        )
        await connection.welcomed
    return connection
