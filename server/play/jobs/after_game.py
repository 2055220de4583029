"""The job that gives games to a consumer soon after they are over (or after their spectators have seen the end)."""

from __future__ import annotations

from persistence.database import Database
from server.play.service.after_game import Consumer
from server.workers.job import Job
from server.workers.schedule import AFTER_GAME_EVERY_S


def after_game_job(consumer: Consumer, database: Database) -> Job:
    """Give all games that are due to this consumer. What a crash has interrupted is done by the next run.

    The job is not `alone`: the lock of the consumer sees to that, together with the transaction.
    """

    async def run() -> None:
        await consumer.register(database)
        while await consumer.take_due(database):
            pass

    return Job(consumer.name, AFTER_GAME_EVERY_S, run)
