"""A proxy between the server and its database, over TCP on 127.0.0.1, whose connections can break on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import parse_qs, quote, unquote, urlsplit

_WRITER = b"parlor writer"
"""The `application_name` of the connection that writes the event log, in its first message."""

_LINGER_S = 1.0  # how long the database's side stays open after the server's side


class Cut(Protocol):
    """Where the writer's connection breaks.

    Both methods take the bytes that arrive; they return those that pass, and whether the connection breaks after them.
    """

    def requests(self, data: bytes) -> tuple[bytes, bool]: ...

    def answers(self, data: bytes) -> tuple[bytes, bool]: ...


class AfterBytes:
    """Breaks after so many more bytes of the requests, or of the answers: anywhere in a message."""

    def __init__(self, left: int, *, of_requests: bool) -> None:
        self._left = left
        self._of_requests = of_requests

    def requests(self, data: bytes) -> tuple[bytes, bool]:
        return self._pass(data) if self._of_requests else (data, False)

    def answers(self, data: bytes) -> tuple[bytes, bool]:
        return (data, False) if self._of_requests else self._pass(data)

    def _pass(self, data: bytes) -> tuple[bytes, bool]:
        passed, self._left = data[: self._left], self._left - len(data)
        return passed, self._left <= 0


class BeforeAnswer:
    """The next request is executed; the connection breaks in place of its answer."""

    def __init__(self) -> None:
        self._is_requested = False

    def requests(self, data: bytes) -> tuple[bytes, bool]:
        self._is_requested = True
        return data, False

    def answers(self, data: bytes) -> tuple[bytes, bool]:
        return (b"", True) if self._is_requested else (data, False)


class LateRequest:
    """Breaks while a request is in flight; the request still reaches the database after `delay_s`.

    By then the server has a new connection and has asked for the outcome of the request.
    """

    def __init__(self, delay_s: float) -> None:
        self.delay_s = delay_s

    def requests(self, data: bytes) -> tuple[bytes, bool]:
        return data, True

    def answers(self, data: bytes) -> tuple[bytes, bool]:
        return data, False


class DatabaseProxy:
    """Listens on a port and passes everything on to the server of `dsn`. A context manager."""

    def __init__(self, dsn: str) -> None:
        self._target = target_of(dsn)
        self._dsn = dsn
        self._server: asyncio.Server
        self._cut: Cut | None = None
        self._broken: asyncio.Future[None] | None = None
        self._connections: set[ProxiedConnection] = set()

    @property
    def url(self) -> str:
        """The DSN that leads through the proxy."""
        port = self._server.sockets[0].getsockname()[1]
        return through(self._dsn, port)

    async def __aenter__(self) -> DatabaseProxy:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: ProxiedConnection(self).server_side, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for line in list(self._connections):
            line.abort()

    async def cut(self, cut: Cut, timeout_s: float) -> None:
        """Break the writer's connection as `cut` says. Returns when it is broken. Raises TimeoutError."""
        self._broken = asyncio.get_running_loop().create_future()
        self._cut = cut
        try:
            async with asyncio.timeout(timeout_s):
                await self._broken
        finally:
            self._cut = self._broken = None

    def hold(self) -> None:
        """Let no request of the open connections pass until `release`."""
        for line in self._connections:
            line.server_side.pause_reading()

    def release(self) -> None:
        """Let held requests pass, also those of a server that has been killed since."""
        for line in list(self._connections):
            line.server_side.resume_reading()

    # For the connections.

    @property
    def planned(self) -> Cut | None:
        return self._cut

    def opened(self, line: ProxiedConnection) -> None:
        self._connections.add(line)

    def closed(self, line: ProxiedConnection) -> None:
        self._connections.discard(line)

    def broke(self) -> None:
        self._cut = None
        if self._broken is not None and not self._broken.done():
            self._broken.set_result(None)

    async def connect(self, database_side: ProxySide) -> None:
        """Connect the database's side of a connection. Raises OSError."""
        loop = asyncio.get_running_loop()
        if isinstance(self._target, str):
            await loop.create_unix_connection(lambda: database_side, self._target)
        else:
            await loop.create_connection(lambda: database_side, *self._target)


class ProxiedConnection:
    """A connection of the server to the proxy, and the proxy's connection to the database for it."""

    def __init__(self, proxy: DatabaseProxy) -> None:
        self._proxy = proxy
        self.server_side = ProxySide(self, self._requests)
        self.database_side = ProxySide(self, self._answers)
        self.server_side.other, self.database_side.other = self.database_side, self.server_side
        self._is_writer: bool | None = None  # unknown before the first message
        self._early_requests: list[bytes] = []  # requests that arrived before the database's side was connected
        self._is_over = False
        self._connecting: asyncio.Task[None] | None = None

    def opened(self, end: ProxySide) -> None:
        if end is self.server_side:
            self._proxy.opened(self)
            self._connecting = asyncio.get_running_loop().create_task(self._connect())
        elif self._is_over:
            end.abort()
        else:
            for data in self._early_requests:
                end.write(data)
            self._early_requests.clear()

    def lost(self, end: ProxySide) -> None:
        """One side is closed, so close the other too."""
        self._is_over = True
        self._proxy.closed(self)
        other = end.other
        if other is not None and not other.stays_open:
            other.abort()

    def abort(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        self.server_side.abort()
        self.database_side.abort()

    async def _connect(self) -> None:
        try:
            await self._proxy.connect(self.database_side)
        except OSError:
            self.server_side.abort()

    def _requests(self, data: bytes) -> None:
        if self._is_writer is None:
            self._is_writer = _WRITER in data
        elif self._is_writer and self._proxy.planned is not None:
            self._watched_request(self._proxy.planned, data)
            return
        self._forward(data)

    def _watched_request(self, cut: Cut, data: bytes) -> None:
        passed, breaks = cut.requests(data)
        if isinstance(cut, LateRequest):
            self.database_side.stays_open = True
            loop = asyncio.get_running_loop()
            loop.call_later(cut.delay_s, self.database_side.write, passed)
            loop.call_later(cut.delay_s + _LINGER_S, self.database_side.abort)
            self.server_side.abort()
        else:
            self._forward(passed)
            if breaks:
                self._break()
        if breaks:
            self._proxy.broke()

    def _answers(self, data: bytes) -> None:
        cut = self._proxy.planned
        if cut is None or not self._is_writer:
            self.server_side.write(data)
            return
        passed, breaks = cut.answers(data)
        self.server_side.write(passed)
        if breaks:
            self._break()
            self._proxy.broke()

    def _break(self) -> None:
        """Close both sides after what was written. An abort could discard bytes that have passed."""
        self.server_side.close()
        self.database_side.close()

    def _forward(self, data: bytes) -> None:
        if self.database_side.is_open:
            self.database_side.write(data)
        else:
            self._early_requests.append(data)


class ProxySide(asyncio.Protocol):
    """One side of a proxied connection. Pauses the other side when its own peer does not read."""

    def __init__(self, line: ProxiedConnection, received: Callable[[bytes], None]) -> None:
        self._connection = line
        self._received = received
        self._transport: asyncio.Transport | None = None
        self.other: ProxySide | None = None
        self.stays_open = False  # for a while after the other side is closed

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    def write(self, data: bytes) -> None:
        if self._transport is not None and data and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._connection.opened(self)

    def data_received(self, data: bytes) -> None:
        self._received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connection.lost(self)

    def pause_writing(self) -> None:
        if self.other is not None:
            self.other.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None:
            self.other.resume_reading()

    def pause_reading(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()


def target_of(dsn: str) -> str | tuple[str, int]:
    """The address of the server of `dsn`: the path of its socket, or host and port."""
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    host = unquote(parts.hostname or "") or query.get("host", [""])[0]
    port = int(parts.port or query.get("port", ["5432"])[0])
    if host.startswith("/"):
        return str(Path(host) / f".s.PGSQL.{port}")
    return host or "127.0.0.1", port


def through(dsn: str, port: int) -> str:
    """A DSN for the same account and database, over TCP to `port`."""
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    account = parts.netloc.rpartition("@")[0]
    user = account or quote(query.get("user", [""])[0])
    name = f"{user}@" if user else ""
    return f"postgresql://{name}127.0.0.1:{port}{parts.path}?sslmode=disable"
