"""The job that rates games soon after they are over (or after those who watch them with a delay have seen it)."""

from __future__ import annotations

from server.play.ratings.service import Ratings
from server.workers.job import Job
from server.workers.schedule import RATINGS_EVERY_S


def ratings_job(ratings: Ratings) -> Job:
    """Rate all games that are due. What a crash has interrupted is done by the next run."""

    async def run() -> None:
        while await ratings.rate_due():
            pass

    return Job("ratings", RATINGS_EVERY_S, run)
