"""After a game: those who go on from games that are over get every one of them once, apart from the rooms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from persistence.database import Database
from persistence.play import finished_games


def _ignore(lag_s: float) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """What a wing does with games that are over.

    `name`: under which games wait for it, for ever the same. `take(connection, game_ids)`: writes what follows from
    these games, in the transaction of that connection and in that order; False: not now, and it has written nothing.
    It may get a game again only if that transaction failed. `players_min`: games of fewer players don't wait for it.
    `batch`: how many games it takes at once. `on_lag`: is told for how many seconds the next game has been due.

    Games wait until spectators have seen their end; those that are not counted don't wait at all.
    """

    name: str
    take: Callable[[Any, Sequence[str]], Awaitable[bool]]
    players_min: int = 1
    batch: int = 50
    on_lag: Callable[[float], None] = _ignore

    async def register(self, database: Database) -> None:
        """Let games wait for this consumer from now on. Raises PersistenceError."""
        await finished_games.register(database, self.name, self.players_min)

    async def take_due(self, database: Database) -> bool:
        """Take some of the games that are due, in one transaction. Whether there may be more of them.

        Raises PersistenceError, and whatever `take` raises; then the games wait on.
        """
        lag_s = await finished_games.lag_s(database, self.name)
        self.on_lag(lag_s or 0.0)
        if lag_s is None:
            return False
        async with finished_games.due(database, self.name, self.batch) as games:
            if games is None or not await self.take(games.connection, games.game_ids):
                return False
            await games.leave()
        return len(games.game_ids) == self.batch
