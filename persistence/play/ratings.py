"""Ratings: where players stand, and how each game moved them.

A rating is a fold over games in the order of `rated_no`, which is given when a game is rated. Rating needs the
lock on the one row of `play.rating_clock`, so one server rates at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from persistence import driver
from persistence.database import Database, Row
from persistence.page import Keyset

_sql = driver.load(Path(__file__).with_suffix(".sql"))
_PAGES = Keyset(int)  # rated_no

POOLS = ("people", "bots")
"""Of games among people, and of games with a bot at the table."""

Key = tuple[str, str, str]
"""Whose rating: player, game, pool."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A rating: a normal distribution of what a player can do. `games`: how many it is made of."""

    mu: float
    sigma: float
    games: int


@dataclass(frozen=True, slots=True)
class Placed:
    """How one of its players came out of a game."""

    player_id: str
    score: int
    is_winner: bool


@dataclass(frozen=True, slots=True)
class FinishedGame:
    """A game to be rated."""

    game_id: str
    game: str
    pool: str
    completed_at: datetime
    players: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """How a game moved one player."""

    player_id: str
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class Batch:
    """Games to be rated, in their order. `rated`: how many games are rated already. Games that need no rating are not
    among them: those of one player, and those that are rated."""

    rated: int
    games: Sequence[FinishedGame]
    standings: Mapping[Key, Standing]
    connection: Any

    async def save(self, moves: Sequence[Sequence[Moved]]) -> None:
        """Write how each of the games, in their order, moved its players."""
        lines = [
            (number, game, move)
            for number, (game, moved) in enumerate(zip(self.games, moves, strict=True), self.rated + 1)
            for move in moved
        ]
        await _sql.add_history(
            self.connection,
            game_ids=[game.game_id for _, game, _ in lines],
            players=[move.player_id for _, _, move in lines],
            games=[game.game for _, game, _ in lines],
            pools=[game.pool for _, game, _ in lines],
            numbers=[number for number, _, _ in lines],
            mus_before=[move.before.mu for _, _, move in lines],
            sigmas_before=[move.before.sigma for _, _, move in lines],
            mus_after=[move.after.mu for _, _, move in lines],
            sigmas_after=[move.after.sigma for _, _, move in lines],
            moments=[game.completed_at for _, game, _ in lines],
        )
        last = {(move.player_id, game.game, game.pool): (move.after, game.completed_at) for _, game, move in lines}
        await _sql.move_standings(
            self.connection,
            players=[player for player, _, _ in last],
            games=[game for _, game, _ in last],
            pools=[pool for _, _, pool in last],
            mus=[standing.mu for standing, _ in last.values()],
            sigmas=[standing.sigma for standing, _ in last.values()],
            counts=[standing.games for standing, _ in last.values()],
            moments=[moment for _, moment in last.values()],
        )
        await _sql.set_clock(self.connection, rated=self.rated + len(self.games))


async def hold(connection: Any, game_ids: Sequence[str]) -> Batch | None:
    """Hold the ratings until the transaction of this connection ends, and read what rating these games needs.

    None: another transaction holds them.
    """
    rated = await _sql.take_clock(connection)
    if rated is None:
        return None
    rows = [row async for row in _sql.players_of_games(connection, game_ids=list(game_ids))]
    games = []
    for game_id, group in groupby(rows, lambda row: str(row["game_id"])):
        of_game = list(group)
        if len(of_game) < 2:
            continue
        first = of_game[0]
        placed = tuple(Placed(str(row["player_id"]), row["score"], row["is_winner"]) for row in of_game)
        pool = "bots" if first["with_bots"] else "people"
        games.append(FinishedGame(game_id, first["game"], pool, first["completed_at"], placed))
    everybody = sorted({player.player_id for game in games for player in game.players})
    known = [row async for row in _sql.standings(connection, players=everybody)] if everybody else []
    standings = {(str(row["player_id"]), row["game"], row["pool"]): _standing(row) for row in known}
    return Batch(rated, games, standings, connection)


@dataclass(frozen=True, slots=True)
class RatingRow:
    """Where a player stands in one game and one pool."""

    game: str
    pool: str
    mu: float
    sigma: float
    games: int


@dataclass(frozen=True, slots=True)
class RatedRow:
    """How one game moved a player; mu and sigma are those after it."""

    game_id: str
    game: str
    pool: str
    mu: float
    sigma: float
    mu_before: float
    completed_at: datetime


async def of_player(db: Database, player_id: str) -> list[RatingRow]:
    """Where a player stands, by game and pool."""
    rows = await db.fetch(_sql.of_player, player_id=player_id)
    return [RatingRow(row["game"], row["pool"], row["mu"], row["sigma"], row["games"]) for row in rows]


async def history(
    db: Database,
    player_id: str,
    *,
    game: str | None = None,
    pool: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[RatedRow], str | None]:
    """What moved a player, the newest first, and the cursor of the next page (None: this was the last).

    Raises MalformedCursor.
    """
    (before,) = (None,) if cursor is None else _PAGES.decode(cursor)
    rows = await db.fetch(_sql.history, player_id=player_id, game=game, pool=pool, before=before, limit=limit + 1)
    page, following = _PAGES.cut(rows, limit, lambda row: (row["rated_no"],))
    moved = [
        RatedRow(
            str(row["game_id"]), row["game"], row["pool"], row["mu_after"], row["sigma_after"], row["mu_before"],
            row["completed_at"],
        )
        for row in page
    ]  # fmt: skip
    return moved, following


def _standing(row: Row) -> Standing:
    return Standing(row["mu"], row["sigma"], row["games"])
