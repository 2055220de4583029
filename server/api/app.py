"""The HTTP side: the API below /api, health, and the browser client at /."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from server.api import answers
from server.api.admission import Admission
from server.api.context import Services
from server.api.operator_door import OperatorDoor
from server.api.pages import WEB, PageHeaders, Pages
from server.api.routes import admin, chat, games, health, leaderboards, matchmaking, players, rooms, statistics


def build(services: Services, version: str) -> FastAPI:
    """The ASGI application."""
    app = FastAPI(title="Parlor", version=version, description="A game server that never loses a move.")
    app.state.services = services
    answers.install(app)
    app.add_middleware(Admission, services=services)
    app.add_middleware(OperatorDoor, services=services)
    app.add_middleware(PageHeaders)
    for routes in (players, statistics, rooms, matchmaking, chat, games, leaderboards, admin, health):
        app.include_router(routes.router)

    @app.get("/games/{game_id}", include_in_schema=False)
    async def _shared_game(game_id: str) -> FileResponse:
        """The address of a game as people pass it on; the browser client knows what to do with it."""
        return FileResponse(WEB / "index.html")

    app.router.routes.append(Pages("/", GZipMiddleware(StaticFiles(directory=WEB, html=True)), name="web"))
    return app
