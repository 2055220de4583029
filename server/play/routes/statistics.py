"""What a player has done: figures, games, scores, ratings."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from persistence.play import ratings, statistics
from persistence.play.players import PlayerRow
from server import limits
from server.api.guard import MaybeWithCaller
from server.play import limits as play_limits
from server.play.ratings import scale
from server.play.routes.context import GameName, With
from server.play.routes.players import known_player
from server.play.rules.scores import bins
from server.sessions.caller import Caller

router = APIRouter(prefix="/api/players", tags=["players"])

Pool = Literal["people", "bots"]
_Limit = Annotated[int, Query(ge=1, le=limits.PAGE_ITEMS_MAX)]


@router.get("/{player_id}/stats")
async def read_stats(services: With, player_id: str) -> dict[str, Any]:
    """Lifetime statistics, zeros and nulls before the first finished game; ratings; the same statistics by game."""
    player = await known_player(services, player_id)
    lifetime = await statistics.get_lifetime(services.database, player.id)
    standings = await ratings.of_player(services.database, player.id)
    return {
        **asdict(lifetime),
        "ratings": [
            {
                "game": row.game,
                "pool": row.pool,
                "rating": scale.rating(row.mu),
                "deviation": scale.deviation(row.sigma),
                "provisional": scale.is_provisional(row.sigma),
                "games": row.games,
            }
            for row in standings
        ],
        "by_game": [asdict(row) for row in await statistics.by_game(services.database, player.id)],
    }


@router.get("/{player_id}/games")
async def read_history(
    services: With,
    caller: MaybeWithCaller,
    player_id: str,
    limit: _Limit = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Finished games, newest first. The player sees them at once, others when spectators have."""
    player = await known_player(services, player_id)
    played, following = await statistics.history(
        services.database, player.id, everything=_is(caller, player), limit=limit, cursor=cursor
    )
    items = []
    for row in played:
        item = asdict(row)
        moved = item.pop("mu_change")
        items.append({**item, "rating_change": None if moved is None else scale.change(moved)})
    return {"items": items, "next_cursor": following}


@router.get("/{player_id}/ratings")
async def read_ratings(
    services: With,
    player_id: str,
    game: GameName = None,
    pool: Pool | None = None,
    limit: _Limit = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """What moved the player's ratings, newest first. A game shows up here when it is rated, which is never before
    those who watch have seen its end."""
    player = await known_player(services, player_id)
    moved, following = await ratings.history(
        services.database, player.id, game=game, pool=pool, limit=limit, cursor=cursor
    )
    items = [
        {
            "game_id": row.game_id,
            "game": row.game,
            "pool": row.pool,
            "rating": scale.rating(row.mu),
            "deviation": scale.deviation(row.sigma),
            "change": scale.change(row.mu - row.mu_before),
            "completed_at": row.completed_at,
        }
        for row in moved
    ]
    return {"items": items, "next_cursor": following}


@router.get("/{player_id}/scores")
async def read_scores(
    services: With,
    caller: MaybeWithCaller,
    player_id: str,
    game: Annotated[str, Query(pattern=r"^[^\x00]*$", description="of this game")],
) -> dict[str, Any]:
    """How often the player had which scores in the newest games of one kind. Whose games: as in the history."""
    player = await known_player(services, player_id)
    scores = await statistics.scores(
        services.database,
        player.id,
        game,
        everything=_is(caller, player),
        limit=play_limits.SCORE_GAMES_MAX,
    )
    return {"game": game, "games": len(scores), "bins": bins(scores)}


def _is(caller: Caller | None, player: PlayerRow) -> bool:
    return caller is not None and caller.player_id == player.id
