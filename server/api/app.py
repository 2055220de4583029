"""The HTTP side: the API below /api, health, and the browser client at /."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, FastAPI

from server.api import answers
from server.api.admission import Admission
from server.api.context import Services
from server.api.web_files import PageHeaders, Pages


def build(services: Services, version: str, routers: Iterable[APIRouter], doors: Iterable[Any]) -> FastAPI:
    """The ASGI application of these routes. `doors`: middleware that guards a part of them, made with `services`."""
    app = FastAPI(title="Parlor", version=version, description="A game server that never loses a move.")
    app.state.services = services
    answers.install(app)
    app.add_middleware(Admission, services=services)
    app.add_middleware(Pages)
    for door in doors:
        app.add_middleware(door, services=services)
    app.add_middleware(PageHeaders)
    for router in routers:
        app.include_router(router)
    return app
