"""The HTTP side: the API below /api, health, and the browser client at /."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI

from server.api import answers
from server.api.admission import Admission
from server.api.page_policy import PagePolicy
from server.api.web_files import Pages
from server.kernel import Kernel


def build(
    kernel: Kernel,
    version: str,
    *,
    services: Iterable[object],
    routers: Iterable[APIRouter],
    doors: Iterable[Any] = (),
    page_headers: Mapping[str, Mapping[str, str]] | None = None,
) -> FastAPI:
    """The ASGI application of these routes.

    `services`: one object for each wing; its routes ask for it by its class. `doors`: middleware that guards a part of
    the paths, made with `kernel`. `page_headers`: see `page_policy`.
    """
    app = FastAPI(title="Parlor", version=version, description="A game server that never loses a move.")
    app.state.kernel = kernel
    app.state.services = {type(service): service for service in services}
    answers.install(app)
    app.add_middleware(Admission, kernel=kernel)
    app.add_middleware(Pages)
    for door in doors:
        app.add_middleware(door, kernel=kernel)
    app.add_middleware(PagePolicy, of_prefixes=page_headers or {})
    for router in routers:
        app.include_router(router)
    return app
