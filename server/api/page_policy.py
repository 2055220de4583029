"""The headers that keep pages to themselves: strict ones, unless a wing has others for the paths below its prefix."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OF_THE_API = ("/api", "/docs", "/openapi", "/redoc")
"""What begins so is no page."""

STRICT: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class PagePolicy:
    """ASGI middleware: pages run no foreign code, stand in no foreign frame, and are asked for again when they changed.

    `of_prefixes`: path -> headers of everything at and below it, each in place of the strict one of the same name. The
    longest prefix wins. A header that an answer has already stays.
    """

    def __init__(self, app: ASGIApp, of_prefixes: Mapping[str, Mapping[str, str]]) -> None:
        self._app = app
        self._policies = [
            (prefix, {**STRICT, **of_prefixes[prefix]}) for prefix in sorted(of_prefixes, key=len, reverse=True)
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OF_THE_API):
            await self._app(scope, receive, send)
            return
        policy = self._policy(scope["path"])

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in policy.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)

    def _policy(self, path: str) -> Mapping[str, str]:
        for prefix, policy in self._policies:
            if path == prefix or path.startswith(f"{prefix.rstrip('/')}/"):
                return policy
        return STRICT
