"""What every event log promises; one suite, run on the one in memory and on Postgres."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
import pytest_asyncio

from persistence.database import Database
from persistence.event_log.log import Committed, Health, LossReason, NewEvent
from tests.support.event_logs import (
    AT_MS,
    LogSetup,
    MemoryLogSetup,
    PostgresLogSetup,
    Recorder,
    event,
    events,
    opened,
    read,
)
from tests.support.postgres import Server


@pytest.fixture(params=["memory", "postgres", "oldest postgres"])
def dsn_or_none(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Asked for here, so that no server is started for the tests of the one in memory."""
    if request.param == "memory":
        yield None
        return
    server: Server = request.getfixturevalue("postgres" if request.param == "postgres" else "postgres15")
    made = server.migrated()
    yield made
    server.drop(made)


@pytest_asyncio.fixture
async def logs(dsn_or_none: str | None) -> AsyncIterator[LogSetup]:
    database = await Database.open(dsn_or_none) if dsn_or_none else None
    made = PostgresLogSetup(database) if database else MemoryLogSetup()
    await made.log.start()
    yield made
    await made.close()
    if database:
        await database.close()


async def test_indexes_have_no_gap_and_keep_the_order(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    for first in range(0, 30, 3):
        logs.log.append(stream, events(first, 3))
    await room.reaches(29)
    stored = await read(logs.log, stream.game_id)
    assert [row.index for row in stored] == list(range(30))
    assert [row.payload["number"] for row in stored] == list(range(30))


async def test_an_event_comes_back_as_it_was_given(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    actor = str(uuid4())
    payload = {"_v": 2, "text": 'Grüße ♥ " \\ \n', "list": [1, None, 2.5, {"a": True}], "big": 2**53}
    logs.log.append(stream, [NewEvent("card_played", json.dumps(payload), AT_MS, actor, "c-1"), event(1)])
    await room.reaches(1)
    first, second = await read(logs.log, stream.game_id)
    assert (first.type, first.payload, first.at_ms, first.actor_id, first.command_id) == (
        "card_played",
        payload,
        AT_MS,
        actor,
        "c-1",
    )
    assert (second.actor_id, second.command_id) == (None, None)


async def test_listeners_are_not_called_within_append(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.append(stream, [event()])
    assert room.heads == []
    assert stream.head == 0
    assert logs.log.pending_events == 1
    await room.reaches(0)
    assert logs.log.pending_events == 0


async def test_listeners_are_called_after_the_commit_only(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.append(stream, [event()])
    await room.reaches(0)
    logs.log.hold()
    logs.log.append(stream, events(1, 2))
    for _ in range(50):
        await asyncio.sleep(0)
    assert await read(logs.log, stream.game_id) != []
    assert room.heads == [0]
    assert len(await read(logs.log, stream.game_id)) == 1
    logs.log.release()
    await room.reaches(2)
    assert len(await read(logs.log, stream.game_id)) == 3


async def test_waiting_appends_are_committed_together(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.hold()
    for number in range(5):
        logs.log.append(stream, [event(number)])
    logs.log.release()
    await room.reaches(4)
    assert room.heads == [4]


async def test_many_streams_are_committed_together(logs: LogSetup) -> None:
    logs.log.hold()
    pairs = [await opened(logs) for _ in range(20)]
    for stream, _ in pairs:
        logs.log.append(stream, events(0, 2))
    logs.log.release()
    for stream, room in pairs:
        await room.reaches(1)
        assert len(await read(logs.log, stream.game_id)) == 2


async def test_more_events_than_a_batch_holds_are_written(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.hold()
    for first in range(0, 2000, 4):
        logs.log.append(stream, events(first, 4))
    logs.log.append(stream, events(2000, 700))  # one append is never split, even if it is larger than a batch
    logs.log.release()
    await room.reaches(2699)
    assert 1999 in room.heads
    assert not [head for head in room.heads if 1999 < head < 2699]
    assert [row.payload["number"] for row in await read(logs.log, stream.game_id)] == list(range(2700))


async def test_a_listener_may_append_when_it_is_called(logs: LogSetup) -> None:
    class Echo(Recorder):
        def committed(self, proof: Committed) -> None:
            super().committed(proof)
            if proof.head < 10:
                logs.log.append(stream, [event(proof.head + 1)])

    stream, room = await opened(logs, Echo())
    logs.log.append(stream, [event(0)])
    await room.reaches(10)
    assert room.heads == list(range(11))


async def test_a_failing_listener_does_not_stop_the_others(logs: LogSetup, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Recorder):
        def committed(self, proof: Committed) -> None:
            raise RuntimeError("broken room")

    logs.log.hold()
    broken, _ = await opened(logs, Broken())
    good, room = await opened(logs)
    logs.log.append(broken, [event()])
    logs.log.append(good, [event()])
    logs.log.release()
    await room.reaches(0)
    assert "broken room" in caplog.text


async def test_a_higher_epoch_fences(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.append(stream, [event(0)])
    await room.reaches(0)
    epoch = await logs.claim(stream.game_id)
    logs.log.append(stream, events(1, 2))
    loss = await room.is_lost()
    assert (loss.reason, loss.first_index) == (LossReason.FENCED, 1)

    successor = Recorder()
    taken = logs.log.open(stream.game_id, 0, epoch, successor)
    logs.log.append(taken, [event(7)])
    await successor.reaches(1)
    assert [row.payload["number"] for row in await read(logs.log, stream.game_id)] == [0, 7]


async def test_another_head_fences(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    twin_room = Recorder()
    twin = logs.log.open(stream.game_id, -1, 1, twin_room)
    logs.log.append(stream, events(0, 2))
    await room.reaches(1)
    logs.log.append(twin, [event(9)])
    loss = await twin_room.is_lost()
    assert (loss.reason, loss.first_index) == (LossReason.FENCED, 0)
    assert len(await read(logs.log, stream.game_id)) == 2


async def test_a_lost_stream_refuses_appends(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    await logs.claim(stream.game_id)
    logs.log.hold()
    logs.log.append(stream, [event(0)])
    logs.log.append(stream, [event(1)])
    logs.log.release()
    await room.is_lost()
    logs.log.append(stream, [event(2)])
    await logs.log.settled()
    assert logs.log.pending_events == 0
    assert len(room.losses) == 1
    assert await read(logs.log, stream.game_id) == []


@pytest.mark.parametrize(
    "bad",
    [
        NewEvent("noted", '{"_v": 1, "text": "\\u0000"}', AT_MS),
        NewEvent("noted", '{"_v": 1', AT_MS),
    ],
)
async def test_a_refused_event_refuses_its_own_append_only(logs: LogSetup, bad: NewEvent) -> None:
    logs.log.hold()
    pairs = [await opened(logs) for _ in range(3)]
    guilty, guilty_room = await opened(logs)
    logs.log.append(guilty, events(0, 2))
    logs.log.append(guilty, [event(2), bad])
    logs.log.append(guilty, [event(4)])
    for stream, _ in pairs:
        logs.log.append(stream, [event(0)])
    logs.log.release()
    loss = await guilty_room.is_lost()
    assert (loss.reason, loss.first_index) == (LossReason.REFUSED, 2)
    for _, room in pairs:
        await room.reaches(0)
    assert guilty_room.head == 1
    assert len(await read(logs.log, guilty.game_id)) == 2
    await logs.log.settled()
    assert logs.log.pending_events == 0


async def test_a_command_is_written_once(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    actor, other = str(uuid4()), str(uuid4())
    logs.log.append(stream, [event(0, actor_id=actor, command_id="c-1"), event(1)])
    logs.log.append(stream, [event(2, actor_id=other, command_id="c-1")])
    await room.reaches(2)
    logs.log.append(stream, [event(3, actor_id=actor, command_id="c-1")])
    loss = await room.is_lost()
    assert (loss.reason, loss.first_index) == (LossReason.REFUSED, 3)
    assert "game_events" in loss.detail
    assert len(await read(logs.log, stream.game_id)) == 3


async def test_a_range_is_read(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.append(stream, events(0, 1300))
    await room.reaches(1299)

    async def indexes(first: int, last: int | None) -> list[int]:
        return [row.index for row in await read(logs.log, stream.game_id, first, last)]

    assert await indexes(0, None) == list(range(1300))
    assert await indexes(495, 1010) == list(range(495, 1011))
    assert await indexes(1299, None) == [1299]
    assert await indexes(500, 500) == [500]
    assert await indexes(1300, None) == []
    assert await indexes(5, 4) == []


async def test_a_reader_may_stop_half_way(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.append(stream, events(0, 600))
    await room.reaches(599)
    for _ in range(20):
        reading = logs.log.read(stream.game_id)
        assert (await anext(reading)).index == 0
        await reading.aclose()  # type: ignore[attr-defined]


async def test_a_closed_stream_is_still_written_and_hears_nothing(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.append(stream, events(0, 3))
    logs.log.close_stream(stream)
    logs.log.append(stream, [event(3)])
    await logs.log.settled()
    assert room.heads == []
    assert len(await read(logs.log, stream.game_id)) == 3


async def test_committed_events_are_read_by_another_log(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.append(stream, events(0, 3))
    await room.reaches(2)
    await logs.log.close()
    log = logs.another_log()
    await log.start()
    successor = Recorder()
    again = log.open(stream.game_id, 2, await logs.claim(stream.game_id), successor)
    log.append(again, [event(3)])
    await successor.reaches(3)
    assert [row.payload["number"] for row in await read(log, stream.game_id)] == [0, 1, 2, 3]
    await log.close()


async def test_closing_writes_what_waits(logs: LogSetup) -> None:
    stream, room = await opened(logs)
    logs.log.append(stream, events(0, 900))
    await logs.log.close()
    assert room.head == 899


async def test_a_log_that_works_is_healthy(logs: LogSetup) -> None:
    seen: list[Health] = []
    logs.log.watch(seen.append)
    stream, room = await opened(logs)
    logs.log.append(stream, [event()])
    await room.reaches(0)
    assert logs.log.health is Health.HEALTHY
    assert seen == []
