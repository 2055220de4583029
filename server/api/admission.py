"""Requests that are turned away before any route sees them: too many changes or reads, a body too large or of no known
size, or any change while the server does not serve."""

from __future__ import annotations

import math

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server import limits
from server.api.answers import error
from server.kernel import Kernel
from server.metrics import HttpRefused
from server.sessions.address import client_address
from server.sessions.budget import Allowance
from server.wire.error_codes import ErrorCode

_READING = ("GET", "HEAD", "OPTIONS")


class Admission:
    """ASGI middleware. Changes and reads of the API have a rate each, per address; pages and metrics have none."""

    def __init__(self, app: ASGIApp, kernel: Kernel) -> None:
        settings = kernel.settings
        self._app = app
        self._kernel = kernel
        self._header = settings.client_ip_header
        self._changes = Allowance(settings.http_changes_per_s, settings.http_changes_burst, limits.HTTP_ADDRESSES_MAX)
        self._reads = Allowance(settings.http_reads_per_s, settings.http_reads_burst, limits.HTTP_ADDRESSES_MAX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] != "GET" and not self._kernel.is_serving:
            doing = "stopping" if self._kernel.draining else "starting: its database is out of reach"
            await error(503, ErrorCode.UNAVAILABLE, f"the server is {doing}")(scope, receive, send)
            return
        refused = self._refused(scope) if scope["type"] == "http" else None
        if refused is None:
            await self._app(scope, receive, send)
            return
        reason, answer = refused
        self._kernel.metrics.http_refused_total.labels(reason).inc()
        await answer(scope, receive, send)

    def _refused(self, scope: Scope) -> tuple[HttpRefused, Response] | None:
        headers = Headers(scope=scope)
        reading = scope["method"] in _READING
        wait_s = self._spend_read(scope) if reading else self._spend(scope, self._changes, 1)
        if wait_s > 0:
            answer = error(429, ErrorCode.RATE_LIMITED, "too many requests", retry_after_s=math.ceil(wait_s))
            return HttpRefused.READS if reading else HttpRefused.RATE, answer
        length = headers.get("content-length")
        if length is not None and (not length.isdigit() or int(length) > limits.BODY_BYTES_MAX):
            return HttpRefused.BODY, error(413, "too_large", f"a body has at most {limits.BODY_BYTES_MAX} bytes")
        if length is None and "transfer-encoding" in headers:
            return HttpRefused.LENGTH, error(411, "length_required", "send a Content-Length")
        return None

    def _spend_read(self, scope: Scope) -> float:
        path: str = scope["path"]
        return self._spend(scope, self._reads, _read_cost(path)) if path.startswith("/api/") else 0.0

    def _spend(self, scope: Scope, allowance: Allowance, cost: int) -> float:
        """0.0, or in how many seconds the request may be made."""
        return allowance.spend(address_of(scope, self._header), self._kernel.clock.monotonic(), cost)


def _read_cost(path: str) -> int:
    if path.endswith("/fairness"):
        return limits.HTTP_READ_FAIRNESS_COST
    return limits.HTTP_READ_EVENTS_COST if path.endswith("/events") else 1


def address_of(scope: Scope, header: str | None) -> str:
    """Whose allowance a request counts against. `header`: where a proxy names the client, if one is believed."""
    peer = scope["client"][0] if scope.get("client") else ""
    told = None if header is None else ",".join(Headers(scope=scope).getlist(header)) or None
    return client_address(peer, told)
