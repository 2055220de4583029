"""Leases: who of all servers of a database may do something that must not be done twice at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from persistence import driver
from persistence.database import Database
from persistence.errors import Unavailable

_queries = driver.load(Path(__file__).with_suffix(".sql"))

_CALL_S = 5.0
_SESSION = {
    "application_name": "parlor leases",
    # A machine that loses its power says no goodbye. Postgres notices after 30 s, not after hours.
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


class Leases:
    """The leases of one server. They are advisory locks of one session of its own, opened when it is first needed.

    A lease ends with its session, so also by kill -9 of this server. There is nothing to renew and nothing to clean up.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._turn = asyncio.Lock()  # a connection does one thing at a time
        self._held: set[str] = set()  # Postgres would give the same session the same lock twice

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[bool]:
        """False: somebody else has the lease, possibly another task of this server. True: it is ours within the block.

        Raises Unavailable. If the session is lost, another server may take the lease: the block is then cancelled and
        raises Unavailable.
        """
        connection = await self._take(name)
        if connection is None:
            yield False
            return
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as block:

                def cut(_: Any) -> None:
                    block.reschedule(loop.time())

                connection.add_termination_listener(cut)
                try:
                    if connection.is_closed():  # between the lock and the listener
                        raise Unavailable("the lease was lost")
                    yield True
                finally:
                    connection.remove_termination_listener(cut)
        except TimeoutError:
            if block.expired():
                raise Unavailable("the lease was lost") from None
            raise
        finally:
            self._held.discard(name)
            await self._give_back(connection, name)

    def close(self) -> None:
        """End the session, and with it every lease."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _take(self, name: str) -> Any:
        """The connection that now holds the lease; None if somebody else has it."""
        if name in self._held:
            return None
        self._held.add(name)
        taken = None
        try:
            async with self._turn:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._database.connect(_SESSION)
                connection = self._connection
                if await _call(_queries.take, connection, name):
                    taken = connection
            return taken
        finally:
            if taken is None:
                self._held.discard(name)

    async def _give_back(self, connection: Any, name: str) -> None:
        if connection.is_closed():
            return
        try:
            async with self._turn:
                await _call(_queries.give_back, connection, name)
        except Unavailable:
            pass  # the session has ended, and the lease with it


async def _call(query: Any, connection: Any, name: str) -> bool:
    """One statement, bounded in time. Whatever interrupts it ends the session: nobody would know what is locked."""
    try:
        with driver.translated():
            async with asyncio.timeout(_CALL_S):
                return bool(await query(connection, name=name))
    except BaseException:
        connection.terminate()
        raise
