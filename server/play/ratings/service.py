"""Rating the games that are over, apart from the rooms: nobody who plays waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from persistence.play import ratings
from persistence.play.ratings import Moved
from server.play import limits
from server.play.metrics import PlayMetrics
from server.play.ratings.model import rate
from server.play.service.after_game import Consumer


class Ratings:
    """Any number of servers may do this on one database: one at a time rates, and every game is rated once."""

    def __init__(self, metrics: PlayMetrics) -> None:
        self._metrics = metrics
        self.consumer = Consumer(
            "ratings", self.rate, players_min=2, batch=limits.RATING_BATCH_GAMES, on_lag=metrics.rating_lag_seconds.set
        )

    async def rate(self, connection: Any, game_ids: Sequence[str]) -> bool:
        """Rate these games in this order. False: somebody else holds the ratings."""
        batch = await ratings.hold(connection, game_ids)
        if batch is None:
            return False
        standings = dict(batch.standings)
        moves: list[list[Moved]] = []
        for game in batch.games:
            moves.append(rate(game, standings))
            await asyncio.sleep(0)  # the rooms go first
        await batch.save(moves)
        for game in batch.games:
            self._metrics.games_rated_total.labels(game.pool).inc()
        return True
