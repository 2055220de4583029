"""The job that rates games soon after they are over (or after those who watch them with a delay have seen it)."""

from __future__ import annotations

import asyncio
import logging

from persistence.errors import PersistenceError
from server.play.ratings.service import Ratings
from server.workers.schedule import RATINGS_EVERY_S

_log = logging.getLogger(__name__)


async def keep_ratings(ratings: Ratings) -> None:
    """Until cancelled; what a crash has interrupted is done at the next turn."""
    failing = False
    while True:
        try:
            while await ratings.rate_due():
                pass
            failing = False
        except PersistenceError as error:
            if not failing:  # an outage is one line, not one a second
                _log.warning("ratings wait for the database: %s", error)
            failing = True
        await asyncio.sleep(RATINGS_EVERY_S)
