"""After a game: every consumer gets every game once, whichever server ended it and whatever is killed."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from migrations import runner
from persistence.database import Database
from persistence.ids import new_game_id
from persistence.play.statistics import Completion
from server.play.service.after_game import Consumer
from tests.integration.play.test_statistics import people, result
from tests.support.event_logs import AT_MS, new_game
from tests.support.postgres import Server

BEFORE = "202611211900"

# What a server does that dies behind its effect and before its commit.
_DIES = """
import asyncio, sys
from persistence.database import Database
from server.play.service.after_game import Consumer

async def take(connection, game_ids):
    await connection.executemany("insert into taken values ($1)", [(game_id,) for game_id in game_ids])
    print("taken", flush=True)
    await asyncio.sleep(600)

async def main():
    await Consumer("typing", take).take_due(await Database.open(sys.argv[1]))

asyncio.run(main())
"""


async def finish(db: Database, *players: str, counted: bool = True) -> str:
    game_id = new_game_id()
    results = [result(player, -seat, won=seat == 0, seat=seat) for seat, player in enumerate(players)]
    await db.apply(new_game(game_id), Completion(game_id, AT_MS, results, counted=counted))
    return game_id


async def remember(connection: Any, game_ids: Sequence[str]) -> bool:
    await connection.executemany("insert into taken values ($1)", [(game_id,) for game_id in game_ids])
    return True


async def prepare(db: Database, *consumers: Consumer) -> None:
    async with db.connection() as connection:
        await connection.execute("create table taken (game_id uuid)")
    for consumer in consumers:
        await consumer.register(db)


async def taken(db: Database) -> list[str]:
    async with db.connection() as connection:
        return [str(row[0]) for row in await connection.fetch("select game_id from taken")]


async def waiting(db: Database) -> Counter[str]:
    async with db.connection() as connection:
        return Counter([row[0] for row in await connection.fetch("select consumer from play.finished_games")])


async def test_a_game_waits_for_each_consumer_that_wants_it(database: Database) -> None:
    await prepare(database, Consumer("typing", remember), Consumer("teams", remember, players_min=3))
    ada, bob, eve = await people(database, 3)
    await finish(database, ada)
    assert await waiting(database) == {"typing": 1}
    await finish(database, ada, bob)
    assert await waiting(database) == {"typing": 2, "ratings": 1}
    await finish(database, ada, bob, eve)
    assert await waiting(database) == {"typing": 3, "ratings": 2, "teams": 1}
    await finish(database, ada, bob, eve, counted=False)
    assert await waiting(database) == {"typing": 3, "ratings": 2, "teams": 1}


async def test_two_servers_take_every_game_once(dsn: str) -> None:
    databases = [await Database.open(dsn) for _ in range(2)]
    consumer = Consumer("typing", remember, batch=3)
    await prepare(databases[0], consumer)
    (ada,) = await people(databases[0], 1)
    games = [await finish(databases[0], ada) for _ in range(20)]

    async def serve(db: Database) -> None:
        while len(await taken(db)) < len(games):
            await consumer.take_due(db)

    async with asyncio.timeout(30):
        await asyncio.gather(*(serve(db) for db in databases))
    assert await taken(databases[0]) == games  # in the order in which they ended
    assert await waiting(databases[0]) == {}
    for db in databases:
        await db.close()


async def test_a_server_that_is_killed_while_it_takes_games_has_taken_none(dsn: str) -> None:
    database = await Database.open(dsn)
    consumer = Consumer("typing", remember)
    await prepare(database, consumer)
    (ada,) = await people(database, 1)
    games = [await finish(database, ada) for _ in range(3)]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _DIES, dsn, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"taken\n"
    assert not await consumer.take_due(database)  # the other one is at it
    assert await taken(database) == []
    process.send_signal(signal.SIGKILL)
    await process.wait()
    async with asyncio.timeout(30):
        while await waiting(database):
            await consumer.take_due(database)
    assert sorted(await taken(database)) == sorted(games)
    await database.close()


async def test_games_wait_on_when_their_consumer_fails_or_has_no_time(database: Database) -> None:
    async def fail(connection: Any, game_ids: Sequence[str]) -> bool:
        await remember(connection, game_ids)
        raise RuntimeError("bug")

    async def not_now(connection: Any, game_ids: Sequence[str]) -> bool:
        return False

    lags: list[float] = []
    await prepare(database, Consumer("typing", fail))
    (ada,) = await people(database, 1)
    await finish(database, ada)
    with pytest.raises(RuntimeError):
        await Consumer("typing", fail).take_due(database)
    assert not await Consumer("typing", not_now, on_lag=lags.append).take_due(database)
    assert await taken(database) == []
    assert await waiting(database) == {"typing": 1}
    assert lags[0] > 0


def test_games_that_waited_for_their_rating_wait_on_after_the_migration(postgres: Server) -> None:
    dsn = postgres.create()
    runner.upgrade(dsn, BEFORE)
    queue, waiting = "select game_id::text from play.rating_queue", "select game_id::text from play.finished_games"
    first, second = new_game_id(), new_game_id()
    with psycopg.connect(dsn, autocommit=True) as connection:
        for game_id in (first, second):
            connection.execute(
                "insert into play.games (id, game, rules_version, config, session_seed) "
                "values (%s, 'relay', 1, '{}', 'x')",
                [game_id],
            )
        connection.execute("insert into play.rating_queue values (%s, now())", [first])
        runner.upgrade(dsn)
        assert connection.execute(waiting).fetchall() == [(first,)]
        # A server of the version before, that still serves, puts a game in and takes one out.
        connection.execute("insert into play.rating_queue (game_id, due_at) values (%s, now())", [second])
        connection.execute("delete from play.rating_queue where game_id = any(%s)", [[first]])
        assert connection.execute(f"{waiting} where consumer = 'ratings'").fetchall() == [(second,)]
        runner.downgrade(dsn, BEFORE)
        assert connection.execute(queue).fetchall() == [(second,)]
        runner.upgrade(dsn)
        assert connection.execute(waiting).fetchall() == [(second,)]
    postgres.drop(dsn)
