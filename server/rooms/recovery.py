"""After a start, running games are loaded from the log without being asked for."""

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
    """Load every running game, whose timers and bots wait, and every room that bots are to fill. Returns how many.

    A game that can't be loaded stays in the log. The directory bounds how many load at a time. All other rooms load
    when somebody connects.
    """
    waiting = [*await games.list_running(database), *await games.list_filling(database)]
    outcomes = await asyncio.gather(*(_load(directory, game_id) for game_id in waiting))
    return sum(outcomes)


async def _load(directory: Directory, game_id: str) -> bool:
    try:
        return await directory.get(game_id) is not None
    except (RoomUnavailable, PersistenceError) as error:
        _log.warning("game %s can't be loaded now: %s", game_id, error)
    except Exception:  # noqa: BLE001  # a log may hold anything
        # A log that this build can't fold must not keep the other games from coming back.
        _log.exception("game %s can't be loaded", game_id)
    return False
