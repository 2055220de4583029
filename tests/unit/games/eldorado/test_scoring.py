from __future__ import annotations

import pytest

from server.games.eldorado.scoring import longest_runs, round_deltas, score, winners


@pytest.mark.parametrize(("bid", "tricks", "delta"), [(0, 0, 5), (3, 3, 8), (0, 1, -5), (3, 2, -8), (10, 0, -15)])
def test_score(bid: int, tricks: int, delta: int) -> None:
    assert score(bid, tricks) == delta


def test_who_was_not_dealt_in_scores_nothing() -> None:
    assert round_deltas("abc", {"a": 1, "c": 0}, {"a": 1, "c": 2}) == {"a": 6, "b": 0, "c": -5}


def test_ties_share_the_win_and_somebody_wins_below_zero() -> None:
    assert winners({"a": -9, "b": -5, "c": -5}, "abc") == ("b", "c")


@pytest.mark.parametrize(
    ("deltas", "runs"),
    [([], (0, 0)), ([5, 6, -5, 7], (2, 1)), ([5, 0, 6], (1, 0)), ([-5, -6, -7, 0, -5], (0, 3)), ([0, 0], (0, 0))],
)
def test_runs_are_broken_by_rounds_without_a_score(deltas: list[int], runs: tuple[int, int]) -> None:
    assert longest_runs(deltas) == runs
