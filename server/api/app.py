"""The HTTP side: the API below /api, health, and the browser client at /."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Match, Mount
from starlette.types import Scope

from server.api import answers
from server.api.admission import Admission
from server.api.context import Services
from server.api.operator_door import OperatorDoor
from server.api.routes import admin, chat, games, health, leaderboards, matchmaking, players, rooms, statistics
from server.wire.error_codes import ErrorCode

WEB = Path(__file__).parent.parent / "web"

_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def build(services: Services, version: str) -> FastAPI:
    """The ASGI application."""
    app = FastAPI(title="Parlor", version=version, description="A game server that never loses a move.")
    app.state.services = services
    answers.install(app)
    app.add_middleware(Admission, services=services)
    app.add_middleware(OperatorDoor, services=services)
    for routes in (players, statistics, rooms, matchmaking, chat, games, leaderboards, admin, health):
        app.include_router(routes.router)

    @app.middleware("http")
    async def _headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        path = request.url.path
        if not path.startswith(("/api", "/docs", "/openapi", "/redoc")):
            for name, value in _PAGE_HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    @app.middleware("http")
    async def _serving(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Nothing is begun before the server is ready, and nothing new once it stops."""
        if request.method != "GET" and (services.draining or not services.ready):
            doing = "stopping" if services.draining else "starting: its database is out of reach"
            return answers.error(503, ErrorCode.UNAVAILABLE, f"the server is {doing}")
        return await call_next(request)

    @app.get("/games/{game_id}", include_in_schema=False)
    async def _shared_game(game_id: str) -> FileResponse:
        """The address of a game as people pass it on; the browser client knows what to do with it."""
        return FileResponse(WEB / "index.html")

    app.router.routes.append(_Pages("/", GZipMiddleware(StaticFiles(directory=WEB, html=True)), name="web"))
    return app


class _Pages(Mount):
    """The browser client: every path but those of the API, which answers for unknown paths and methods itself."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope["path"]
        if scope["type"] != "http" or path == "/api" or path.startswith("/api/"):
            return Match.NONE, {}
        return super().matches(scope)
