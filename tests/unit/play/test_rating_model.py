"""What a game does to ratings, against values that were calculated by hand from the paper of Weng and Lin (2011)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from persistence.play.ratings import FinishedGame, Key, Placed, Standing
from server.play.ratings import scale
from server.play.ratings.model import NEWCOMER, ranks, rate

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def game(*players: tuple[str, int, bool], pool: str = "people", name: str = "eldorado") -> FinishedGame:
    return FinishedGame("g", name, pool, WHEN, tuple(Placed(*player) for player in players))


def test_two_newcomers() -> None:
    won, lost = rate(game(("ada", 30, True), ("bob", 10, False)), {})
    assert (won.before, lost.before) == (NEWCOMER, NEWCOMER)
    assert (won.after.mu, won.after.sigma) == pytest.approx((27.635389493140497, 8.06590141354368))
    assert (lost.after.mu, lost.after.sigma) == pytest.approx((22.364610506859503, 8.06590141354368))
    assert won.after.games == lost.after.games == 1


def test_four_newcomers_of_whom_two_share_a_rank() -> None:
    moves = rate(game(("ada", 20, False), ("bob", 30, True), ("eve", 20, False), ("kim", -5, False)), {})
    expected = [
        (24.689416369722096, 8.17961798837266),
        (27.795252672501135, 8.263571791259416),
        (24.689416369722096, 8.17961798837266),
        (22.825914588054673, 8.17961798837266),
    ]
    assert [(move.after.mu, move.after.sigma) for move in moves] == [pytest.approx(each) for each in expected]


def test_ranks() -> None:
    def of(*players: tuple[int, bool]) -> list[int]:
        return ranks([Placed("x", score, won) for score, won in players])

    assert of((5, False), (9, True), (7, False)) == [3, 1, 2]
    assert of((7, True), (7, True), (1, False), (1, False)) == [1, 1, 3, 3]
    assert of((1, True), (9, False)) == [1, 2]  # the winner is first, whatever scores mean in this game
    assert of(*[(0, True)] * 10) == [1] * 10


def test_a_rating_belongs_to_one_game_and_one_pool() -> None:
    standings: dict[Key, Standing] = {}
    rate(game(("ada", 2, True), ("bob", 1, False)), standings)
    rate(game(("ada", 2, True), ("bob", 1, False), pool="bots"), standings)
    rate(game(("ada", 2, True), ("bob", 1, False)), standings)
    assert standings["ada", "eldorado", "people"].games == 2
    assert standings["ada", "eldorado", "people"].mu > standings["ada", "eldorado", "bots"].mu > NEWCOMER.mu
    assert ("ada", "relay", "people") not in standings


def test_the_scale_that_is_shown() -> None:
    assert (scale.rating(NEWCOMER.mu), scale.deviation(NEWCOMER.sigma)) == (1500.0, 350.0)
    assert scale.is_provisional(NEWCOMER.sigma)
    assert (scale.rating(27.5), scale.deviation(7.0), scale.change(-0.5)) == (1605.0, 294.0, -21.0)
    assert not scale.is_provisional(7.0)
    assert not scale.is_provisional(scale.SETTLED_SIGMA)
