"""After a start: the games that were under way come back from the log by themselves."""

from __future__ import annotations

import asyncio
import logging

from persistence.database import Database
from persistence.errors import PersistenceError
from persistence.play import games
from server.errors import RoomUnavailable
from server.rooms.directory import Directory

_log = logging.getLogger(__name__)


async def recover(directory: Directory, database: Database) -> int:
    """Load every running game (timers and bots wait for it), and every lobby that bots are to fill; returns how many.

    One that fails is left in the log. The directory bounds how many load at a time. Other lobbies load when somebody
    connects.
    """
    waiting = [*await games.list_running(database), *await games.list_filling(database)]
    outcomes = await asyncio.gather(*(_load(directory, game_id) for game_id in waiting))
    return sum(outcomes)


async def _load(directory: Directory, game_id: str) -> bool:
    try:
        return await directory.get(game_id) is not None
    except (RoomUnavailable, PersistenceError) as error:
        _log.warning("game %s is not back: %s", game_id, error)
    except Exception:  # noqa: BLE001  # a log may hold anything
        # A log that this build can't fold must not keep the other games from coming back.
        _log.exception("game %s can't be loaded", game_id)
    return False
