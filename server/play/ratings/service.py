"""Rating the games that are over, apart from the rooms: nobody who plays waits for it."""

from __future__ import annotations

import asyncio

from persistence.database import Database
from persistence.play import ratings
from persistence.play.ratings import Moved
from server import limits
from server.metrics import Metrics
from server.play.ratings.model import rate


class Ratings:
    """Any number of servers may do this on one database: one at a time rates, and every game is rated once."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self._database = database
        self._metrics = metrics

    async def rate_due(self) -> bool:
        """Rate some of the games that wait, in one transaction. Whether there may be more of them."""
        if not await ratings.is_any_due(self._database):
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
