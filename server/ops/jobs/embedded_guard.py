"""The job that starts the embedded Postgres again when it has died. (A server of one's own has its own guard.)"""

from __future__ import annotations

import asyncio

from persistence.embedded.postgres import EmbeddedPostgres
from persistence.event_log.log import EventLog, Health
from server.workers.job import Job
from server.workers.schedule import REVIVE_EVERY_S


def embedded_guard_job(server: EmbeddedPostgres, log: EventLog) -> Job:
    """Whenever the log has lost its database: see to it that the database runs."""

    async def run() -> None:
        if log.health is Health.PAUSED:
            await asyncio.to_thread(server.revive)

    return Job("embedded_guard", REVIVE_EVERY_S, run)
