"""The log when the database, or the line to it, fails: nothing that was told is lost, nothing is written twice."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from migrations import runner
from persistence.database import Database
from persistence.embedded import postgres
from persistence.embedded.postmaster import Postmaster
from persistence.event_log.log import Health
from persistence.ids import new_game_id
from persistence.play import games
from tests.support.cutting_proxy import CuttingProxy, Mode
from tests.support.event_logs import AT_MS, PostgresLogSetup, Recorder, event, events, new_game, opened, read
from tests.support.postgres import scratch_folder


class HealthWatch:
    """Waits for what the log says about itself."""

    def __init__(self, logs: PostgresLogSetup) -> None:
        self.seen: list[Health] = []
        self._changed = asyncio.Event()
        logs.log.watch(self._note)

    def _note(self, health: Health) -> None:
        self.seen.append(health)
        self._changed.set()

    async def until(self, health: Health) -> None:
        while health not in self.seen:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 30)


@pytest_asyncio.fixture
async def proxy(dsn: str) -> AsyncIterator[CuttingProxy]:
    with scratch_folder() as folder:
        async with CuttingProxy(dsn, folder) as made:
            yield made


@pytest_asyncio.fixture
async def logs(proxy: CuttingProxy, database: Database) -> AsyncIterator[PostgresLogSetup]:
    """Writes through the proxy, everything else goes straight to the server."""
    through = await Database.open(proxy.dsn)
    made = PostgresLogSetup(through, commit_timeout_s=1.0)
    made.database = database
    await made.log.start()
    yield made
    await made.close()
    await through.close(1)


async def numbers(logs: PostgresLogSetup, game_id: str) -> list[int]:
    straight = PostgresLogSetup(logs.database)
    return [row.payload["number"] for row in await read(straight.log, game_id)]


async def test_a_lost_commit_answer_is_looked_up(logs: PostgresLogSetup, proxy: CuttingProxy) -> None:
    stream, room = await opened(logs)
    for number in range(20):
        proxy.mode = Mode.CUT_BEFORE_ANSWER
        logs.log.append(stream, [event(number)])
        await room.reaches(number)
    assert proxy.cuts == 20
    assert await numbers(logs, stream.game_id) == list(range(20))
    counted = logs.log.statistics()
    assert counted.in_doubt_committed + counted.in_doubt_resent == 20
    assert counted.in_doubt_committed > 0
    assert logs.log.health is Health.HEALTHY


async def test_a_lost_commit_request_is_repeated(logs: PostgresLogSetup, proxy: CuttingProxy) -> None:
    stream, room = await opened(logs)
    for number in range(20):
        proxy.mode = Mode.CUT_BEFORE_REQUEST
        logs.log.append(stream, [event(number)])
        await room.reaches(number)
    assert await numbers(logs, stream.game_id) == list(range(20))
    assert logs.log.statistics().in_doubt_resent == 20


@pytest.mark.parametrize("mode", [Mode.CUT_BEFORE_ANSWER, Mode.CUT_BEFORE_REQUEST])
async def test_a_cut_anywhere_in_a_transaction_writes_all_or_nothing(
    logs: PostgresLogSetup, proxy: CuttingProxy, mode: Mode
) -> None:
    for place in range(12):
        proxy.mode, proxy.skip = mode, place
        game_id, room = new_game_id(), Recorder()
        stream = logs.log.open(game_id, -1, 1, room)
        bystander, bystander_room = await opened(logs)
        logs.log.append(bystander, [event(0)])
        writes = [new_game(game_id), games.StatusChanged(game_id, "in_progress", AT_MS)]
        logs.log.append(stream, events(0, 3), writes)
        await room.reaches(2)
        await bystander_room.reaches(0)
        row = await games.get_game(logs.database, game_id)
        assert row is not None
        assert (row.status, row.last_event_index) == ("in_progress", 2)
        assert await numbers(logs, game_id) == [0, 1, 2]
        assert await numbers(logs, bystander.game_id) == [0]
    assert proxy.cuts >= 5


async def test_a_takeover_during_doubt_fences(logs: PostgresLogSetup, proxy: CuttingProxy) -> None:
    stream, room = await opened(logs)
    proxy.mode = Mode.CUT_BEFORE_REQUEST
    proxy.refusing = True
    logs.log.append(stream, [event(0)])
    await HealthWatch(logs).until(Health.PAUSED)
    await logs.claim(stream.game_id)
    proxy.refusing = False
    await room.is_lost()
    assert await numbers(logs, stream.game_id) == []
    assert logs.log.statistics().in_doubt_fenced == 1


async def test_a_late_commit_of_an_abandoned_session_is_not_written_twice(logs: PostgresLogSetup) -> None:
    """The writer's old session hangs on a lock while the new one reads the heads and sends the batch again."""
    stream, room = await opened(logs)
    logs.log._writers[0].pulse._timeout_s = 0.2  # gives up long before the server does
    async with logs.database.transaction() as connection:
        await connection.execute("select from play.games where id = $1 for update", stream.game_id)
        logs.log.append(stream, [event(0)])
        await sessions_waiting(logs.database, 2)
    await room.reaches(0)
    logs.log.append(stream, [event(1)])
    await room.reaches(1)
    assert await numbers(logs, stream.game_id) == [0, 1]
    assert logs.log.statistics().in_doubt_resent >= 1


async def sessions_waiting(database: Database, count: int) -> None:
    async with database.connection() as connection:  # each look outside a transaction, which would keep the first
        waiting = 0
        while waiting < count:
            waiting = await connection.fetchval(
                "select count(distinct pid) from pg_locks join pg_stat_activity a using (pid) "
                "where not granted and a.application_name = 'parlor writer' and a.datname = current_database()"
            )


async def test_a_silent_connection_is_given_up(logs: PostgresLogSetup, proxy: CuttingProxy) -> None:
    stream, room = await opened(logs)
    watch = HealthWatch(logs)
    proxy.mode = Mode.SWALLOW_ANSWERS
    logs.log.append(stream, [event(0)])
    await watch.until(Health.STALLED)
    assert room.heads == []
    await watch.until(Health.PAUSED)
    logs.log.append(stream, [event(1)])
    assert room.heads == []
    proxy.mode = Mode.PASS
    await room.reaches(1)
    assert await numbers(logs, stream.game_id) == [0, 1]
    assert logs.log.health is Health.HEALTHY
    assert watch.seen[0] is Health.STALLED


async def test_appends_of_an_outage_are_written_afterwards(logs: PostgresLogSetup, proxy: CuttingProxy) -> None:
    pairs = [await opened(logs) for _ in range(10)]
    watch = HealthWatch(logs)
    proxy.refusing = True
    proxy.cut_all()
    await watch.until(Health.PAUSED)
    for stream, _ in pairs:
        for number in range(5):
            logs.log.append(stream, [event(number)])
    assert logs.log.pending_events == 50
    proxy.refusing = False
    for stream, room in pairs:
        await room.reaches(4)
        assert await numbers(logs, stream.game_id) == list(range(5))
    assert logs.log.health is Health.HEALTHY


async def test_an_idle_session_that_is_terminated_is_replaced(logs: PostgresLogSetup) -> None:
    stream, room = await opened(logs)
    watch = HealthWatch(logs)
    async with logs.database.connection() as connection:
        kill = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'parlor writer'"
        await connection.execute(kill + " and datname = current_database()")
    await watch.until(Health.PAUSED)
    await watch.until(Health.HEALTHY)
    logs.log.append(stream, [event(0)])
    await room.reaches(0)


async def test_a_connection_is_renewed_in_time(logs: PostgresLogSetup) -> None:
    stream, room = await opened(logs)
    writer = logs.log._writers[0]
    before = writer._connection
    logs.log.append(stream, [event(0)])
    await room.reaches(0)
    writer._recycle_at = 0.0
    logs.log.append(stream, [event(1)])
    await room.reaches(1)
    logs.log.append(stream, [event(2)])
    await room.reaches(2)
    assert writer._connection is not before
    assert logs.log.statistics().reconnects == 0


async def test_closing_during_an_outage_ends_in_time(logs: PostgresLogSetup, proxy: CuttingProxy) -> None:
    stream, room = await opened(logs)
    watch = HealthWatch(logs)
    proxy.refusing = True
    proxy.cut_all()
    await watch.until(Health.PAUSED)
    logs.log.append(stream, [event(0)])
    await asyncio.wait_for(logs.log.close(0.2), 5)
    assert room.heads == []


async def test_closing_on_a_silent_connection_ends_in_time(logs: PostgresLogSetup, proxy: CuttingProxy) -> None:
    stream, room = await opened(logs)
    proxy.mode = Mode.SWALLOW_ANSWERS
    logs.log.append(stream, [event(0)])
    await asyncio.wait_for(logs.log.close(0.2), 5)
    assert room.heads == []


def kill(postmaster: Postmaster) -> None:
    os.kill(postmaster.pid, signal.SIGKILL)
    while postmaster.alive:
        pass


async def test_appends_survive_a_kill_of_postgres() -> None:
    with scratch_folder() as folder:
        server = await asyncio.to_thread(postgres.start, folder / "db")
        try:
            await asyncio.to_thread(runner.upgrade, server.dsn)
            database = await Database.open(server.dsn)
            logs = PostgresLogSetup(database)
            await logs.log.start()
            pairs = [await opened(logs) for _ in range(8)]
            for cycle in range(3):
                for stream, _ in pairs:
                    for number in range(10):
                        logs.log.append(stream, [event(cycle * 10 + number)])
                await asyncio.sleep(0)  # let the writer send it
                await asyncio.to_thread(kill, server.postmaster)
                await asyncio.to_thread(server.revive)
                for _, room in pairs:
                    await room.reaches(cycle * 10 + 9)
            for stream, _ in pairs:
                assert await numbers(logs, stream.game_id) == list(range(30))
            await logs.close()
            await database.close()
        finally:
            await asyncio.to_thread(server.stop)
