"""Bots against bots: the same deals on every seat, the same result again, and the stronger level wins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.cli.bot_games import Budget, Contest, Outcome, pairings, schedule
from server.cli.bots import Asked, tournament, wilson
from server.clock import SystemClock
from server.errors import StartupError
from tests.support.virtual_table import REGISTRY


def asked(**changes: Any) -> Asked:
    given: dict[str, Any] = {
        "game": "eldorado",
        "players": "2,3",
        "games": 2,
        "levels": "random,steady",
        "alone": None,
        "iterations": 4,
        "think_ms": None,
        "processes": 1,
        "seed": 1,
        "target": None,
    }
    return Asked(**{**given, **changes})


def contest(iterations: int) -> Contest:
    return Contest(REGISTRY, Budget(iterations), SystemClock())


def test_a_challenger_sits_on_every_seat_of_every_deal() -> None:
    deals = schedule("eldorado", "strong", "steady", players=3, games=7, seed=5)
    assert len(deals) == 3
    for deal in deals:
        assert [duel.levels.index("strong") for duel in deal] == [0, 1, 2]
        assert all(duel.levels.count("steady") == 2 for duel in deal)
        assert len({duel.deal for duel in deal}) == 1
    assert len({duel.deal for deal in deals for duel in deal}) == 3


def test_who_meets_whom() -> None:
    levels = ["random", "steady", "strong"]
    assert pairings(levels, 2, levels) == [("steady", "random"), ("strong", "random"), ("strong", "steady")]
    assert sorted(pairings(levels, 4, levels)) == sorted((a, b) for a in levels for b in levels if a != b)
    assert pairings(levels, 4, ["strong"]) == [("strong", "random"), ("strong", "steady")]


def test_ranks_of_those_who_tie() -> None:
    outcome = Outcome(scores=(5, 9, 5, -3))
    assert [outcome.rank(seat) for seat in range(4)] == [2.5, 1.0, 2.5, 4.0]


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert wilson(10, 10)[1] == 1.0
    assert wilson(10, 10)[0] < 0.75


def test_a_game_can_be_repeated() -> None:
    (duel, other), *_ = schedule("eldorado", "strong", "steady", players=2, games=2, seed=9)
    first, again = contest(3).play(duel), contest(3).play(duel)
    assert (first.scores, first.iterations) == (again.scores, again.iterations)
    assert contest(3).play(other).scores != first.scores
    assert max(first.iterations["strong"]) <= 3
    assert sum(first.shares) == 1


@pytest.mark.parametrize(("players", "games"), [(2, 12), (4, 8)])
def test_strong_beats_steady_clearly(players: int, games: int) -> None:
    """With twenty iterations a move, a hundredth of what it usually has. Nothing here is left to chance."""
    duels = [duel for deal in schedule("eldorado", "strong", "steady", players, games, 2) for duel in deal]
    won = lead = 0.0
    for duel in duels:
        outcome, seat = contest(20).play(duel), duel.levels.index("strong")
        mine = outcome.scores[seat]
        won += outcome.shares[seat] / games
        lead += (mine - (sum(outcome.scores) - mine) / (players - 1)) / games
    assert won >= 1.4 / players
    assert lead >= 8


def test_a_tournament(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tournament(asked(target=tmp_path / "table.json")) == 0
    rows = json.loads((tmp_path / "table.json").read_text())
    assert [(row["players"], row["level"], row["against"]) for row in rows] == [
        (2, "steady", "random"),
        (3, "random", "steady"),
        (3, "steady", "random"),
    ]
    assert [row["games"] for row in rows] == [2, 3, 3]
    for row in rows:
        assert row["win_share_interval"][0] <= row["win_share"] <= row["win_share_interval"][1]
        assert row["mean_rank_interval"][0] <= row["mean_rank"] <= row["mean_rank_interval"][1]
        assert row["iterations_p50"] is None
    assert len(capsys.readouterr().out.splitlines()) == 2 + len(rows)


@pytest.mark.parametrize(
    ("changes", "option"),
    [
        ({"game": "chess"}, "--game"),
        ({"game": "relay", "levels": None}, "--levels"),
        ({"levels": "steady"}, "--levels"),
        ({"levels": "steady,steady"}, "--levels"),
        ({"levels": "steady,perfect"}, "--levels"),
        ({"alone": "strong"}, "--alone"),
        ({"players": "two"}, "--players"),
        ({"players": ""}, "--players"),
        ({"players": "2,11"}, "--players"),
        ({"players": "1"}, "--players"),
        ({"players": "-3"}, "--players"),
    ],
)
def test_what_cannot_be_played_is_named(changes: dict[str, Any], option: str) -> None:
    with pytest.raises(StartupError, match=option) as raised:
        tournament(asked(**changes))
    assert raised.value.exit_code == 2
