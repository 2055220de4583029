"""Leases on a real Postgres: one holder at a time, whatever becomes of the holder."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import pytest

from persistence.database import Database
from persistence.errors import Unavailable
from persistence.lease import Leases

_HOLDER = """
import asyncio, sys
from persistence.database import Database
from persistence.lease import Leases

async def main():
    leases = Leases(await Database.open(sys.argv[1]))
    async with leases.hold("job") as is_ours:
        print(is_ours, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def is_free(leases: Leases, name: str = "job") -> bool:
    async with leases.hold(name) as is_ours:
        return is_ours


async def test_one_holder_at_a_time(database: Database) -> None:
    one, other = Leases(database), Leases(database)
    async with one.hold("job") as is_ours:
        assert is_ours
        assert not await is_free(other)
        assert not await is_free(one), "two tasks of one server exclude each other as well"
        assert await is_free(other, "another job")
    assert await is_free(other)
    assert await is_free(one)
    one.close()
    other.close()


async def test_a_block_that_raises_gives_the_lease_back(database: Database) -> None:
    one, other = Leases(database), Leases(database)
    with pytest.raises(RuntimeError, match="a bug"):
        async with one.hold("job"):
            raise RuntimeError("a bug")
    assert await is_free(other)
    one.close()
    other.close()


async def test_a_killed_process_holds_nothing(database: Database, dsn: str) -> None:
    leases = Leases(database)
    holder = subprocess.Popen  # the test waits for it in a thread
    with holder([sys.executable, "-c", _HOLDER, dsn], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == "True\n"
        assert not await is_free(leases)
        process.send_signal(signal.SIGKILL)
        process.wait()
        async with asyncio.timeout(10):
            while not await is_free(leases):
                pass
    leases.close()


async def test_a_lost_session_ends_the_block(database: Database) -> None:
    leases = Leases(database)
    reached = asyncio.Event()

    async def work() -> None:
        async with leases.hold("job"):
            reached.set()
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await reached.wait()
    async with database.connection() as connection:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'parlor leases'"
        )
    with pytest.raises(Unavailable):
        await asyncio.wait_for(working, 10)
    assert await is_free(leases), "the next one opens a new session"
    leases.close()
