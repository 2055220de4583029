"""What every route may use, built once by the composition root and carried by the application's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from persistence.database import Database
from persistence.event_log.log import EventLog
from server.clock import Clock
from server.games.registry import Registry
from server.lobby.matchmaking import Matchmaker
from server.metrics import Metrics
from server.ops.service.vitals import Vitals
from server.play.service.profiles import Profiles
from server.replays.recordings import Recordings
from server.rooms.directory import Directory
from server.sessions.tokens import Tokens
from server.settings import Settings


@dataclass(slots=True)
class Services:
    """`ready`: the database was found. `draining`: the server has been told to stop."""

    settings: Settings
    registry: Registry
    database: Database
    log: EventLog
    directory: Directory
    matchmaker: Matchmaker
    profiles: Profiles
    tokens: Tokens
    clock: Clock
    metrics: Metrics
    recordings: Recordings
    vitals: Vitals
    ready: bool = False
    draining: bool = False

    def ws_url(self, request: Request, game_id: str) -> str:
        """The absolute address of a room's socket on this node."""
        base = self.settings.public_url
        if base is None:
            scheme = "wss" if request.url.scheme == "https" else "ws"
            base = f"{scheme}://{request.url.netloc}"
        return f"{base.rstrip('/')}/ws/rooms/{game_id}"


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


With = Annotated[Services, Depends(_services)]

GameName = Annotated[str | None, Query(pattern=r"^[^\x00]*$", description="of this game only")]
"""A filter. The database can't even be asked for a name with NUL in it."""
