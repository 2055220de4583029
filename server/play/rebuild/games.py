"""Summaries and results: what the log of a game makes of it. The only part that folds logs, in processes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from persistence.play.rebuild import Ledger, StoredGame
from persistence.play.statistics import Completion
from server.games.registry import Registry
from server.games.replay import fold
from server.games.table import Phase
from server.play.rebuild.differences import Data, Difference, LeftAlone, row_differences
from server.rooms.machine.writes import completion

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RESULT = (
    "game", "seat", "score", "tricks_won", "highest_bid", "misplays", "is_winner", "with_bots", "completed_at",
)  # fmt: skip
_SUMMARY = (
    "players", "rounds", "final_scores", "highest_bid", "highest_score", "lowest_score", "most_consecutive_wins",
    "most_consecutive_losses", "highest_misplay", "created_at",
)  # fmt: skip


@dataclass(slots=True)
class Checked:
    """What was found in some games. `corrected`: the games whose results are not right; `results`: their right ones."""

    games: int = 0
    differences: list[Difference] = field(default_factory=list)
    left_alone: list[LeftAlone] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    results: list[Data] = field(default_factory=list)


class CannotFold(Exception):
    """`broken`: it should be possible."""

    def __init__(self, reason: str, *, broken: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.broken = broken


async def check_games(ledger: Ledger, registry: Registry, game_ids: Sequence[str], *, mend: bool) -> Checked:
    """Fold these games and compare; with `mend`, write what is not right, game by game."""
    checked = Checked()
    for stored in await ledger.games(game_ids):
        checked.games += 1
        try:
            due = computed(registry, stored)
        except CannotFold as error:
            checked.left_alone.append(LeftAlone(stored.game_id, stored.game, error.reason, error.broken))
            continue
        summary = _summary_differences(stored, due)
        rows = _results(stored, due)
        results = _result_differences(stored, rows)
        checked.differences += [*summary, *results]
        if results:
            checked.corrected.append(stored.game_id)
            checked.results += rows.values()
        if mend and (summary or results):
            extra = [(stored.game_id, player) for player in stored.results.keys() - rows.keys()]
            async with ledger.transaction():
                if summary:
                    await ledger.put_summary(due)
                if results:
                    await ledger.put_results(list(rows.values()), extra)
    return checked


def computed(registry: Registry, stored: StoredGame) -> Completion:
    """What the log says. Raises `CannotFold`."""
    if stored.game not in registry:
        raise CannotFold("its rules are not installed here", broken=False)
    game, codec = registry.game(stored.game), registry.codec(stored.game)
    if stored.rules_version != game.version:
        raise CannotFold(f"rules version {stored.rules_version}; here is {game.version}", broken=False)
    if not stored.log:
        raise CannotFold("its log is not in this database any more", broken=False)
    if [event.index for event in stored.log] != list(range(stored.last_event_index + 1)):
        raise CannotFold("its log has gaps", broken=True)
    try:
        state = fold(game, (codec.from_data(event.type, event.payload) for event in stored.log))
        due = completion(game, state, stored.log[-1].at_ms)
    except Exception as error:
        raise CannotFold(f"its log can't be folded: {error}", broken=True) from error
    if state.table.game_id != stored.game_id or state.table.phase is not Phase.COMPLETED:
        raise CannotFold("its log is not that of this game to its end", broken=True)
    return due


def _summary_differences(stored: StoredGame, due: Completion) -> list[Difference]:
    row = orjson.loads(orjson.dumps(due.summary())) | {"created_at": _moment(due.at_ms)}
    return row_differences("game_summaries", {"game_id": stored.game_id}, _SUMMARY, stored.summary, row)


def _results(stored: StoredGame, due: Completion) -> dict[str, Data]:
    """The right rows by player, with the numbers that are there, and 0 for none. Nothing for what counts nowhere."""
    if not (due.counted and stored.was_room):
        return {}
    return {
        result.player_id: {
            "game_id": stored.game_id,
            "player_id": result.player_id,
            "game": stored.game,
            "seat": result.seat,
            "score": result.score,
            "tricks_won": result.figure("tricks_won"),
            "highest_bid": result.figure("highest_bid"),
            "misplays": result.misplays,
            "is_winner": result.is_winner,
            "with_bots": due.with_bots,
            "completed_at": _moment(due.at_ms),
            "played_no": _number(stored.results.get(result.player_id)),
        }
        for result in due.results
    }


def _result_differences(stored: StoredGame, rows: dict[str, Data]) -> list[Difference]:
    found: list[Difference] = []
    for player in sorted(stored.results.keys() | rows.keys()):
        key = {"game_id": stored.game_id, "player_id": player}
        found += row_differences("game_players", key, _RESULT, stored.results.get(player), rows.get(player))
    return found


def _number(row: Data | None) -> Any:
    return 0 if row is None else row["played_no"]


def _moment(at_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at_ms)
