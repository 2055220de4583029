"""The health of an event log: to read, to watch, and to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from persistence.event_log.log import Health


class WatchedHealth:
    """The health of a log; `become` changes it."""

    def __init__(self, health: Health) -> None:
        self.health = health
        self._watchers: list[Callable[[Health], None]] = []
        self._waiting: list[asyncio.Future[None]] = []

    def watch(self, callback: Callable[[Health], None]) -> None:
        self._watchers.append(callback)

    async def reachable(self) -> None:
        while self.health is Health.PAUSED:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting

    def become(self, health: Health) -> None:
        """Notify the watchers if the health has changed."""
        if health is self.health:
            return
        self.health = health
        for callback in self._watchers:
            callback(health)
        if health is not Health.PAUSED:
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)
