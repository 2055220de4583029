"""The job that keeps the event log's partitions ahead of the calendar."""

from __future__ import annotations

from persistence.database import Database
from persistence.play import games
from server.workers.job import Job
from server.workers.schedule import MONTHS_AHEAD, PARTITIONS_EVERY_S


def partitions_job(database: Database) -> Job:
    """Make the partitions of this and the coming months.

    Events of a month without a partition go to the default one: nothing is lost by making it later.
    """

    async def run() -> None:
        await games.ensure_partitions(database, MONTHS_AHEAD)

    return Job("partitions", PARTITIONS_EVERY_S, run, alone=True)
