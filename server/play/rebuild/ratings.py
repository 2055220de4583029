"""Ratings: the games in the order in which they were rated, folded again from the first to the last.

All that is held in memory is where players stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from persistence.play.ratings import FinishedGame, Key, Moved, Placed, Standing
from persistence.play.rebuild import Ledger
from server.play import limits
from server.play.ratings.model import rate
from server.play.rebuild.differences import Data, Difference, row_differences

_HISTORY = (
    "game", "pool", "rated_no", "mu_before", "sigma_before", "mu_after", "sigma_after", "completed_at",
)  # fmt: skip
_STANDING = ("mu", "sigma", "games", "last_game_at")


@dataclass(slots=True)
class _Fold:
    """Where everybody stands after the games so far."""

    standings: dict[Key, Standing] = field(default_factory=dict)
    last_game_at: dict[Key, datetime] = field(default_factory=dict)

    def rows(self, players: Sequence[Data]) -> list[Data]:
        """The rows of the history that the next game makes."""
        first = players[0]
        placed = tuple(Placed(str(row["player_id"]), row["score"], row["is_winner"]) for row in players)
        pool = "bots" if first["with_bots"] else "people"
        game = FinishedGame(str(first["game_id"]), first["game"], pool, first["completed_at"], placed)
        moves = rate(game, self.standings)
        for move in moves:
            self.last_game_at[move.player_id, game.game, pool] = game.completed_at
        return [_row(game, first["rated_no"], move) for move in moves]


async def check_ratings(
    ledger: Ledger, add: Callable[[list[Difference]], None], advance: Callable[[int], None], *, mend: bool
) -> None:
    """Hand on what is not as computed, and with `mend` write it; `advance` is told of games.

    To be called in one transaction, which has to be a snapshot unless the ratings are held.
    """
    await ledger.order_ratings()
    for row in await ledger.strange_history(mend=mend):
        key = {"game_id": str(row["game_id"]), "player_id": str(row["player_id"])}
        add([Difference("rating_history", key, None, row["stored"], None)])
    for game_id, is_there in await ledger.strange_queue(mend=mend):
        row = {"game_id": game_id, "consumer": "ratings"}
        add([Difference("finished_games", row, None, row if is_there else None, None if is_there else row)])
    fold = _Fold()
    await _check_history(ledger, fold, add, advance, mend=mend)
    await _check_standings(ledger, fold, add, mend=mend)
    stored, rated = await ledger.clock()
    if stored != rated:
        add([Difference("rating_clock", {}, "rated", stored, rated)])
        if mend:
            await ledger.set_clock(rated)


async def _check_history(
    ledger: Ledger,
    fold: _Fold,
    add: Callable[[list[Difference]], None],
    advance: Callable[[int], None],
    *,
    mend: bool,
) -> None:
    after = 0
    while players := await ledger.rated_games(after, limits.REBUILD_RATED_GAMES):
        wrong: list[Data] = []
        games = 0
        for number, group in groupby(players, lambda row: int(row["rated_no"])):
            after, games, rows = number, games + 1, list(group)
            for told, due in zip(rows, fold.rows(rows), strict=True):
                key = {"game_id": due["game_id"], "player_id": due["player_id"]}
                found = row_differences("rating_history", key, _HISTORY, told["stored"], due)
                if found:
                    add(found)
                    wrong.append(due)
        if mend and wrong:
            await ledger.put_history(wrong)
        advance(games)


async def _check_standings(ledger: Ledger, fold: _Fold, add: Callable[[list[Difference]], None], *, mend: bool) -> None:
    after: Key | None = None
    left = dict(fold.standings)
    while told := await ledger.standings(after, limits.REBUILD_RATED_GAMES):
        wrong: list[Data] = []
        for row in told:
            after = key = (str(row["player_id"]), row["game"], row["pool"])
            due = _standing(key, fold) if left.pop(key, None) is not None else None
            found = row_differences("player_ratings", _named(key), _STANDING, row["stored"], due)
            add(found)
            if found and due is not None:
                wrong.append(due)
            elif found and mend:
                await ledger.drop_standing(*key)
        if mend and wrong:
            await ledger.put_standings(wrong)
    missing = [_standing(key, fold) for key in left]
    add([Difference("player_ratings", _named(key), None, None, row) for key, row in zip(left, missing, strict=True)])
    if mend and missing:
        await ledger.put_standings(missing)


def _row(game: FinishedGame, number: int, move: Moved) -> Data:
    return {
        "game_id": game.game_id,
        "player_id": move.player_id,
        "game": game.game,
        "pool": game.pool,
        "rated_no": number,
        "mu_before": move.before.mu,
        "sigma_before": move.before.sigma,
        "mu_after": move.after.mu,
        "sigma_after": move.after.sigma,
        "completed_at": game.completed_at,
    }


def _standing(key: Key, fold: _Fold) -> Data:
    standing = fold.standings[key]
    return _named(key) | {
        "mu": standing.mu,
        "sigma": standing.sigma,
        "games": standing.games,
        "last_game_at": fold.last_game_at[key],
    }


def _named(key: Key) -> Data:
    player, game, pool = key
    return {"player_id": player, "game": game, "pool": pool}
