"""Access to Postgres: a pool for reads and small transactions. The writers of the event log connect outside of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from persistence import driver
from persistence.errors import BadDatabaseUrl
from persistence.write import Write

Query = Callable[..., Any]
"""A named query of `*.sql`, as `driver.load` gives it."""

Row = Any
"""One result row: columns by name or by place."""

# A writer finds a few rows by their key. Its plans are made once, while the tables keep growing, so they must never
# scan. The plan of the append doesn't depend on its parameters, and planning takes longer than executing it.
_WRITER_PLANS = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
}


class Database:
    """An open database. Every call is bounded in time and raises only `PersistenceError`s."""

    def __init__(self, dsn: str, pool: Any, acquire_timeout_s: float, connect_timeout_s: float) -> None:
        self._dsn = dsn
        self._pool = pool
        self._acquire_timeout_s = acquire_timeout_s
        self._connect_timeout_s = connect_timeout_s

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        pool_size: int = 5,
        command_timeout_s: float = 5.0,
        acquire_timeout_s: float = 5.0,
        connect_timeout_s: float = 5.0,
        connect_now: bool = True,
    ) -> Database:
        """Create the pool. `connect_now`: with its first connection. Raises BadDatabaseUrl or Unavailable."""
        if not dsn.startswith(("postgres://", "postgresql://")):
            raise BadDatabaseUrl("the database url must begin with postgresql:// or postgres://")
        pool = await driver.create_pool(
            dsn,
            at_once=int(connect_now),
            size=pool_size,
            command_timeout_s=command_timeout_s,
            connect_timeout_s=connect_timeout_s,
        )
        return cls(dsn, pool, acquire_timeout_s, connect_timeout_s)

    async def connect_writer(self, *, statement_timeout_s: float) -> Any:
        """A connection outside the pool, for a writer of the event log.

        The server cancels a statement after `statement_timeout_s`, so that a backend whose client is gone does not keep
        its locks.
        """
        timeout_ms = str(int(statement_timeout_s * 1000))
        settings = _WRITER_PLANS | {
            "application_name": "parlor writer",
            "default_transaction_isolation": "read committed",
            "statement_timeout": timeout_ms,
            "idle_in_transaction_session_timeout": timeout_ms,
        }
        return await self.connect(settings)

    async def connect(self, settings: Mapping[str, str]) -> Any:
        """A connection outside the pool, with these settings of Postgres. Raises BadDatabaseUrl or Unavailable."""
        return await driver.connect(self._dsn, timeout_s=self._connect_timeout_s, settings=settings)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """Borrow a connection; errors inside the block are translated as well."""
        with driver.translated():
            async with self._pool.acquire(timeout=self._acquire_timeout_s) as connection:
                try:
                    yield connection
                except TimeoutError:
                    connection.terminate()  # a clean release would wait for the same silent server again
                    raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Borrow a connection with an open transaction, committed at the end of the block."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def fetch(self, query: Query, **parameters: Any) -> list[Row]:
        """All rows of a query whose name has no suffix."""
        async with self.connection() as connection:
            return [row async for row in query(connection, **parameters)]

    async def one(self, query: Query, **parameters: Any) -> Row | None:
        """The result of a query whose name ends with ^ (a row), $ (a value) or ! (a change)."""
        async with self.connection() as connection:
            return await query(connection, **parameters)

    async def apply(self, *writes: Write) -> None:
        """Apply writes in one transaction, apart from the event log."""
        async with self.transaction() as connection:
            for write in writes:
                await write.apply(connection)

    async def ping(self) -> None:
        """Raise Unavailable if the database doesn't answer."""
        async with self.connection() as connection:
            await connection.execute("select 1")

    async def close(self, timeout_s: float = 5.0) -> None:
        """Wait for borrowed connections up to the deadline, then cut them."""
        try:
            await asyncio.wait_for(self._pool.close(), timeout_s)
        except (TimeoutError, OSError):
            self._pool.terminate()
