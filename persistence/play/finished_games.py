"""The outbox of finished games: the tables `play.finished_games` and `play.finished_game_consumers`.

The transaction that ends a game adds one row for each consumer (see `statistics.sql`). A consumer removes its rows in
the transaction that holds their effect, so each game has that effect exactly once, however many servers do this and
wherever one of them is killed. A consumer that needs an order of its own, such as `ratings`, reads the table itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persistence import driver
from persistence.database import Database

_sql = driver.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class Taken:
    """Games that left the outbox, if the transaction of `connection` commits. `game_ids`: 1 to the limit of `take`."""

    game_ids: tuple[str, ...]
    connection: Any


async def is_any_due(db: Database, consumer: str) -> bool:
    """Whether a game waits for this consumer; takes no lock and writes nothing. Raises PersistenceError."""
    return bool(await db.one(_sql.is_any_due, consumer=consumer))


@asynccontextmanager
async def take(db: Database, consumer: str, limit: int) -> AsyncIterator[Taken | None]:
    """The games that have waited longest, in a transaction that commits at the end of the block; None: none waits.

    Write the effect through `Taken.connection`. If the block raises, the games wait again. Raises PersistenceError.
    """
    async with db.transaction() as connection:
        rows = [row async for row in _sql.take(connection, consumer=consumer, limit=limit)]
        yield Taken(tuple(str(row["game_id"]) for row in rows), connection) if rows else None
