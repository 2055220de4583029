"""Opening and closing the door to Postgres, and what is said when it stays shut."""

from __future__ import annotations

import asyncio

import pytest

from persistence.database import Database
from persistence.errors import BadDatabaseUrl, Conflict, Rejected, Unavailable
from tests.support.cutting_proxy import CuttingProxy, Mode
from tests.support.postgres import Server, scratch_folder, with_database


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://u:secret@h/x", "postgresql://u:secret@h:port/x", "postgresql:///x?sslmode=secret"],
)
async def test_a_malformed_url_is_named(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as error:
        await Database.open(url)
    assert "secret" not in str(error.value)


async def test_an_unreachable_server_is_named() -> None:
    with pytest.raises(Unavailable) as error:
        await Database.open("postgresql://user:secret@127.0.0.1:1/x")
    assert "secret" not in str(error.value)
    assert error.value.retryable


async def test_a_missing_database_is_named(postgres: Server) -> None:
    with pytest.raises(BadDatabaseUrl, match="nowhere"):
        await Database.open(with_database(postgres.dsn, "nowhere"))


async def test_a_violated_constraint_is_named(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "insert into play.players (user_id, display_name, avatar_seed, color) values ('u', 'secret', '', '')"
        )
    with pytest.raises(Conflict) as conflict:
        async with database.transaction() as connection:
            await connection.execute(
                "insert into play.players (user_id, display_name, avatar_seed, color) values ('u', '', '', '')"
            )
    assert conflict.value.constraint == "players_user_id_key"
    with pytest.raises(Rejected) as rejected:
        async with database.connection() as connection:
            await connection.execute("insert into play.players (display_name) values ('secret')")
    assert rejected.value.sqlstate == "23502"
    assert "secret" not in str(rejected.value)


async def test_an_exhausted_pool_fails_at_its_deadline(dsn: str) -> None:
    database = await Database.open(dsn, pool_size=1, acquire_timeout_s=0.05)
    async with database.connection():
        with pytest.raises(Unavailable):
            await database.ping()
    await database.ping()
    await database.close()


async def test_a_server_that_does_not_answer_fails_at_the_deadline(dsn: str) -> None:
    with scratch_folder() as folder:
        async with CuttingProxy(dsn, folder) as proxy:
            database = await Database.open(proxy.dsn, command_timeout_s=0.1, connect_timeout_s=0.3)
            await database.ping()
            proxy.mode = Mode.SWALLOW_ANSWERS
            with pytest.raises(Unavailable):
                await database.ping()
            await asyncio.wait_for(database.close(0.2), 5)


async def test_a_frozen_server_costs_one_deadline(dsn: str) -> None:
    """Not a second time to give the connection back."""
    with scratch_folder() as folder:
        async with CuttingProxy(dsn, folder) as proxy:
            database = await Database.open(proxy.dsn, command_timeout_s=2.0)
            await database.ping()
            proxy.flowing.clear()
            with pytest.raises(Unavailable):
                await asyncio.wait_for(database.ping(), 3.5)
            proxy.flowing.set()
            await database.ping()
            await database.close()


async def test_reads_succeed_after_a_cut(dsn: str) -> None:
    with scratch_folder() as folder:
        async with CuttingProxy(dsn, folder) as proxy:
            database = await Database.open(proxy.dsn)
            await database.ping()
            proxy.mode = Mode.CUT_BEFORE_ANSWER
            with pytest.raises(Unavailable):
                await database.ping()
            await database.ping()
            await database.close()


async def test_closing_has_a_deadline(dsn: str) -> None:
    database = await Database.open(dsn)
    borrowed = database.connection()
    await borrowed.__aenter__()
    await asyncio.wait_for(database.close(0.05), 5)
    with pytest.raises(Unavailable):
        await database.ping()
    await borrowed.__aexit__(None, None, None)
