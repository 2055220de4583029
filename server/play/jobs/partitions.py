"""The job that keeps the event log's partitions ahead of the calendar."""

from __future__ import annotations

import asyncio
import logging

from persistence.database import Database
from persistence.errors import PersistenceError
from persistence.play import games
from server.workers.schedule import MONTHS_AHEAD, PARTITIONS_EVERY_S

_log = logging.getLogger(__name__)


async def keep_partitions(database: Database) -> None:
    """Make the partitions of this and the coming months, once a day, until cancelled."""
    while True:
        try:
            await games.ensure_partitions(database, MONTHS_AHEAD)
        except PersistenceError as error:
            # Events of a month without a partition go to the default one: nothing is lost by trying again later.
            _log.warning("partitions: %s", error)
        await asyncio.sleep(PARTITIONS_EVERY_S)
