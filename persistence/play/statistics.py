"""What remains of finished games: summaries, one result a player and game, statistics over all and by game."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from persistence import driver
from persistence.database import Database, Row
from persistence.page import Keyset
from persistence.play.figures import FIGURES, FIRST_VALUES, MOVES
from persistence.play.games import StatusChanged

_sql = driver.load(
    Path(__file__).with_suffix(".sql"), figures=", ".join(FIGURES), first_values=FIRST_VALUES, moves=MOVES
)
_RUNS = ("best_win_run", "best_loss_run")  # of the whole game: columns of the summary
_PAGES = Keyset(datetime, UUID)  # completed_at, game_id


@dataclass(frozen=True, slots=True)
class PlayerResult:
    """How one player came out of one game.

    `figures`: the game's own numbers by name. Columns and statistics exist for `tricks_won`, `highest_bid`, and for
    `best_win_run` and `best_loss_run`, the longest runs of rounds with a positive and with a negative score.
    """

    player_id: str
    display_name: str
    seat: int
    score: int
    misplays: int
    is_winner: bool
    is_bot: bool = False
    figures: Mapping[str, int] = field(default_factory=dict)

    def figure(self, name: str) -> int:
        """One of the figures; 0 in a game that has no such figure."""
        return self.figures.get(name, 0)


@dataclass(frozen=True, slots=True)
class Completion:
    """Write: the end of a game, with its summary and statistics. Goes with the append of the final event.

    Can't be applied twice: the second summary refuses the whole append. Every player must exist, bots too.
    `rounds`: one JSON object a round. `counted` False: there is a summary, but no statistics and no `finished_games`.
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
            tricks_won=[result.figure("tricks_won") for result in results],
            highest_bids=[result.figure("highest_bid") for result in results],
            misplays=[result.misplays for result in results],
            winners=[result.is_winner for result in results],
            with_bots=self.with_bots,
        )

    @property
    def with_bots(self) -> bool:
        """Whether a bot sat at the table."""
        return any(result.is_bot for result in self.results)

    async def add_summary(self, connection: Any) -> None:
        """The summary alone, without any statistics."""
        await _sql.add_summary(connection, game_id=self.game_id, at_ms=self.at_ms, **self.summary())

    def summary(self) -> dict[str, Any]:
        """The columns of the summary that follow from the results."""
        results = self.results
        return {
            "players": [_summary_entry(result) for result in results],
            "rounds": [dict(played) for played in self.rounds],
            "final_scores": {result.player_id: result.score for result in results},
            "highest_bid": self._highest("highest_bid"),
            "highest_score": max((result.score for result in results), default=None),
            "lowest_score": min((result.score for result in results), default=None),
            "most_consecutive_wins": self._highest("best_win_run"),
            "most_consecutive_losses": self._highest("best_loss_run"),
            "highest_misplay": max((result.misplays for result in results), default=None),
        }

    def _highest(self, figure: str) -> int | None:
        """The highest value of a figure; None in a game that has no such figure."""
        return max((result.figures[figure] for result in self.results if figure in result.figures), default=None)


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
    """A player's statistics over all games; the streaks count games. All zero and None before the first one.

    `games_with_bots`: of the games played; `wins_with_bots`: of the games won.
    """

    player_id: str
    games_played: int = 0
    games_won: int = 0
    games_with_bots: int = 0
    wins_with_bots: int = 0
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
class GameStatsRow:
    """A player's statistics over the games of one kind, of which there is at least one."""

    game: str
    games_played: int
    games_won: int
    games_with_bots: int
    wins_with_bots: int
    highest_score: int | None
    lowest_score: int | None
    total_points: int
    total_tricks_won: int
    total_misplays: int
    most_consecutive_wins: int
    most_consecutive_losses: int
    last_game_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlayedRow:
    """One finished game in a player's history.

    `players`: how many sat there; `rank`: 1 is best, equals share it. `mu_change`: None as long as it is not rated.
    """

    game_id: str
    game: str
    seat: int
    score: int
    tricks_won: int
    highest_bid: int
    misplays: int
    is_winner: bool
    completed_at: datetime
    players: int
    rank: int
    mu_change: float | None


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

    Raises MalformedCursor.
    """
    before, game_id = (None, None) if cursor is None else _PAGES.decode(cursor)
    rows = await db.fetch(
        _sql.history,
        player_id=player_id,
        everything=everything,
        before=before,
        before_game=game_id,
        limit=limit + 1,
    )
    page, following = _PAGES.cut(rows, limit, lambda row: (row["completed_at"], row["game_id"]))
    return [PlayedRow(**_columns(PlayedRow, row) | {"game_id": str(row["game_id"])}) for row in page], following


async def by_game(db: Database, player_id: str) -> list[GameStatsRow]:
    """A player's statistics game by game, in the order of the games' names."""
    rows = await db.fetch(_sql.by_game, player_id=player_id)
    return [GameStatsRow(**_columns(GameStatsRow, row)) for row in rows]


async def scores(db: Database, player_id: str, game: str, *, everything: bool = False, limit: int) -> list[int]:
    """A player's scores in the newest games of one kind, the newest first; `everything` as in `history`."""
    rows = await db.fetch(_sql.scores, player_id=player_id, game=game, everything=everything, limit=limit)
    return [row["score"] for row in rows]


def _summary_entry(result: PlayerResult) -> dict[str, Any]:
    return {
        "player_id": result.player_id,
        "display_name": result.display_name,
        "seat": result.seat,
        "score": result.score,
        "misplays": result.misplays,
        "is_winner": result.is_winner,
    } | {name: value for name, value in result.figures.items() if name not in _RUNS}


def _columns(record: Any, row: Row) -> dict[str, Any]:
    return {name: row[name] for name in record.__slots__}
