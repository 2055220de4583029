"""The door: who may open a connection at all, and the count of those inside."""

from __future__ import annotations

import asyncio
from collections import Counter
from http import HTTPStatus

from websockets.http11 import Request

from server import limits
from server.gateway.half_open import HalfOpen
from server.metrics import Metrics, UpgradeRefused
from server.sessions.address import client_address
from server.sessions.session import Doorkeeper, Outlet, Session
from server.settings import Settings, origin_of
from server.wire.encoders import Encoder

_SINGLE = ("Host", "Origin", "Authorization")
"""Headers that say who asks: given twice, they say nothing that could be relied on."""


class Door:
    """One for the whole server. Turns connections away until it is `ready`, and when it is `stopping`."""

    def __init__(self, keeper: Doorkeeper, settings: Settings, metrics: Metrics) -> None:
        self.metrics = metrics
        self.ready = False
        self.stopping = False
        self.sockets: dict[Outlet, Session] = {}
        self.half_open = HalfOpen(limits.HALF_OPEN_MAX, settings.connections_per_ip_max)
        metrics.connections_half_open.set_function(self.half_open.__len__)
        self._keeper = keeper
        self._settings = settings
        self._by_address: Counter[str] = Counter()

    def peer(self, transport: asyncio.BaseTransport) -> str | None:
        """Where a connection comes from, before it has said anything; None: from a proxy."""
        if self._settings.client_ip_header is not None:
            return None
        return client_address(_peer_name(transport), None)

    def address(self, transport: asyncio.BaseTransport, request: Request) -> str:
        """Where an upgrade comes from."""
        name = self._settings.client_ip_header
        told = None if name is None else ",".join(request.headers.get_all(name)) or None
        return client_address(_peer_name(transport), told)

    def refusal(self, request: Request, address: str) -> tuple[HTTPStatus, UpgradeRefused] | None:
        """Why this upgrade is refused, as a status and a word for the metrics; None: it is welcome."""
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

    def enter(self, socket: Outlet, address: str, game_id: str, encoder: Encoder, bearer: str | None) -> Session:
        session = Session(self._keeper, socket, game_id, encoder, bearer)
        self.sockets[socket] = session
        self._by_address[address] += 1
        self.metrics.connections.set(len(self.sockets))
        return session

    def left(self, socket: Outlet, address: str, code: int | None) -> None:
        if self.sockets.pop(socket, None) is None:
            return
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]
        self.metrics.connections.set(len(self.sockets))
        self.metrics.connections_closed_total.labels(str(code or 1006)).inc()

    def _origin_allowed(self, request: Request) -> bool:
        """Pages may connect from listed origins, or from this very host. Without Origin it is not a browser."""
        given = request.headers.get("Origin")
        if given is None:
            return True
        origin = origin_of(given)
        if origin is None:
            return False
        # The scheme of a page may differ from ours where a proxy ends TLS; the port that it implies then as well.
        scheme = origin.partition("://")[0]
        here = origin_of(f"{scheme}://{request.headers.get('Host', '')}")
        return origin == here or origin in self._settings.origins


def _peer_name(transport: asyncio.BaseTransport) -> str:
    name = transport.get_extra_info("peername")
    return str(name[0]) if name else ""
