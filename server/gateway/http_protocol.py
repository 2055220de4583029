"""HTTP with deadlines. uvicorn's own protocol waits for ever for the rest of a request, and for slow readers.

One object a connection, until it is upgraded. It adds a deadline for the head of every request and for its body, a
bound on the size of the head, a place among the half-open connections while a request is owed, and an end to peers
that don't read their answer.
"""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

import httptools
import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from server import limits
from server.gateway.backpressure import Backlog
from server.gateway.door import Door
from server.metrics import Cut, HttpRefused


class _Owes(Enum):
    """What the peer has begun to send and has not finished."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class HttpProtocol(HttpToolsProtocol):
    """One connection. Is `Cuttable`."""

    def __init__(self, door: Door, **given: Any) -> None:
        super().__init__(**given)
        self._door = door
        self._owes = _Owes.HEAD
        self._head_bytes = 0
        self._head_too_large = False
        self._answered = True  # all requests so far
        self._deadline: asyncio.TimerHandle | None = None
        self._backlog: Backlog | None = None
        self._running: RequestResponseCycle | None = None

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._backlog = Backlog(transport, self._stalled)
        self._wait(limits.REQUEST_HEAD_S)
        self._door.half_open.enter(self, self._door.peer(transport))

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self._owes is _Owes.NOTHING:
            self._begin_head()
        self._head_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
        except httptools.HttpParserError:
            if self._head_too_large:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, HttpRefused.HEAD)
            else:
                self._refuse(HTTPStatus.BAD_REQUEST, HttpRefused.MALFORMED)
        else:
            if self._owes is _Owes.HEAD and self._head_bytes > limits.HEAD_BYTES_MAX:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, HttpRefused.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_wait()
        if isinstance(exc, TimeoutError):
            self._door.metrics.connections_cut_total.labels(Cut.LOST).inc()
        if self._backlog is not None:
            self._backlog.end()
        if self._running is not None:  # uvicorn tells only the newest request, which may still wait for its turn
            self._running.disconnected = True
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._backlog is not None:
            self._backlog.begin()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._backlog is not None:
            self._backlog.end()

    # The parser

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._owes is _Owes.NOTHING:  # pipelined: behind another request, in the same bytes
            self._begin_head()

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > limits.HEAD_BYTES_MAX:
            self._head_too_large = True
            raise ValueError("the head is too large")  # ends the parser: data_received refuses the request
        self._owes = _Owes.BODY
        self._wait(limits.REQUEST_BODY_S)
        super().on_headers_complete()
        if not (self.parser.should_upgrade() and self._should_upgrade()):
            self._answered = False

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._owes = _Owes.NOTHING
        self._end_wait()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._answered = self.cycle.response_complete
        if self._answered and not self.transport.is_closing():
            self._door.half_open.enter(self, self._door.peer(self.transport))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def handle_websocket_upgrade(self) -> None:
        self._end_wait()
        if self._answered and not self.flow.write_paused:
            super().handle_websocket_upgrade()
        else:  # pipelined behind an unanswered request: no client does that
            self._refuse(HTTPStatus.BAD_REQUEST, HttpRefused.MALFORMED)

    # Cuttable

    def cut(self, reason: Cut) -> None:
        """End the connection at once."""
        self._door.metrics.connections_cut_total.labels(reason).inc()
        self._end_wait()
        self.transport.abort()

    # Inside.

    def _begin_head(self) -> None:
        self._owes = _Owes.HEAD
        self._head_bytes = 0
        self._wait(limits.REQUEST_HEAD_S)

    def _wait(self, seconds: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, self._overdue)

    def _end_wait(self) -> None:
        """No request is owed: the connection is not half-open, and has no deadline."""
        self._door.half_open.leave(self)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _overdue(self) -> None:
        if self.flow.read_paused:  # the server has stopped reading: the peer is not to blame
            self._wait(limits.REQUEST_BODY_S)
        else:
            self.cut(Cut.REQUEST)

    def _stalled(self) -> None:
        self.cut(Cut.STALLED)

    def _refuse(self, status: HTTPStatus, reason: HttpRefused) -> None:
        """Answer and close. While another answer is incomplete, just close."""
        self._door.metrics.http_refused_total.labels(reason).inc()
        if self._answered:
            body = orjson.dumps({"error": {"code": _CODES[reason], "message": status.phrase.lower()}})
            head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head.encode() + body)
        self.transport.close()


_CODES = {HttpRefused.HEAD: "too_large", HttpRefused.MALFORMED: "malformed"}
