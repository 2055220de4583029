"""Leaderboards."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from persistence.play import leaderboards
from persistence.play.leaderboards import METRICS
from server import limits
from server.errors import Refused
from server.play import limits as play_limits
from server.play.ratings import scale
from server.play.routes.context import GameName, With
from server.play.routes.statistics import Pool

router = APIRouter(prefix="/api/leaderboards", tags=["players"])


@router.get("/{metric}")
async def read_leaderboard(
    services: With,
    metric: str,
    game: GameName = None,
    pool: Annotated[Pool, Query(description="of ratings only")] = "people",
    limit: Annotated[int, Query(ge=1, le=limits.PAGE_ITEMS_MAX)] = 20,
    min_games: Annotated[int, Query(ge=0, le=1_000_000)] = play_limits.LEADERBOARD_GAMES_MIN,
    include_bots: bool = False,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The best by one metric; ties go to the earlier one. Of ratings one game's, without provisional ones."""
    if metric not in METRICS:
        raise Refused(404, "unknown_metric", f"metrics: {', '.join(METRICS)}")
    if metric == "rating" and game is None:
        raise Refused(422, "invalid_request", "game: ratings are those of one game", "game")
    rows, following = await leaderboards.leaderboard(
        services.database,
        metric,
        game=game,
        pool=pool,
        sigma_max=scale.SETTLED_SIGMA,
        limit=limit,
        min_games=min_games,
        include_bots=include_bots,
        cursor=cursor,
    )
    shown = [asdict(row) for row in rows]
    if metric == "rating":
        shown = [{**row, "value": scale.rating(row["value"])} for row in shown]
    return {"metric": metric, "rows": shown, "next_cursor": following}
