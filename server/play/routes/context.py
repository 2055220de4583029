"""What the routes of `play` share."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request

from server.api.context import services_of
from server.errors import Refused
from server.games.registry import UnknownGame
from server.games.rules import Game
from server.play.service.services import Services

With = Annotated[Services, services_of(Services)]

GameName = Annotated[str | None, Query(pattern=r"^[^\x00]*$", description="of this game only")]
"""A filter. The database can't even be asked for a name with NUL in it."""


def ws_url(request: Request, services: Services, game_id: str) -> str:
    """The absolute address of a room's socket on this node."""
    base = services.settings.public_url
    if base is None:
        scheme = "wss" if request.url.scheme == "https" else "ws"
        base = f"{scheme}://{request.url.netloc}"
    return f"{base.rstrip('/')}/ws/rooms/{game_id}"


def known_game(services: Services, name: str | None) -> Game[Any]:
    """An installed game; the default one without a name."""
    try:
        return services.registry.default if name is None else services.registry.game(name)
    except UnknownGame as error:
        raise Refused(422, "unknown_game", str(error), "game") from None
