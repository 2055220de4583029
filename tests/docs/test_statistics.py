"""docs/statistics.md has the keys of the answers, and the numbers of the code."""

from __future__ import annotations

from dataclasses import fields

from persistence.play.leaderboards import LeaderRow
from persistence.play.statistics import GameStatsRow, PlayedRow
from server import limits
from server.play import limits as play_limits
from server.play.ratings import scale
from server.play.ratings.model import NEWCOMER
from tests.docs.pages import codes, page, rows, section

PAGE = page("statistics")
ANSWERS = [codes(row[1]) for row in rows(section(PAGE, "Over HTTP"))]


def keys(first: str) -> list[str]:
    """The keys of the objects in the list of this name, in the row where it stands first."""
    return next(row[1:] for row in ANSWERS if row[0] == first)


def test_every_key_of_the_answers_is_described() -> None:
    assert keys("by_game") == [field.name for field in fields(GameStatsRow)]
    (history,) = [row[1:] for row in ANSWERS if row[-1] == "rating_change"]
    assert history[:-1] == [field.name for field in fields(PlayedRow)][:-1]
    (leaders,) = [row[2:] for row in ANSWERS if row[0] == "metric"]
    assert leaders == [field.name for field in fields(LeaderRow)]


def test_the_numbers_are_those_of_the_code() -> None:
    assert (NEWCOMER.mu, NEWCOMER.sigma) == (scale.MODEL_MIDDLE, 25 / 3)
    assert f"`rating = {scale.MIDDLE:.0f} + {scale.POINTS_PER_MU:.0f} * (mu - {scale.MODEL_MIDDLE:.0f})`" in PAGE
    assert f"a deviation above {scale.PROVISIONAL_ABOVE:.0f}" in PAGE
    assert f"deviation of {scale.deviation(NEWCOMER.sigma):.0f}" in " ".join(PAGE.split())
    assert f"At most {play_limits.SCORE_BINS_MAX} bins" in PAGE
    assert f"newest {play_limits.SCORE_GAMES_MAX:,} games" in PAGE
    assert f"({play_limits.LEADERBOARD_GAMES_MIN} unless" in PAGE
    assert f"The first {play_limits.REBUILD_SHOWN_MAX} are printed" in PAGE
    assert f"{limits.PAGE_ITEMS_MAX} at most" in PAGE
