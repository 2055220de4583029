"""Rate finished games, apart from the rooms: no player waits for it."""

from __future__ import annotations

import asyncio

from persistence.database import Database
from persistence.play import finished_games, ratings
from persistence.play.ratings import Moved
from server import limits
from server.metrics import Metrics
from server.play.ratings.model import rate

CONSUMER = "ratings"
"""The name under which finished games wait for their ratings."""


class Ratings:
    """Any number of servers may share a database: one at a time rates, and every game is rated once."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self._database = database
        self._metrics = metrics

    async def rate_due(self) -> bool:
        """Rate some of the waiting games, in one transaction. Returns whether more may wait."""
        if not await finished_games.is_any_due(self._database, CONSUMER):
            self._metrics.rating_lag_seconds.set(0)
            return False
        async with ratings.due(self._database, limits.RATING_BATCH_GAMES) as batch:
            if batch is None:
                return False
            self._metrics.rating_lag_seconds.set(batch.lag_s)
            standings = dict(batch.standings)
            moves: list[list[Moved]] = []
            for game in batch.games:
                moves.append(rate(game, standings))
                await asyncio.sleep(0)  # the rooms go first
            await batch.save(moves)
        for game in batch.games:
            self._metrics.games_rated_total.labels(game.pool).inc()
        return batch.size == limits.RATING_BATCH_GAMES
