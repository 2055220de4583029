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
    PostgresRig,
    Recorder,
    event,
    events,
    new_game,
    opened,
    read,
)


@pytest_asyncio.fixture
async def rig(database: Database) -> AsyncIterator[PostgresRig]:
    made = PostgresRig(database)
    await made.log.start()
    yield made
    await made.close()


async def test_a_game_and_its_first_event_are_written_together(rig: PostgresRig) -> None:
    game_id, room = new_game_id(), Recorder()
    stream = rig.log.open(game_id, -1, 1, room)
    rig.log.append(stream, [event(0)], [new_game(game_id), games.SeatsChanged(game_id, 2)])
    await room.reaches(0)
    row = await games.get_game(rig.database, game_id)
    assert row is not None
    assert (row.last_event_index, row.epoch, row.status, row.current_players) == (0, 1, "created", 2)


async def test_every_event_has_an_id_of_its_own(rig: PostgresRig) -> None:
    rooms = [await opened(rig) for _ in range(3)]
    for stream, room in rooms:
        rig.log.append(stream, events(0, 300))
        await room.reaches(299)
    async with rig.database.connection() as connection:
        rows = await connection.fetch("select id from play.game_events")
    assert len(rows) == len({row["id"] for row in rows}) == 900


async def test_a_failing_write_refuses_its_own_append_only(rig: PostgresRig) -> None:
    game_id, room = new_game_id(), Recorder()
    stream = rig.log.open(game_id, -1, 1, room)
    rig.log.hold()
    good, good_room = await opened(rig)
    other, other_room = await opened(rig)
    rig.log.append(good, [event(0)], [games.StatusChanged(good.game_id, "in_progress", AT_MS)])
    rig.log.append(stream, [event(0)], [new_game(game_id), Explodes()])
    rig.log.append(other, [event(0)])
    rig.log.release()
    loss = await room.is_lost()
    assert (loss.reason, loss.first_index, loss.detail) == (LossReason.REFUSED, 0, "LookupError")
    assert await games.get_game(rig.database, game_id) is None
    await good_room.reaches(0)
    await other_room.reaches(0)
    started = await games.get_game(rig.database, good.game_id)
    assert started is not None
    assert started.status == "in_progress"
    assert started.started_at is not None


async def test_a_taken_join_code_refuses_the_game(rig: PostgresRig) -> None:
    first, second, room = new_game_id(), new_game_id(), Recorder()
    await rig.database.apply(new_game(first, join_code="ABCDEF"))
    rig.log.append(rig.log.open(second, -1, 1, room), [event()], [new_game(second, join_code="abcdef")])
    loss = await room.is_lost()
    assert loss.reason is LossReason.REFUSED
    assert "room_directory_open_code_idx" in loss.detail
    await rig.database.apply(games.RoomClosed(first, AT_MS))
    third, room = new_game_id(), Recorder()
    rig.log.append(rig.log.open(third, -1, 1, room), [event()], [new_game(third, join_code="ABCDEF")])
    await room.reaches(0)


async def test_a_fenced_game_writes_nothing_else(rig: PostgresRig) -> None:
    fenced, fenced_room = await opened(rig)
    await rig.claim(fenced.game_id)
    stale_room, good_room = Recorder(), Recorder()
    stale = rig.log.open(await rig.game(), 5, 1, stale_room)
    born = new_game_id()
    good = rig.log.open(born, -1, 1, good_room)
    rig.log.hold()
    rig.log.append(fenced, [event()], [games.SeatsChanged(fenced.game_id, 3)])
    # written before its compare-and-set, which then fails: it must be undone
    another = new_game_id()
    rig.log.append(stale, [event()], [new_game(another)])
    rig.log.append(good, events(0, 2), [new_game(born)])
    rig.log.release()
    for room in (fenced_room, stale_room):
        assert (await room.is_lost()).reason is LossReason.FENCED
    await good_room.reaches(1)
    row = await games.get_game(rig.database, fenced.game_id)
    assert row is not None
    assert row.current_players == 0
    assert await games.get_game(rig.database, another) is None
    assert len(await read(rig.log, born)) == 2
    assert rig.log.statistics().fenced == 2


async def test_writes_need_no_events(rig: PostgresRig) -> None:
    stream, room = await opened(rig)
    rig.log.append(stream, [], [games.SeatsChanged(stream.game_id, 1)])
    await rig.log.settled()
    rig.log.append(stream, [event(0)])
    await room.reaches(0)
    row = await games.get_game(rig.database, stream.game_id)
    assert row is not None
    assert row.current_players == 1


async def test_appends_leave_the_indexes_of_games_alone(rig: PostgresRig) -> None:
    stream, room = await opened(rig)
    for number in range(100):
        rig.log.append(stream, [event(number)])
        await room.reaches(number)
    await rig.log.close()  # a session reports its figures at its end
    async with rig.database.connection() as connection:
        query = "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'games'"
        updates, hot = 0, 0
        while updates < 100:
            await connection.execute("select pg_stat_clear_snapshot()")
            updates, hot = await connection.fetchrow(query)
    assert hot / updates > 0.95
