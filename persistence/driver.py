"""The only module that uses asyncpg: it connects, loads queries, and translates the driver's errors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiosql
import asyncpg
import orjson

from persistence.errors import BadDatabaseUrl, Conflict, PersistenceError, Rejected, Unavailable

_FAULT_CLASSES = frozenset({"08", "53", "57", "58"})  # connection, resources, operator, system
_READ_ONLY = "25006"  # the server became a replica: another server takes the writes now
_WRONG_ADDRESS = (
    asyncpg.InvalidPasswordError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)


def load(file: Path, **words: str) -> Any:
    """The named queries of an .sql file as coroutine functions: `await queries.get_game(connection, id=...)`.

    `words` replace the names in braces: names of tables and columns, which can't be parameters.
    """
    text = file.read_text("utf-8")
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return aiosql.from_str(text, "asyncpg")


async def connect(dsn: str, *, timeout_s: float, settings: Mapping[str, str] | None = None) -> Any:
    """A connection outside any pool, jsonb decoded. Raises BadDatabaseUrl or Unavailable."""
    with translated(), _checked_url():
        connection = await asyncpg.connect(dsn, timeout=timeout_s, server_settings=dict(settings or {}))
        try:
            async with asyncio.timeout(timeout_s):  # the connection may go silent after it is open
                await prepare(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection


async def create_pool(dsn: str, *, at_once: int, size: int, command_timeout_s: float, connect_timeout_s: float) -> Any:
    """A pool of at most `size` connections: `at_once` of them are opened now, the others when they are needed.

    Raises BadDatabaseUrl or Unavailable.
    """
    with translated(), _checked_url():
        return await asyncpg.create_pool(
            dsn,
            min_size=at_once,
            max_size=size,
            timeout=connect_timeout_s,
            command_timeout=command_timeout_s,
            init=prepare,
            server_settings={"application_name": "parlor"},
        )


async def prepare(connection: Any) -> None:
    """Decode jsonb columns to Python values, and encode parameters of type jsonb."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=lambda value: orjson.dumps(value).decode(), decoder=orjson.loads
    )


@contextmanager
def translated() -> Iterator[None]:
    """Raise the driver's errors as errors of `persistence.errors`."""
    try:
        yield
    except PersistenceError:
        raise
    except Exception as error:
        translation = _translation(error)
        if translation is None:
            raise
        raise translation from None  # the driver's own text may quote rows, or the address with its password


def is_fault(error: BaseException) -> bool:
    """Whether the connection or the server failed, and not the statement: its outcome is unknown."""
    if isinstance(error, asyncpg.exceptions.InvalidCachedStatementError):
        return True  # the schema has changed: a new connection prepares the statements again
    if isinstance(error, asyncpg.PostgresError):
        return sqlstate(error)[:2] in _FAULT_CLASSES or sqlstate(error) == _READ_ONLY
    return isinstance(error, OSError | asyncpg.InternalClientError | Unavailable)


def is_collision(error: BaseException) -> bool:
    """Whether the statement collided with another transaction and can be sent again: deadlock, serialization, lock."""
    return sqlstate(error) in ("40P01", "40001", "55P03")


def sqlstate(error: BaseException) -> str:
    """The five characters of the SQLSTATE; empty for an error that didn't come from the server."""
    return str(getattr(error, "sqlstate", None) or "")


def reason(error: BaseException) -> str:
    """An error in one line, without the rows that Postgres quotes in the details."""
    if isinstance(error, asyncpg.PostgresError):
        constraint = f", {error.constraint_name}" if error.constraint_name else ""
        return f"{_message(error)} ({sqlstate(error)}{constraint})"
    return str(error) if isinstance(error, PersistenceError) else type(error).__name__


def _message(error: Any) -> str:
    """The server's message. Errors that the driver raises before it sends anything quote values instead: drop those."""
    return error.message or "a value doesn't fit its column"


@contextmanager
def _checked_url() -> Iterator[None]:
    try:
        yield
    except ValueError:
        raise BadDatabaseUrl("the database url is malformed") from None


def _translation(error: Exception) -> PersistenceError | None:
    if isinstance(error, _WRONG_ADDRESS):
        return BadDatabaseUrl(f"the database refuses the connection: {_message(error)}")
    if isinstance(error, asyncpg.UniqueViolationError):
        return Conflict(error.constraint_name or "unique")
    if isinstance(error, asyncpg.PostgresError):
        if is_fault(error):
            return Unavailable(f"the database is not available: {_message(error)}")
        return Rejected(sqlstate(error), _message(error))
    if isinstance(error, TimeoutError):
        return Unavailable("the database doesn't answer in time")
    if isinstance(error, OSError):
        return Unavailable(f"no connection to the database: {error.strerror or type(error).__name__}")
    if isinstance(error, asyncpg.InternalClientError) or (
        isinstance(error, asyncpg.InterfaceError) and "clos" in str(error)  # closed or closing, connection or pool
    ):
        return Unavailable("the connection to the database is closed")
    return None
