"""The job that ends matchmaking tickets whose players have not come back for their seat."""

from __future__ import annotations

import asyncio
import logging

from persistence.errors import PersistenceError
from server.lobby.matchmaking import Matchmaker
from server.workers.schedule import TICKETS_EVERY_S

_log = logging.getLogger(__name__)


async def expire_tickets(matchmaker: Matchmaker) -> None:
    """Now and then, until cancelled; the first time at once, for what a crash has left."""
    while True:
        try:
            await matchmaker.expire()
        except PersistenceError as error:
            _log.warning("tickets: %s", error)
        await asyncio.sleep(TICKETS_EVERY_S)
