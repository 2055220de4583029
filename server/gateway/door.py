"""The door: which connections may be opened, where their paths lead, and the count of those that are open.

`paths` is the table of all sockets: a path that ends in a slash takes a name behind it, any other path stands for
itself. The `Opener` of a path makes the `Visitor` that gets the messages of the connection. To serve another kind of
socket, write those two and add a line to the table where the server is composed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import NamedTuple, Protocol, TypeAlias

from websockets.http11 import Request

from server import limits
from server.gateway.half_open import HalfOpen
from server.metrics import Metrics, UpgradeRefused
from server.sessions.address import client_address
from server.sessions.connection import Outlet
from server.settings import Settings, origin_of
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder

_SINGLE = ("Host", "Origin", "Authorization")
"""Headers that say who asks. Given twice, they can't be relied on."""


class Arrival(NamedTuple):
    """A connection that was let in. `name`: what stands behind its path, not checked yet; `query`: as it was sent,
    without the question mark; `bearer`: the token of the Authorization header, if there is one."""

    address: str
    name: str
    query: str
    encoder: Encoder
    bearer: str | None


class Visitor(Protocol):
    """What the socket and the heartbeat need of a connection. Times are the clock's monotonic seconds.

    Nothing may block or raise. A visitor that needs no hello sets `hello_done` from the start, and may write at once.
    """

    closed: bool  # a close frame was sent or came: nothing follows
    heard_at_s: float
    hello_done: bool
    hello_due_s: float

    def heard(self) -> None:
        """A sign of life that is no message by itself."""

    def receive(self, payload: bytes | bytearray, *, binary: bool) -> None:
        """One whole message."""

    def skip(self) -> bool:
        """Too much waits for the peer. True: what follows is dropped until `caught_up`; False: cut the connection."""

    def caught_up(self) -> None:
        """The peer has read everything that waited."""

    def close(self, code: CloseCode, reason: str = "") -> None: ...

    def fail(self, code: CloseCode, error_code: str, message: str) -> None:
        """Say why, then close."""

    def gone(self) -> None:
        """The connection is gone, for whatever reason; called once."""


Opener: TypeAlias = Callable[[Outlet, Arrival], Visitor]


class Door:
    """One for the whole server. Turns connections away until it is `ready`, and when it is `stopping`."""

    def __init__(self, paths: Mapping[str, Opener], settings: Settings, metrics: Metrics) -> None:
        self.metrics = metrics
        self._paths = paths
        self.ready = False
        self.stopping = False
        self.sockets: dict[Outlet, Visitor] = {}
        self.half_open = HalfOpen(limits.HALF_OPEN_MAX, settings.connections_per_ip_max)
        metrics.connections_half_open.set_function(self.half_open.__len__)
        self._settings = settings
        self._by_address: Counter[str] = Counter()

    def peer(self, transport: asyncio.BaseTransport) -> str | None:
        """The address of a connection that has sent nothing yet; None: it comes from a proxy."""
        if self._settings.client_ip_header is not None:
            return None
        return client_address(_peer_name(transport), None)

    def address(self, transport: asyncio.BaseTransport, request: Request) -> str:
        """The address of a client that asks for an upgrade."""
        name = self._settings.client_ip_header
        given = None if name is None else ",".join(request.headers.get_all(name)) or None
        return client_address(_peer_name(transport), given)

    def refusal(self, request: Request, address: str) -> tuple[HTTPStatus, UpgradeRefused] | None:
        """Why this upgrade is refused, as a status and a label for the metrics; None: it is not."""
        if self.stopping or not self.ready:
            stopping = UpgradeRefused.STOPPING if self.stopping else UpgradeRefused.STARTING
            return HTTPStatus.SERVICE_UNAVAILABLE, stopping
        if len(self.sockets) >= self._settings.connections_max:
            return HTTPStatus.SERVICE_UNAVAILABLE, UpgradeRefused.FULL
        if self._by_address[address] >= self._settings.connections_per_ip_max:
            return HTTPStatus.TOO_MANY_REQUESTS, UpgradeRefused.ADDRESS
        if any(len(request.headers.get_all(name)) > 1 for name in _SINGLE):
            return HTTPStatus.BAD_REQUEST, UpgradeRefused.HEADERS
        if not self._origin_allowed(request):
            return HTTPStatus.FORBIDDEN, UpgradeRefused.ORIGIN
        return None

    def leads_to(self, path: str) -> tuple[Opener, str] | None:
        """The opener of this path (without its query), and the name behind it; None: there is no such path."""
        for known, opener in self._paths.items():
            if path == known or (known.endswith("/") and path.startswith(known)):
                return opener, path.removeprefix(known)
        return None

    def enter(self, socket: Outlet, target: str, address: str, encoder: Encoder, bearer: str | None) -> Visitor:
        """Open what `target`, a path that leads somewhere and its query, asks for."""
        path, _, query = target.partition("?")
        found = self.leads_to(path)
        assert found is not None  # asked before the handshake was accepted
        opener, name = found
        visitor = opener(socket, Arrival(address, name, query, encoder, bearer))
        self.sockets[socket] = visitor
        self._by_address[address] += 1
        self.metrics.connections.set(len(self.sockets))
        return visitor

    def left(self, socket: Outlet, address: str, code: int | None) -> None:
        if self.sockets.pop(socket, None) is None:
            return
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]
        self.metrics.connections.set(len(self.sockets))
        self.metrics.connections_closed_total.labels(str(code or 1006)).inc()

    def _origin_allowed(self, request: Request) -> bool:
        """Pages may connect from listed origins, or from this very host. Only browsers send an Origin."""
        given = request.headers.get("Origin")
        if given is None:
            return True
        origin = origin_of(given)
        if origin is None:
            return False
        # Where a proxy ends TLS, the scheme of a page differs from the server's, and so does the port that it implies.
        scheme = origin.partition("://")[0]
        here = origin_of(f"{scheme}://{request.headers.get('Host', '')}")
        return origin == here or origin in self._settings.origins


def _peer_name(transport: asyncio.BaseTransport) -> str:
    name = transport.get_extra_info("peername")
    return str(name[0]) if name else ""
