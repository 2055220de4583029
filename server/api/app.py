"""The HTTP side: the API below /api, health, and the browser client at /."""

from __future__ import annotations

from fastapi import FastAPI

from server.api import answers
from server.api.admission import Admission
from server.api.context import Services
from server.api.operator_door import OperatorDoor
from server.api.pages import PageHeaders, Pages
from server.api.routes import admin, chat, games, health, leaderboards, matchmaking, players, rooms, statistics


def build(services: Services, version: str) -> FastAPI:
    """The ASGI application."""
    app = FastAPI(title="Parlor", version=version, description="A game server that never loses a move.")
    app.state.services = services
    answers.install(app)
    app.add_middleware(Admission, services=services)
    app.add_middleware(Pages)
    app.add_middleware(OperatorDoor, services=services)
    app.add_middleware(PageHeaders)
    for routes in (players, statistics, rooms, matchmaking, chat, games, leaderboards, admin, health):
        app.include_router(routes.router)
    return app
