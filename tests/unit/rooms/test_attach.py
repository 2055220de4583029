"""Arrivals in a room where something happens meanwhile: reading the missing events from the log takes time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from persistence.event_log.log import Health, StoredEvent
from server.wire.close_codes import CloseCode
from server.wire.from_client import Hello
from tests.support.virtual_table import Seat, VirtualTable

EVENTS = 120  # more than the room keeps in memory, less than a state is sent for


class SlowLog:
    """A log that holds every read back until `release`."""

    def __init__(self, table: VirtualTable) -> None:
        self._read = table.log.read
        self.asked = asyncio.Event()
        self.go = asyncio.Event()
        table.log.read = self.read  # type: ignore[method-assign]

    async def read(self, game_id: str, first: int, last: int) -> AsyncIterator[StoredEvent]:
        self.asked.set()
        await self.go.wait()
        async for row in self._read(game_id, first, last):
            yield row


async def talkative(players: int = 3) -> tuple[VirtualTable, SlowLog]:
    """A relay room with a past; the first player is connected."""
    table = VirtualTable("relay", players=players)
    table.seats[0].connect()
    for number in range(EVENTS):
        table.seats[0].command("say", data=number)
    return table, SlowLog(table)


async def coming(table: VirtualTable, log: SlowLog, seat: Seat, last_index: int = 0) -> asyncio.Task[None]:
    """On the way in, waiting for the log."""
    task = asyncio.create_task(table.room.attach(seat, Hello(None, last_index, None, None)))
    await asyncio.wait_for(log.asked.wait(), 5)
    return task


async def arrive(table: VirtualTable, log: SlowLog, task: asyncio.Task[None]) -> None:
    log.go.set()
    await asyncio.wait_for(task, 5)
    table.commit()


def indexes(seat: Seat) -> list[int]:
    return [event["index"] for event in seat.events]


async def test_events_during_an_arrival_come_once_and_in_order() -> None:
    table, log = await talkative()
    task = await coming(table, log, table.seats[1])
    for number in range(100):
        table.seats[0].command("say", data=number)
    await arrive(table, log, task)
    table.seats[0].command("say", data="after")
    assert indexes(table.seats[1]) == list(range(1, len(table.rows)))
    assert table.seats[1].of_type("welcome")[0]["mode"] == "replay"


async def test_a_connection_that_ends_during_its_arrival_is_no_member() -> None:
    table, log = await talkative()
    task = await coming(table, log, table.seats[1])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    table.commit()
    assert table.seats[1].player_id not in {member.player_id for member in table.room.fanout}


async def test_of_two_arriving_connections_the_newer_one_stays() -> None:
    """The older connection still waits for the log when the newer one, which asks only for a state, has arrived."""
    table, log = await talkative()
    older = table.seats[1]
    newer = Seat(table, older.player_id, "again")
    task = await coming(table, log, older)
    await table.room.attach(newer, Hello(None, 10**6, None, None))
    await arrive(table, log, task)
    assert table.room.fanout.find(older.player_id) is newer
    assert newer.closed is None
    assert older.closed is CloseCode.REPLACED


async def test_a_room_that_closes_during_an_arrival_refuses_the_newcomer() -> None:
    table, log = await talkative()
    task = await coming(table, log, table.seats[1])
    table.room.close("reloaded", CloseCode.RESTART, "100")
    log.go.set()
    await asyncio.wait([task])
    task.exception()
    # Either the room closes the connection with the others, or `attach` raises and the session closes it.
    assert table.seats[1].closed is CloseCode.RESTART or task.exception() is not None


async def test_a_player_removed_during_the_arrival_does_not_get_in() -> None:
    table, log = await talkative()
    task = await coming(table, log, table.seats[1])
    table.seats[0].command("remove_player", player_id=table.seats[1].player_id)
    await arrive(table, log, task)
    assert table.seats[1].closed is CloseCode.FORBIDDEN


async def test_a_seat_taken_during_the_arrival_counts() -> None:
    table, log = await talkative()
    watcher = Seat(table, str(uuid4()), "Watcher")
    task = await coming(table, log, watcher)
    table.room._carry_out(
        table.room.core.join(  # type: ignore[arg-type]  # not a refusal: there are free seats
            watcher.player_id, watcher.profile, spectator=False, now_ms=table.clock.now_ms()
        )
    )
    table.commit()
    await arrive(table, log, task)
    assert watcher.viewer == watcher.player_id


async def test_a_seated_player_who_only_watches_gets_no_turn() -> None:
    """A turn names the player's cards, which a spectator's socket does not show."""
    table = VirtualTable(players=2)
    table.start()
    seat = next(seat for seat in table.seats if seat.turn is not None)
    other = next(other for other in table.seats if other is not seat)
    watching = Seat(table, other.player_id, "watching")
    await table.room.attach(watching, Hello(None, 10**6, None, "spectator"))
    action = (seat.turn or {})["actions"][0]
    seat.command(action["name"], **action["args"])
    assert watching.viewer is None
    assert watching.events
    assert watching.of_type("turn") == []


async def test_large_events_are_replaced_by_a_state() -> None:
    """A slow line must be able to take what is sent at once."""
    table = VirtualTable("relay")
    table.seats[0].connect()
    for _ in range(30):
        table.seats[0].command("say", data="x" * 15_000)
    seat = table.seats[1]
    await table.room.attach(seat, Hello(None, 3, None, None))
    assert [frame["type"] for frame in seat.frames[:2]] == ["welcome", "state"]
    table.commit()
    seat.disconnect()
    seat.frames.clear()
    await table.room.attach(seat, Hello(None, table.room.core.told_head - 10, None, None))
    assert seat.of_type("welcome")[0]["mode"] == "replay"
    assert len(seat.named("said")) >= 9


async def test_newcomers_in_an_outage_are_told_when_it_began() -> None:
    table = VirtualTable("relay")
    table.seats[0].connect()
    table.room.database(Health.PAUSED, was=Health.HEALTHY)
    table.advance(7)
    table.seats[1].connect()
    (told,), (known,) = (seat.of_type("status") for seat in table.seats)
    assert told == known
    assert (told["paused"], told["reason"]) == (True, "database")
