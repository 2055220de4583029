"""What is written in the transaction of an append stands and falls with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from persistence.database import Database
from persistence.event_log.log import LossReason
from persistence.ids import new_game_id
from persistence.play import games
from tests.support.event_logs import (
    AT_MS,
    Explodes,
    PostgresLogSetup,
    Recorder,
    event,
    events,
    new_game,
    opened,
    read,
)


@pytest_asyncio.fixture
async def logs(database: Database) -> AsyncIterator[PostgresLogSetup]:
    made = PostgresLogSetup(database)
    await made.log.start()
    yield made
    await made.close()


async def test_a_game_and_its_first_event_are_written_together(logs: PostgresLogSetup) -> None:
    game_id, room = new_game_id(), Recorder()
    stream = logs.log.open(game_id, -1, 1, room)
    logs.log.append(stream, [event(0)], [new_game(game_id), games.SeatsChanged(game_id, 2)])
    await room.reaches(0)
    row = await games.get_game(logs.database, game_id)
    assert row is not None
    assert (row.last_event_index, row.epoch, row.status, row.current_players) == (0, 1, "created", 2)


async def test_every_event_has_an_id_of_its_own(logs: PostgresLogSetup) -> None:
    rooms = [await opened(logs) for _ in range(3)]
    for stream, room in rooms:
        logs.log.append(stream, events(0, 300))
        await room.reaches(299)
    async with logs.database.connection() as connection:
        rows = await connection.fetch("select id from play.game_events")
    assert len(rows) == len({row["id"] for row in rows}) == 900


async def test_a_failing_write_refuses_its_own_append_only(logs: PostgresLogSetup) -> None:
    game_id, room = new_game_id(), Recorder()
    stream = logs.log.open(game_id, -1, 1, room)
    logs.log.hold()
    good, good_room = await opened(logs)
    other, other_room = await opened(logs)
    logs.log.append(good, [event(0)], [games.StatusChanged(good.game_id, "in_progress", AT_MS)])
    logs.log.append(stream, [event(0)], [new_game(game_id), Explodes()])
    logs.log.append(other, [event(0)])
    logs.log.release()
    loss = await room.is_lost()
    assert (loss.reason, loss.first_index, loss.detail) == (LossReason.REFUSED, 0, "LookupError")
    assert await games.get_game(logs.database, game_id) is None
    await good_room.reaches(0)
    await other_room.reaches(0)
    started = await games.get_game(logs.database, good.game_id)
    assert started is not None
    assert started.status == "in_progress"
    assert started.started_at is not None


async def test_a_taken_join_code_refuses_the_game(logs: PostgresLogSetup) -> None:
    first, second, room = new_game_id(), new_game_id(), Recorder()
    await logs.database.apply(new_game(first, join_code="ABCDEF"))
    logs.log.append(logs.log.open(second, -1, 1, room), [event()], [new_game(second, join_code="abcdef")])
    loss = await room.is_lost()
    assert loss.reason is LossReason.REFUSED
    assert "room_directory_open_code_idx" in loss.detail
    await logs.database.apply(games.RoomClosed(first, AT_MS))
    third, room = new_game_id(), Recorder()
    logs.log.append(logs.log.open(third, -1, 1, room), [event()], [new_game(third, join_code="ABCDEF")])
    await room.reaches(0)


async def test_a_fenced_game_writes_nothing_else(logs: PostgresLogSetup) -> None:
    fenced, fenced_room = await opened(logs)
    await logs.claim(fenced.game_id)
    stale_room, good_room = Recorder(), Recorder()
    stale = logs.log.open(await logs.game(), 5, 1, stale_room)
    born = new_game_id()
    good = logs.log.open(born, -1, 1, good_room)
    logs.log.hold()
    logs.log.append(fenced, [event()], [games.SeatsChanged(fenced.game_id, 3)])
    # written before its compare-and-set, which then fails: it must be undone
    another = new_game_id()
    logs.log.append(stale, [event()], [new_game(another)])
    logs.log.append(good, events(0, 2), [new_game(born)])
    logs.log.release()
    for room in (fenced_room, stale_room):
        assert (await room.is_lost()).reason is LossReason.FENCED
    await good_room.reaches(1)
    row = await games.get_game(logs.database, fenced.game_id)
    assert row is not None
    assert row.current_players == 0
    assert await games.get_game(logs.database, another) is None
    assert len(await read(logs.log, born)) == 2
    assert logs.log.statistics().fenced == 2


async def test_writes_need_no_events(logs: PostgresLogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.append(stream, [], [games.SeatsChanged(stream.game_id, 1)])
    await logs.log.settled()
    logs.log.append(stream, [event(0)])
    await room.reaches(0)
    row = await games.get_game(logs.database, stream.game_id)
    assert row is not None
    assert row.current_players == 1


async def test_appends_leave_the_indexes_of_games_alone(logs: PostgresLogSetup) -> None:
    stream, room = await opened(logs)
    for number in range(100):
        logs.log.append(stream, [event(number)])
        await room.reaches(number)
    await logs.log.close()  # a session reports its figures at its end
    async with logs.database.connection() as connection:
        query = "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'games'"
        updates, hot = 0, 0
        while updates < 100:
            await connection.execute("select pg_stat_clear_snapshot()")
            updates, hot = await connection.fetchrow(query)
    assert hot / updates > 0.95
