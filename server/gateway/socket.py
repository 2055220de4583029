"""The socket: bytes to messages and back, over websockets' sans-I/O protocol. One object a connection, no task.

uvicorn hands every WebSocket upgrade to this class (its `ws` setting), on the port that also serves HTTP. Frames for
the client arrive already encoded, header included, and go to the transport as they are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, cast

from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from server import limits
from server.gateway.backpressure import Backlog
from server.gateway.door import Door, Visitor
from server.metrics import Cut, UpgradeRefused
from server.wire.close_codes import CloseCode
from server.wire.encoders import ENCODERS, JSON

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform without the compiled module
    from websockets.utils import apply_mask

_TEXT = 0x81  # FIN and no reserved bit
_BINARY = 0x82
_MASKED = 0x80

_log = logging.getLogger(__name__)
_quiet = logging.getLogger("parlor.websockets")  # protocol errors of clients are counted, not logged
_quiet.setLevel(logging.CRITICAL)

_RETRY_AFTER_S = {HTTPStatus.SERVICE_UNAVAILABLE: 1, HTTPStatus.TOO_MANY_REQUESTS: 1}


class Socket(asyncio.Protocol):
    """One connection, from the upgrade to its end. The `Outlet` of its visitor, and `Cuttable`."""

    def __init__(self, door: Door, connections: set[Any]) -> None:
        self._door = door
        self._connections = connections  # uvicorn's, so that its shutdown reaches this one
        self._protocol = ServerProtocol(select_subprotocol=_select, max_size=limits.FRAME_BYTES_MAX, logger=_quiet)
        self._transport: asyncio.Transport
        self._address = ""
        self._backlog: Backlog
        self._message = bytearray()  # the fragments so far
        self._binary = False
        self._session: Visitor | None = None
        self._deadline: asyncio.TimerHandle | None = None  # for the end of the handshake, or of the connection
        self._congested = False  # something waits to be read by the peer
        self._cut = False
        self._open = False  # frames may be written
        self._plain = False  # open, and the parser holds nothing: `take_frames` may read

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._backlog = Backlog(self._transport, self._stalled)
        self._set_deadline(limits.CLOSE_S)  # the request is here already, so the handshake ends at once
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
                self._take_frame(event)
            elif isinstance(event, Request):
                self._handshake(event)
                self._refresh_flags()
        self._flush()
        self._refresh_flags()

    def _refresh_flags(self) -> None:
        """Note the state of the protocol, so that it is not asked on every frame. Call this whenever it can change.

        Plain: no part of a frame, no fragment of a message and no close is under way.
        """
        protocol = self._protocol
        self._open = protocol.state is State.OPEN and not self._transport.is_closing()
        self._plain = self._open and protocol.current_size is None and not protocol.reader.buffer

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._set_deadline(limits.CLOSE_S)  # the transport closes itself, but only once the peer has read everything

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        self._open = self._plain = False
        self._set_deadline(None)
        self._backlog.end()
        self._door.half_open.leave(self)
        if isinstance(exc, TimeoutError):
            self._door.metrics.connections_cut_total.labels(Cut.LOST).inc()
        if self._session is not None:
            session, self._session = self._session, None
            code = self._protocol.close_code if self._protocol.state is not State.OPEN else None
            self._door.left(self, self._address, code)
            session.gone()

    def pause_writing(self) -> None:
        self._congested = True
        self._backlog.begin()

    def resume_writing(self) -> None:
        self._congested = False
        self._backlog.end()
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
        # As `_put`, without one more call for every frame.
        if self._open and (not self._congested or self._fits(len(data))):
            self._transport.write(data)

    def close(self, code: int, reason: str) -> None:
        """Send a close frame and give the peer a moment to answer it."""
        try:
            self._protocol.send_close(code, reason[:100])
        except InvalidState:
            return
        self._flush()
        self._refresh_flags()
        self._set_deadline(limits.CLOSE_S)

    def greeted(self) -> None:
        self._door.half_open.leave(self)

    # Cuttable

    def cut(self, reason: Cut) -> None:
        """End the connection at once. The peer would not read a close frame."""
        if not self._cut:
            self._cut = True
            self._door.metrics.connections_cut_total.labels(reason).inc()
            self._transport.abort()
            self._refresh_flags()

    # Inside.

    def _put(self, data: bytes) -> None:
        if not self._congested or self._fits(len(data)):
            self._transport.write(data)

    def _fits(self, size: int) -> bool:
        """While congested: whether `size` more bytes may wait. If not, what follows is skipped or the peer is cut."""
        if self._backlog.added + size <= limits.OUTPUT_BYTES_MAX:
            self._backlog.add(size)
            return True
        if self._session is None or not self._session.skip():
            self.cut(Cut.OVERFLOW)
        return False

    def _take_frame(self, frame: Frame) -> None:
        session = self._session
        opcode = frame.opcode
        if session is None:
            return
        if opcode is Opcode.TEXT or opcode is Opcode.BINARY:
            binary = opcode is Opcode.BINARY
            if frame.fin:
                session.receive(bytes(frame.data), binary=binary)
            else:
                self._binary, self._message = binary, bytearray(frame.data)
                session.heard()
        elif opcode is Opcode.CONT:
            self._message += frame.data
            if frame.fin:
                whole, self._message = bytes(self._message), bytearray()
                session.receive(whole, binary=self._binary)
            else:
                session.heard()
        elif opcode is Opcode.PING or opcode is Opcode.PONG:
            session.heard()
        elif opcode is Opcode.CLOSE:
            session.closed = True

    def _handshake(self, request: Request) -> None:
        self._address = self._door.address(self._transport, request)
        refusal = self._door.refusal(request, self._address)
        if refusal is None and self._door.leads_to(request.path.partition("?")[0]) is None:
            refusal = (HTTPStatus.NOT_FOUND, UpgradeRefused.PATH)
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
            self._door.metrics.handshakes_refused_total.labels(UpgradeRefused.HANDSHAKE).inc()
            return
        self._set_deadline(None)
        encoder = ENCODERS[self._protocol.subprotocol] if self._protocol.subprotocol else JSON
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else None
        self._refresh_flags()  # the visitor may write at once
        self._session = self._door.enter(self, request.path, self._address, encoder, bearer)
        if not self._session.hello_done:
            self._door.half_open.enter(self, self._address)

    def _respond(self, response: Response) -> None:
        self._protocol.send_response(response)
        self._flush()

    def _flush(self) -> None:
        """Write what the protocol itself has to send: the handshake, pongs, close frames."""
        for data in self._protocol.data_to_send():
            if data:
                self._put(data)
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
        self.cut(Cut.CLOSE)

    def _stalled(self) -> None:
        self.cut(Cut.STALLED)


def _select(protocol: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """The first of the client's subprotocols that the server speaks; none: JSON without a subprotocol."""
    return next((name for name in offered if name in ENCODERS), None)


def take_frames(data: bytes, payload_bytes_max: int) -> tuple[list[tuple[bytes, bool]], int]:
    """The payloads (and whether they are binary) of the plain frames that `data` begins with, and how long those are.

    `data` must begin at the beginning of a frame. Plain is what nearly all traffic consists of: whole, masked,
    unfragmented, not large. To feed such a frame through the general parser costs 6 us (it is a coroutine that waits
    for every field), to read it in place 1 us. Everything else (fragments, control frames, half frames, anything odd)
    is left to the parser, so that the rules of RFC 6455 stay in one place: here is only its plainest case (5.2).
    """
    taken = []
    start, end = 0, len(data)
    while end - start >= 6:
        opcode, size = data[start], data[start + 1] - _MASKED
        mask = start + 2
        if size == 126:
            size = int.from_bytes(data[mask : mask + 2], "big")
            mask += 2
        elif not 0 <= size < 126:
            break
        first = mask + 4
        if opcode not in (_TEXT, _BINARY) or size > payload_bytes_max or first + size > end:
            break
        taken.append((apply_mask(data[first : first + size], data[mask:first]), opcode == _BINARY))
        start = first + size
    return taken, start
