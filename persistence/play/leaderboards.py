"""Leaderboards: the best by one metric, over all games or those of one kind, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import inf
from pathlib import Path
from typing import Any
from uuid import UUID

from persistence import driver
from persistence.database import Database, Query, Row
from persistence.page import Keyset

_COLUMNS = {
    "wins": "games_won",
    "win_rate": "win_rate",
    "highest_score": "highest_score",
    "total_points": "total_points",
    "total_tricks_won": "total_tricks_won",
}
METRICS = (*_COLUMNS, "rating")
"""What leaderboards can be ordered by."""

_PAGES = Keyset(int, float, datetime, UUID)  # rank, negated value, last_game_at, id


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """One line of a leaderboard.

    `value` is a share (0 to 1) for win_rate, the mu of the rating for rating, a whole number otherwise. `games_played`:
    of those that the leaderboard is about.
    """

    rank: int
    player_id: str
    display_name: str
    value: float
    games_played: int


async def leaderboard(
    db: Database,
    metric: str,
    *,
    game: str | None = None,
    pool: str | None = None,
    sigma_max: float | None = None,
    limit: int = 50,
    min_games: int = 10,
    include_bots: bool = False,
    cursor: str | None = None,
) -> tuple[list[LeaderRow], str | None]:
    """The best by one of `METRICS`, and the cursor of the next page (None: this was the last).

    Equals: who got there earlier is first. Ratings are those of one `game` and one `pool`, not above `sigma_max`.

    Raises MalformedCursor.
    """
    if metric not in METRICS:
        raise ValueError(f"no such metric: {metric}")
    of: dict[str, Any] = {} if game is None else {"game": game}
    if metric == "rating":
        of |= {"pool": pool, "settled": sigma_max}
        query = _ratings(_magnitude(min_games))
    else:
        query = _board(_COLUMNS[metric], _magnitude(min_games), of_game=game is not None)
    rank, after, after_at, after_player = (0, -inf, None, None) if cursor is None else _PAGES.decode(cursor)
    rows = await db.fetch(
        query,
        **of,
        min_games=min_games,
        include_bots=include_bots,
        after=after,
        after_at=after_at,
        after_player=after_player,
        limit=limit + 1,
    )
    page, following = _PAGES.cut(rows, limit, lambda row: (rank + limit, -row["value"], row["last_game_at"], row["id"]))
    return [_leader(rank + place, metric, row) for place, row in enumerate(page, 1)], following


def _magnitude(min_games: int) -> int:
    """The power of ten that is not above it, 0 for 0."""
    return 10 ** (len(str(min_games)) - 1) if min_games > 0 else 0


# The magnitude stands in the query itself. So Postgres knows whether almost everybody or hardly anybody has played so
# many games, and goes by the order of the board or by the number of games, without planning each request anew.


@cache
def _board(column: str, magnitude: int, *, of_game: bool) -> Query:
    scope, of = ("s.game = :game", "game, ") if of_game else ("true", "")
    table = "player_game_stats" if of_game else "player_lifetime_stats"
    return _load(of=of, table=table, scope=scope, value=column, games="games_played", magnitude=str(magnitude))


@cache
def _ratings(magnitude: int) -> Query:
    scope, of = "s.game = :game and s.pool = :pool and s.sigma <= :settled::float8", "game, pool, settled, "
    return _load(of=of, table="player_ratings", scope=scope, value="mu", games="games", magnitude=str(magnitude))


def _load(**words: str) -> Query:
    query: Query = driver.load(Path(__file__).with_suffix(".sql"), **words).board
    return query


def _leader(rank: int, metric: str, row: Row) -> LeaderRow:
    value = row["value"] if metric in ("win_rate", "rating") else int(row["value"])
    return LeaderRow(rank, str(row["id"]), row["display_name"], value, row["games_played"])
