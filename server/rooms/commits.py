"""Waiting until an event is committed."""

from __future__ import annotations

import asyncio

from server.errors import RoomUnavailable


class Commits:
    """Those who wait for the log to commit an event of one room. `waiting`: the index and the future of each."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, asyncio.Future[None]]] = []

    async def wait(self, index: int) -> None:
        """Return when event `index` is committed. Raises RoomUnavailable if it never will be."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((index, future))
        await future

    def committed(self, head: int) -> None:
        """Everything up to event `head` is committed."""
        ready = [future for index, future in self.waiting if index <= head]
        self.waiting = [item for item in self.waiting if item[0] > head]
        for future in ready:
            if not future.done():
                future.set_result(None)

    def give_up(self, why: str) -> None:
        """Nothing will be committed any more."""
        for _, future in self.waiting:
            if not future.done():
                future.set_exception(RoomUnavailable(why))
        self.waiting.clear()
