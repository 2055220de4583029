"""Finished games that wait for those who go on from them: ratings, for example.

The transaction that ends a game writes one row for each registered consumer. A consumer takes its games in a
transaction that also deletes their rows, so that what it does with a game happens once, whatever crashes. One server
at a time does this for a consumer, because it holds the lock of the consumer's row.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persistence import driver
from persistence.database import Database

_sql = driver.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class DueGames:
    """Games that are due for one consumer, those that have waited longest first.

    `connection`: the one of the transaction that takes them.
    """

    consumer: str
    game_ids: Sequence[str]
    connection: Any

    async def leave(self) -> None:
        """Take them out of the queue; they are back if the transaction fails."""
        await _sql.leave(self.connection, consumer=self.consumer, game_ids=list(self.game_ids))


async def register(db: Database, consumer: str, players_min: int) -> None:
    """Let finished games of at least so many players wait for this consumer from now on, on every server."""
    async with db.transaction() as connection:
        await _sql.register(connection, name=consumer, players_min=players_min)


async def lag_s(db: Database, consumer: str) -> float | None:
    """For how many seconds the game that has waited longest is due; None: none is. Locks and writes nothing."""
    lag: float | None = await db.one(_sql.lag, consumer=consumer)
    return lag


@asynccontextmanager
async def due(db: Database, consumer: str, limit: int) -> AsyncIterator[DueGames | None]:
    """At most `limit` games that are due, in a transaction that ends with the block.

    None: another server takes games of this consumer just now, or nobody has registered it.
    """
    async with db.transaction() as connection:
        if not await _sql.hold(connection, consumer=consumer):
            yield None
            return
        game_ids = [str(row["game_id"]) async for row in _sql.due(connection, consumer=consumer, limit=limit)]
        yield DueGames(consumer, game_ids, connection)
