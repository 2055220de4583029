"""Scores in bins: nothing is lost, and a picture has room for them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.play import limits
from server.play.rules.scores import bins


def test_bins_begin_at_multiples_of_their_width() -> None:
    assert bins([]) == []
    assert bins([7]) == [{"from": 7, "to": 7, "count": 1}]
    assert bins([-1, 1, 1]) == [
        {"from": -1, "to": -1, "count": 1},
        {"from": 0, "to": 0, "count": 0},
        {"from": 1, "to": 1, "count": 2},
    ]
    wide = bins([-33, 0, 99])
    assert (wide[0], wide[-1]) == ({"from": -35, "to": -31, "count": 1}, {"from": 95, "to": 99, "count": 1})


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=50))
def test_every_score_is_in_one_bin(scores: list[int]) -> None:
    found = bins(scores)
    assert len(found) <= limits.SCORE_BINS_MAX
    assert len({each["to"] - each["from"] for each in found}) == 1
    assert all(one["to"] + 1 == following["from"] for one, following in pairwise(found))
    for each in found:
        assert each["count"] == sum(each["from"] <= score <= each["to"] for score in scores)
    assert sum(each["count"] for each in found) == len(scores)
    assert found[0]["count"] and found[-1]["count"]
