"""Ratings: every game once and in an order, by whichever server does it, whatever breaks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from persistence.database import Database
from persistence.errors import Rejected
from persistence.ids import new_game_id
from persistence.play import finished_games, ratings
from persistence.play.statistics import Completion
from server.play import limits
from server.play.metrics import PlayMetrics
from server.play.ratings.model import NEWCOMER
from server.play.ratings.service import Ratings
from tests.integration.play.test_statistics import people, result
from tests.support.event_logs import AT_MS, new_game


async def finish(db: Database, *players: str, at_ms: int = AT_MS, delay_s: int = 0, counted: bool = True) -> str:
    """The first of the players wins."""
    game_id = new_game_id()
    results = [result(player, -seat, won=seat == 0, seat=seat) for seat, player in enumerate(players)]
    new = new_game(game_id, game="eldorado")
    await db.apply(new, Completion(game_id, at_ms, results, counted=counted))
    if delay_s:
        async with db.transaction() as connection:
            await connection.execute(
                "update play.finished_games set due_at = now() + make_interval(secs => $1)", float(delay_s)
            )
    return game_id


async def told(db: Database) -> list[Any]:
    async with db.connection() as connection:
        return list(await connection.fetch("select * from play.rating_history order by rated_no, player_id"))


async def rate_all(*databases: Database, metrics: PlayMetrics | None = None) -> None:
    """Each of them as a server of its own."""

    async def work(database: Database) -> None:
        consumer = Ratings(metrics or PlayMetrics(CollectorRegistry())).consumer
        while await consumer.take_due(database):
            pass

    await asyncio.gather(*(work(database) for database in databases))


async def test_ratings_are_a_fold_in_the_order_of_their_numbers(database: Database) -> None:
    ada, bob, eve = await people(database, 3)
    games = [await finish(database, *order) for order in ((ada, bob), (bob, eve, ada), (eve, ada))]
    registry = CollectorRegistry()
    metrics = PlayMetrics(registry)
    await rate_all(database, metrics=metrics)
    rows = await told(database)
    assert [str(row["game_id"]) for row in rows if str(row["player_id"]) == ada] == games
    assert sorted({row["rated_no"] for row in rows}) == [1, 2, 3]
    for player in (ada, bob, eve):
        mu, sigma = NEWCOMER.mu, NEWCOMER.sigma
        own = [row for row in rows if str(row["player_id"]) == player]
        for row in own:
            assert (row["mu_before"], row["sigma_before"]) == (mu, sigma)
            mu, sigma = row["mu_after"], row["sigma_after"]
        (standing,) = await ratings.of_player(database, player)
        assert standing == ratings.RatingRow("eldorado", "people", mu, sigma, len(own))
    assert registry.get_sample_value("parlor_games_rated_total", {"pool": "people"}) == 3
    await rate_all(database, metrics=metrics)
    assert await told(database) == rows


async def test_games_that_do_not_count_are_not_rated(database: Database) -> None:
    ada, bob = await people(database, 2)
    await finish(database, ada, bob, counted=False)
    await finish(database, ada)
    await finish(database, ada, bob, delay_s=600)
    await rate_all(database)
    assert await told(database) == []
    assert await ratings.of_player(database, ada) == []
    async with database.connection() as connection:
        await connection.execute("update play.finished_games set due_at = now()")  # spectators have seen the end
    await rate_all(database)
    assert len(await told(database)) == 2


async def test_rating_waits_for_the_spectator_delay(database: Database) -> None:
    ada, bob = await people(database, 2)
    game_id = new_game_id()
    await database.apply(new_game(game_id, game="eldorado"))
    async with database.connection() as connection:
        await connection.execute("update play.games set config = '{\"spectator_delay_s\": 90}' where id = $1", game_id)
        await database.apply(Completion(game_id, AT_MS, [result(p, 1, won=False) for p in (ada, bob)]))
        (waits,) = await connection.fetchrow(
            "select extract(epoch from due_at) from play.finished_games where game_id = $1", game_id
        )
    assert float(waits) * 1000 == AT_MS + 90_000


async def test_several_servers_rate_every_game_once(dsn: str) -> None:
    databases = [await Database.open(dsn) for _ in range(3)]
    crowd = await people(databases[0], 4)
    count = 2 * limits.RATING_BATCH_GAMES + 7
    await asyncio.gather(*(finish(databases[0], *crowd[n % 3 :], at_ms=AT_MS + n % 5) for n in range(count)))
    while len({row["game_id"] for row in await told(databases[0])}) < count:
        await rate_all(*databases)
    rows = await told(databases[0])
    assert len({(row["rated_no"], row["game_id"]) for row in rows}) == count
    assert sorted({row["rated_no"] for row in rows}) == list(range(1, count + 1))
    for database in databases:
        await database.close()


async def test_a_crash_in_a_batch_leaves_nothing_behind(database: Database) -> None:
    ada, bob = await people(database, 2)
    for _ in range(3):
        await finish(database, ada, bob)

    async def crash() -> None:
        async with finished_games.due(database, "ratings", 10) as games:
            assert games is not None
            assert await Ratings(PlayMetrics(CollectorRegistry())).rate(games.connection, games.game_ids)
            await games.leave()
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        await crash()
    assert await told(database) == []
    await rate_all(database)
    assert len(await told(database)) == 6


async def test_history_comes_in_pages(database: Database) -> None:
    ada, bob = await people(database, 2)
    games = [await finish(database, ada, bob) for _ in range(5)]
    await rate_all(database)
    seen: list[str] = []
    cursor = None
    while True:
        page, cursor = await ratings.history(database, ada, game="eldorado", pool="people", limit=2, cursor=cursor)
        seen += [row.game_id for row in page]
        if cursor is None:
            break
    assert seen == games[::-1]
    assert (await ratings.history(database, ada, pool="bots"))[0] == []
    assert (await ratings.history(database, ada, game="relay"))[0] == []
    for made_up in ("x", "", "-1", "9" * 30, "²"):
        with pytest.raises(Rejected):
            await ratings.history(database, ada, cursor=made_up)
