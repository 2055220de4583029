"""What remains of finished games: summaries, one result a player and game, lifetime statistics, leaderboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from persistence import driver
from persistence.database import Database, Row
from persistence.errors import Rejected
from persistence.play import StatusChanged

_sql = driver.load("stats")

METRICS = ("wins", "win_rate", "highest_score", "total_points", "total_tricks_won")
"""What leaderboards can be ordered by."""


@dataclass(frozen=True, slots=True)
class PlayerResult:
    """How one player came out of one game.

    `best_win_run`, `best_loss_run`: longest runs of rounds with a positive and with a negative score.
    """

    player_id: str
    display_name: str
    seat: int
    score: int
    tricks_won: int
    highest_bid: int
    misplays: int
    is_winner: bool
    best_win_run: int
    best_loss_run: int


@dataclass(frozen=True, slots=True)
class Completion:
    """Write: the end of a game, with its summary and statistics. Goes with the append of the final event.

    Can't be applied twice: the second summary refuses the whole append. Every player must exist, bots too.
    `rounds`: one JSON object a round. `counted` False: there is a summary, but no statistics.
    """

    before: ClassVar[bool] = False

    game_id: str
    at_ms: int
    results: Sequence[PlayerResult]
    rounds: Sequence[Mapping[str, Any]] = ()
    counted: bool = True

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        await self.add_summary(connection)
        if self.counted:
            await self._add_results(connection)
        await StatusChanged(self.game_id, "completed", self.at_ms).apply(connection)

    async def _add_results(self, connection: Any) -> None:
        results = self.results
        await _sql.add_results(
            connection,
            game_id=self.game_id,
            at_ms=self.at_ms,
            player_ids=[result.player_id for result in results],
            seats=[result.seat for result in results],
            scores=[result.score for result in results],
            tricks_won=[result.tricks_won for result in results],
            highest_bids=[result.highest_bid for result in results],
            misplays=[result.misplays for result in results],
            winners=[result.is_winner for result in results],
        )

    async def add_summary(self, connection: Any) -> None:
        """The summary alone, without any statistics."""
        results = self.results
        await _sql.add_summary(
            connection,
            game_id=self.game_id,
            players=[_summary_entry(result) for result in results],
            rounds=[dict(played) for played in self.rounds],
            final_scores={result.player_id: result.score for result in results},
            highest_bid=max((result.highest_bid for result in results), default=None),
            highest_score=max((result.score for result in results), default=None),
            lowest_score=min((result.score for result in results), default=None),
            most_consecutive_wins=max((result.best_win_run for result in results), default=None),
            most_consecutive_losses=max((result.best_loss_run for result in results), default=None),
            highest_misplay=max((result.misplays for result in results), default=None),
            at_ms=self.at_ms,
        )


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """The summary of a finished game. `players`: objects with player_id, display_name, seat, score, tricks_won,
    highest_bid, misplays, is_winner; `final_scores`: score by player_id."""

    game_id: str
    players: list[dict[str, Any]]
    rounds: list[dict[str, Any]]
    final_scores: dict[str, int]
    highest_bid: int | None
    highest_score: int | None
    lowest_score: int | None
    most_consecutive_wins: int | None
    most_consecutive_losses: int | None
    highest_misplay: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LifetimeRow:
    """A player's statistics over all games; the streaks count games. All zero and None before the first one."""

    player_id: str
    games_played: int = 0
    games_won: int = 0
    highest_score: int | None = None
    lowest_score: int | None = None
    total_points: int = 0
    total_tricks_won: int = 0
    total_misplays: int = 0
    current_win_streak: int = 0
    current_loss_streak: int = 0
    most_consecutive_wins: int = 0
    most_consecutive_losses: int = 0
    last_game_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlayedRow:
    """One finished game in a player's history."""

    game_id: str
    game: str
    seat: int
    score: int
    tricks_won: int
    highest_bid: int
    misplays: int
    is_winner: bool
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """One line of a leaderboard. `value` is a share (0 to 1) for win_rate, a whole number otherwise."""

    rank: int
    player_id: str
    display_name: str
    value: float
    games_played: int


async def get_summary(db: Database, game_id: str) -> SummaryRow | None:
    """The summary of a finished game, None before that."""
    row = await db.one(_sql.get_summary, game_id=game_id)
    return None if row is None else SummaryRow(**_columns(SummaryRow, row) | {"game_id": str(row["game_id"])})


async def get_lifetime(db: Database, player_id: str) -> LifetimeRow:
    """A player's statistics; those of somebody who has not played are all zero."""
    row = await db.one(_sql.get_lifetime, player_id=player_id)
    if row is None:
        return LifetimeRow(player_id)
    return LifetimeRow(**_columns(LifetimeRow, row) | {"player_id": str(row["player_id"])})


async def history(
    db: Database, player_id: str, *, everything: bool = False, limit: int = 50, cursor: str | None = None
) -> tuple[list[PlayedRow], str | None]:
    """A player's finished games, the newest first, and the cursor of the next page (None: this was the last).

    Unless `everything`, those whose spectators have not seen the end yet are left out.

    Raises Rejected for a cursor that is none of ours.
    """
    before, game_id = _position(cursor)
    rows = await db.fetch(
        _sql.history,
        player_id=player_id,
        everything=everything,
        before=before,
        before_game=game_id,
        limit=limit + 1,
    )
    played = [PlayedRow(**_columns(PlayedRow, row) | {"game_id": str(row["game_id"])}) for row in rows[:limit]]
    last = played[-1] if len(rows) > limit else None
    return played, f"{last.completed_at.isoformat()}/{last.game_id}" if last else None


async def leaderboard(
    db: Database,
    metric: str,
    *,
    game: str | None = None,
    limit: int = 50,
    min_games: int = 10,
    include_bots: bool = False,
) -> list[LeaderRow]:
    """The best by one of `METRICS`, over all games or those of one kind. Equals: who got there earlier is first."""
    if metric not in METRICS:
        raise ValueError(f"no such metric: {metric}")
    bounds = {"metric": metric, "limit": limit, "min_games": min_games, "include_bots": include_bots}
    if game is None:
        rows = await db.fetch(_sql.leaderboard, **bounds)
    else:
        rows = await db.fetch(_sql.leaderboard_of_game, game=game, **bounds)
    return [
        LeaderRow(rank, str(row[0]), row[1], row[3] if metric == "win_rate" else int(row[3]), row[2])
        for rank, row in enumerate(rows, 1)
    ]


def _summary_entry(result: PlayerResult) -> dict[str, Any]:
    return {
        "player_id": result.player_id,
        "display_name": result.display_name,
        "seat": result.seat,
        "score": result.score,
        "tricks_won": result.tricks_won,
        "highest_bid": result.highest_bid,
        "misplays": result.misplays,
        "is_winner": result.is_winner,
    }


def _columns(record: Any, row: Row) -> dict[str, Any]:
    return {name: row[name] for name in record.__slots__}


def _position(cursor: str | None) -> tuple[datetime | None, str | None]:
    if cursor is None:
        return None, None
    moment, _, game_id = cursor.partition("/")
    try:
        return datetime.fromisoformat(moment), game_id
    except ValueError:
        raise Rejected("22007", "malformed cursor") from None
