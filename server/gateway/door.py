"""The door: who may open a connection at all, and the count of those inside."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from urllib.parse import urlsplit

from websockets.http11 import Request

from server import limits
from server.metrics import Metrics
from server.sessions.session import Doorkeeper, Outlet, Session
from server.settings import Settings
from server.wire.encoders import Encoder

_SINGLE = ("Host", "Origin", "Authorization")
"""Headers that say who asks: given twice, they say nothing that could be relied on."""


class Door:
    """One for the whole server. `stopping` turns new connections away."""

    def __init__(self, keeper: Doorkeeper, settings: Settings, metrics: Metrics) -> None:
        self.metrics = metrics
        self.stopping = False
        self.sockets: dict[Outlet, Session] = {}
        self._keeper = keeper
        self._settings = settings
        self._by_address: Counter[str] = Counter()

    def refusal(self, request: Request, address: str) -> tuple[HTTPStatus, str] | None:
        """Why this upgrade is refused, as a status and a word for the metrics; None: it is welcome."""
        if self.stopping:
            return HTTPStatus.SERVICE_UNAVAILABLE, "stopping"
        if len(self.sockets) >= self._settings.connections_max:
            return HTTPStatus.SERVICE_UNAVAILABLE, "full"
        if self._keeper.handshakes_open >= limits.HANDSHAKES_OPEN_MAX:
            return HTTPStatus.SERVICE_UNAVAILABLE, "handshakes"
        if self._by_address[address] >= self._settings.connections_per_ip_max:
            return HTTPStatus.TOO_MANY_REQUESTS, "address"
        if any(len(request.headers.get_all(name)) > 1 for name in _SINGLE):
            return HTTPStatus.BAD_REQUEST, "headers"
        if not self._origin_allowed(request):
            return HTTPStatus.FORBIDDEN, "origin"
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
        origin = request.headers.get("Origin")
        if origin is None:
            return True
        if origin in self._settings.origins:
            return True
        return urlsplit(origin).netloc == request.headers.get("Host")
