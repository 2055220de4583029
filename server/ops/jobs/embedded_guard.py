"""The job that starts the embedded Postgres again when it has died. (A server of one's own has its own guard.)"""

from __future__ import annotations

import asyncio
import logging

from persistence.embedded.postgres import EmbeddedPostgres
from persistence.errors import EmbeddedUnavailable
from persistence.event_log.log import EventLog, Health
from server.workers.schedule import REVIVE_EVERY_S

_log = logging.getLogger(__name__)


async def keep_embedded(server: EmbeddedPostgres, log: EventLog) -> None:
    """Whenever the log has lost its database: see to it that the database runs. Until cancelled."""
    lost = asyncio.Event()
    log.watch(lambda health: lost.set() if health is Health.PAUSED else lost.clear())
    while True:
        await lost.wait()
        try:
            await asyncio.to_thread(server.revive)
        except EmbeddedUnavailable as error:
            _log.error("the embedded Postgres does not come back: %s", error)  # one line says it all
        await asyncio.sleep(REVIVE_EVERY_S)
