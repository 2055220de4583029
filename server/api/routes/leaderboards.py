"""Leaderboards."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from persistence import stats
from server import limits
from server.api.context import GameName, With
from server.errors import Refused

router = APIRouter(prefix="/api/leaderboards", tags=["players"])


@router.get("/{metric}")
async def read_leaderboard(
    services: With,
    metric: str,
    game: GameName = None,
    limit: Annotated[int, Query(ge=1, le=limits.PAGE_ITEMS_MAX)] = 20,
    min_games: Annotated[int, Query(ge=0, le=1_000_000)] = limits.LEADERBOARD_GAMES_MIN,
    include_bots: bool = False,
) -> dict[str, Any]:
    """The best by one metric; ties go to whoever got there first."""
    if metric not in stats.METRICS:
        raise Refused(404, "unknown_metric", f"metrics: {', '.join(stats.METRICS)}")
    rows = await stats.leaderboard(
        services.database, metric, game=game, limit=limit, min_games=min_games, include_bots=include_bots
    )
    return {"metric": metric, "rows": [asdict(row) for row in rows]}
