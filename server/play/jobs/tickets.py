"""The job that ends matchmaking tickets whose players have not come back for their seat."""

from __future__ import annotations

from server.lobby.matchmaking import Matchmaker
from server.workers.job import Job
from server.workers.schedule import TICKETS_EVERY_S


def tickets_job(matchmaker: Matchmaker) -> Job:
    """The first run ends those that a crash has left."""
    return Job("tickets", TICKETS_EVERY_S, matchmaker.expire)
