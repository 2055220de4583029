"""The job that brings the running games back after a start."""

from __future__ import annotations

import logging

from persistence.database import Database
from server.rooms.directory import Directory
from server.rooms.recovery import recover
from server.workers.job import Job

_log = logging.getLogger(__name__)


def recovery_job(directory: Directory, database: Database) -> Job:
    """Once. As long as it fails, a game comes back when somebody connects to it."""

    async def run() -> None:
        count = await recover(directory, database)
        if count:
            _log.info("%d running games are back", count)

    return Job("recovery", None, run)
