"""The socket: bytes to messages and back, over websockets' sans-I/O protocol. One object a connection, no task.

uvicorn hands every WebSocket upgrade to this class (its `ws` setting), on the port that also serves HTTP. Frames to
the client arrive here already encoded, header included, and go to the transport as they are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, cast

from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from server import limits
from server.gateway.door import Door
from server.gateway.fast_frames import take_frames
from server.sessions.session import Session
from server.wire.close_codes import CloseCode
from server.wire.encoders import ENCODERS, JSON

_log = logging.getLogger(__name__)
_quiet = logging.getLogger("parlor.websockets")  # protocol errors of clients are counted, not logged
_quiet.setLevel(logging.CRITICAL)

_PATH = "/ws/rooms/"
_RETRY_AFTER_S = {HTTPStatus.SERVICE_UNAVAILABLE: 1, HTTPStatus.TOO_MANY_REQUESTS: 1}


class Socket(asyncio.Protocol):
    """One connection, from the upgrade to its end. Is the session's `Outlet`."""

    def __init__(self, door: Door, connections: set[Any]) -> None:
        self._door = door
        self._connections = connections  # uvicorn's, so that its shutdown knows of us
        self._protocol = ServerProtocol(select_subprotocol=_select, max_size=limits.FRAME_BYTES_MAX, logger=_quiet)
        self._transport: asyncio.Transport
        self._address = ""
        self._fragments: list[bytes] = []
        self._binary = False
        self._session: Session | None = None
        self._deadline: asyncio.TimerHandle | None = None  # for what the connection owes next
        self.congested = False
        self._open = False  # frames may be written
        self._plain = False  # and the parser holds nothing: the short cut may read

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = self._transport.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        protocol = self._protocol
        session = self._session
        if self._plain and session is not None:
            taken, size = take_frames(data, limits.FRAME_BYTES_MAX)
            for payload, binary in taken:
                session.receive(payload, binary=binary)
            if size == len(data):
                return
            data = data[size:]
        protocol.receive_data(data)
        for event in protocol.events_received():
            if type(event) is Frame:
                self._frame(event)
            elif isinstance(event, Request):
                self._handshake(event)
                self._look()
        self._flush()
        self._look()

    def _look(self) -> None:
        """Note how the protocol stands, so that nobody need ask it on every frame: call it whenever that can change.

        Plain: no part of a frame, no fragment of a message, no close under way.
        """
        protocol = self._protocol
        self._open = protocol.state is State.OPEN and not self._transport.is_closing()
        self._plain = self._open and protocol.current_size is None and not protocol.reader.buffer

    def eof_received(self) -> None:
        self._protocol.receive_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        self._open = self._plain = False
        self._set_deadline(None)
        if self._session is not None:
            session, self._session = self._session, None
            code = self._protocol.close_code if self._protocol.state is not State.OPEN else None
            self._door.left(self, self._address, code)
            session.gone()

    def pause_writing(self) -> None:
        """More than OUTPUT_BYTES_MAX wait to be read: the peer has SLOW_READER_S to catch up."""
        self.congested = True
        self._set_deadline(limits.SLOW_READER_S)

    def resume_writing(self) -> None:
        self.congested = False
        self._set_deadline(None)
        if self._session is not None:
            self._session.caught_up()

    # uvicorn

    def shutdown(self) -> None:
        """The server stops."""
        if self._session is not None:
            self._session.close(CloseCode.GOING_AWAY)
        self.close(CloseCode.GOING_AWAY, "")

    # Outlet

    def write(self, data: bytes) -> None:
        if not self._open:
            return
        if self.congested and self._transport.get_write_buffer_size() > 2 * limits.OUTPUT_BYTES_MAX:
            self.abort()
            return
        self._transport.write(data)

    def close(self, code: int, reason: str) -> None:
        """Send a close frame and give the peer a moment to answer it."""
        try:
            self._protocol.send_close(code, reason[:100])
        except InvalidState:
            return
        self._flush()
        self._look()
        self._set_deadline(limits.CLOSE_S)

    def abort(self) -> None:
        """Cut, without a close frame: the peer doesn't read."""
        if not self._transport.is_closing():
            self._door.metrics.slow_readers_total.inc()
            self._transport.abort()
            self._look()

    # Inside.

    def _frame(self, frame: Frame) -> None:
        session = self._session
        opcode = frame.opcode
        if session is None:
            return
        if opcode is Opcode.TEXT or opcode is Opcode.BINARY:
            binary = opcode is Opcode.BINARY
            if frame.fin:
                session.receive(bytes(frame.data), binary=binary)
            else:
                self._binary, self._fragments = binary, [bytes(frame.data)]
        elif opcode is Opcode.CONT:
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                whole, self._fragments = b"".join(self._fragments), []
                session.receive(whole, binary=self._binary)
        elif opcode is Opcode.PING or opcode is Opcode.PONG:
            session.heard()
        elif opcode is Opcode.CLOSE:
            session.closed = True

    def _handshake(self, request: Request) -> None:
        refusal = self._door.refusal(request, self._address)
        if refusal is None and not request.path.split("?")[0].startswith(_PATH):
            refusal = (HTTPStatus.NOT_FOUND, "path")
        if refusal is not None:
            status, reason = refusal
            self._door.metrics.handshakes_refused_total.labels(reason).inc()
            response = self._protocol.reject(status, f"{status.phrase}: {reason}\n")
            if status in _RETRY_AFTER_S:
                response.headers["Retry-After"] = str(_RETRY_AFTER_S[status])
            self._respond(response)
            return
        response = self._protocol.accept(request)
        self._respond(response)
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._door.metrics.handshakes_refused_total.labels("handshake").inc()
            return
        self._transport.set_write_buffer_limits(high=limits.OUTPUT_BYTES_MAX)
        encoder = ENCODERS[self._protocol.subprotocol] if self._protocol.subprotocol else JSON
        game_id = request.path.split("?")[0].removeprefix(_PATH)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else None
        self._session = self._door.enter(self, self._address, game_id, encoder, bearer)

    def _respond(self, response: Response) -> None:
        self._protocol.send_response(response)
        self._flush()

    def _flush(self) -> None:
        """Write what the protocol itself has to say: the handshake, pongs, close frames."""
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()
        if self._protocol.close_expected() and self._deadline is None:
            if self._session is not None:
                self._session.closed = True
            self._set_deadline(limits.CLOSE_S)

    def _set_deadline(self, delay_s: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if delay_s is not None:
            self._deadline = asyncio.get_running_loop().call_later(delay_s, self._overdue)

    def _overdue(self) -> None:
        self._deadline = None
        if self.congested:
            self.abort()
        else:
            self._transport.abort()


def _select(protocol: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """The first of the client's subprotocols that we speak; none: JSON without being asked."""
    return next((name for name in offered if name in ENCODERS), None)


def socket_factory(door: Door) -> Callable[..., Socket]:
    """What uvicorn's `ws` setting wants: called for each upgrade."""

    def make(*, config: Any, server_state: Any, app_state: Any) -> Socket:
        return Socket(door, server_state.connections)

    return make
