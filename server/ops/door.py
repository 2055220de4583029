"""The door of the operator's page: closed for everybody who doesn't have the operator's token."""

from __future__ import annotations

import hmac
import math

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server import limits
from server.api.admission import address_of
from server.api.answers import error
from server.kernel import Kernel
from server.sessions.budget import Allowance
from server.wire.error_codes import ErrorCode

_API = "/api/ops"
_PAGE = "/ops"


class OperatorDoor:
    """ASGI middleware. Without a token in the settings there is nothing behind this door, and it says so.

    Right tokens cost as much of an address's allowance as wrong ones, so that nobody learns by its end which it was.
    """

    def __init__(self, app: ASGIApp, kernel: Kernel) -> None:
        settings = kernel.settings
        self._app = app
        self._clock = kernel.clock
        self._token = None if settings.admin_token is None else settings.admin_token.get_secret_value().encode()
        self._header = settings.client_ip_header
        self._tries = Allowance(settings.http_changes_per_s, settings.http_changes_burst, limits.HTTP_ADDRESSES_MAX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_below(scope["path"], _API, _PAGE):
            await self._app(scope, receive, send)
            return

        async def uncached(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_below(scope["path"], _API):
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        answer = self._refused(scope)
        await (answer or self._app)(scope, receive, uncached)

    def _refused(self, scope: Scope) -> Response | None:
        if self._token is None:
            return error(404, "not_found", "Not Found")
        if not _is_below(scope["path"], _API):
            return None  # the page is no secret: it asks for the token
        address = address_of(scope, self._header)
        wait_s = self._tries.spend(address, self._clock.monotonic())
        if wait_s > 0:
            return error(429, ErrorCode.RATE_LIMITED, "too many requests", retry_after_s=math.ceil(wait_s))
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), self._token):
            return error(401, "unauthorized", "the operator's token is needed, as Authorization: Bearer")
        scope.setdefault("state", {})["address"] = address
        return None


def _is_below(path: str, *places: str) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)
