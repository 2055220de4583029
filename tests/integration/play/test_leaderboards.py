"""Leaderboards page by page: nobody is left out and nobody comes twice, however many are equal."""

from __future__ import annotations

import pytest

from persistence.database import Database
from persistence.errors import Rejected
from persistence.play import leaderboards
from tests.integration.play.test_statistics import DAY_MS, finish, people, result
from tests.support.event_logs import AT_MS


async def read(database: Database, metric: str, limit: int, **bounds: object) -> list[leaderboards.LeaderRow]:
    """All of it, page by page."""
    rows: list[leaderboards.LeaderRow] = []
    cursor: str | None = None
    while True:
        page, cursor = await leaderboards.leaderboard(database, metric, limit=limit, cursor=cursor, **bounds)  # type: ignore[arg-type]
        rows += page
        assert len(page) == limit or cursor is None
        if cursor is None:
            return rows


async def test_ties_are_neither_skipped_nor_repeated_across_pages(database: Database) -> None:
    players = await people(database, 12)
    for number, player in enumerate(players):  # many equals, and several at the very same moment
        for turn in range(2):
            won, at_ms = (number + turn) % 2 == 0, AT_MS + number % 3 * DAY_MS
            await finish(database, result(player, number % 4, won=won, tricks=1), at_ms=at_ms)
    for metric in leaderboards.METRICS[:-1]:
        for game in (None, "relay"):
            whole, end = await leaderboards.leaderboard(database, metric, game=game, min_games=2)
            assert end is None
            assert {row.player_id for row in whole} == set(players)
            assert [row.rank for row in whole] == list(range(1, 13))
            assert [row.value for row in whole] == sorted((row.value for row in whole), reverse=True)
            for limit in (1, 5, 12):
                assert await read(database, metric, limit, game=game, min_games=2) == whole, (metric, game, limit)
    assert await read(database, "wins", 5, min_games=10) == []


async def test_uncertain_ratings_are_left_out(database: Database) -> None:
    players = await people(database, 6)
    async with database.connection() as connection:
        for number, player in enumerate(players):
            await connection.execute(
                "insert into play.player_ratings values ($1, 'eldorado', $2, $3, $4, $5, now())",
                player, "bots" if number == 5 else "people", 25.0 + number // 2, 3.0 + number, 10 + number,
            )  # fmt: skip
    bounds = {"game": "eldorado", "pool": "people", "sigma_max": 6.5}
    rows = await read(database, "rating", 2, **bounds)
    assert [(row.value, row.games_played) for row in rows] == [(26.0, 12), (26.0, 13), (25.0, 10), (25.0, 11)]
    assert {row.player_id for row in rows} == set(players[:4])
    assert await read(database, "rating", 2, **bounds | {"pool": "bots"}) == []
    assert len(await read(database, "rating", 2, **bounds | {"pool": "bots", "sigma_max": 9.0})) == 1
    assert [row.player_id for row in await read(database, "rating", 2, **bounds, min_games=13)] == [players[3]]


@pytest.mark.parametrize(
    "cursor", ["", "x", "1/2/3", "1/2/3/4", "1/x/3/01890000-0000-7000-8000-000000000000", f"1/2/{10**30}/" + "0" * 32]
)
async def test_forged_cursors_are_refused(database: Database, cursor: str) -> None:
    with pytest.raises(Rejected):
        await leaderboards.leaderboard(database, "wins", cursor=cursor)
