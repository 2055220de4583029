"""Everything that the routes of `play` work with."""

from __future__ import annotations

from dataclasses import dataclass

from persistence.database import Database
from persistence.event_log.log import EventLog
from server.clock import Clock
from server.games.registry import Registry
from server.lobby.matchmaking import Matchmaker
from server.play.service.profiles import Profiles
from server.replays.reader import Reader
from server.rooms.directory import Directory
from server.sessions.tokens import Tokens
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """Built by the wing's slice."""

    settings: Settings
    clock: Clock
    registry: Registry
    tokens: Tokens
    database: Database
    log: EventLog
    directory: Directory
    matchmaker: Matchmaker
    profiles: Profiles
    reader: Reader
