"""The outbox of finished games: every consumer gets every game that is for it, exactly once."""

from __future__ import annotations

import asyncio

import pytest

from persistence.database import Database
from persistence.play import finished_games
from tests.integration.play.test_ratings import finish
from tests.integration.play.test_statistics import people

CONSUMER = "counting"


async def add_consumer(db: Database, name: str = CONSUMER, min_players: int = 1) -> None:
    async with db.connection() as connection:
        await connection.execute("insert into play.finished_game_consumers values ($1, $2)", name, min_players)


async def take_all(db: Database, limit: int = 3) -> list[str]:
    found: list[str] = []
    while True:
        async with finished_games.take(db, CONSUMER, limit) as taken:
            if taken is None:
                return found
            found += taken.game_ids


async def take_and_fail(db: Database) -> None:
    async with finished_games.take(db, CONSUMER, 1) as taken:
        assert taken is not None
        await taken.connection.execute("update play.players set display_name = 'Half done'")
        raise RuntimeError("killed in the middle")


async def test_a_consumer_gets_the_games_with_enough_players(database: Database) -> None:
    ada, bob = await people(database, 2)
    await add_consumer(database)
    alone, together = await finish(database, ada), await finish(database, ada, bob)
    await finish(database, ada, bob, counted=False)
    async with database.connection() as connection:
        rows = await connection.fetch("select consumer, game_id::text from play.finished_games")
    assert {tuple(row) for row in rows} == {(CONSUMER, alone), (CONSUMER, together), ("ratings", together)}


async def test_consumers_take_their_games_independently(database: Database) -> None:
    ada, bob = await people(database, 2)
    await add_consumer(database)
    game_id = await finish(database, ada, bob)
    assert await take_all(database) == [game_id]
    assert not await finished_games.is_any_due(database, CONSUMER)
    assert await finished_games.is_any_due(database, "ratings")


async def test_games_wait_again_when_their_consumer_fails(database: Database) -> None:
    ada, bob = await people(database, 2)
    await add_consumer(database)
    game_id = await finish(database, ada, bob)
    with pytest.raises(RuntimeError):
        await take_and_fail(database)
    async with database.connection() as connection:
        assert await connection.fetchval("select count(*) from play.players where display_name = 'Half done'") == 0
    assert await take_all(database) == [game_id]


async def test_two_servers_share_the_games_of_one_consumer(dsn: str) -> None:
    databases = [await Database.open(dsn) for _ in range(2)]
    ada, bob = await people(databases[0], 2)
    await add_consumer(databases[0])
    games = [await finish(databases[0], ada, bob) for _ in range(20)]
    first, second = await asyncio.gather(*(take_all(database) for database in databases))
    assert sorted(first + second) == sorted(games)
    for database in databases:
        await database.close()
