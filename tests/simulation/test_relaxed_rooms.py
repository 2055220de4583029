"""Relaxed rooms send events before their commit: what they gain in an outage, and what they lose in a crash."""

from __future__ import annotations

import json

import pytest

from persistence.event_log.log import Health, LossReason, Lost
from server import limits
from server.testing.table import payloads
from server.wire.close_codes import CloseCode
from server.wire.from_client import CommandFrame, Hello
from tests.support.virtual_table import Seat, VirtualTable


async def relaxed_room() -> tuple[VirtualTable, Seat]:
    table = VirtualTable(game="relay", durability="relaxed")
    table.seats[0].connect()
    return table, table.seats[0]


def outage(table: VirtualTable) -> None:
    table.outage = True
    table.room.database(Health.PAUSED, was=Health.HEALTHY)


def over(table: VirtualTable) -> None:
    table.outage = False
    table.room.database(Health.HEALTHY, was=Health.PAUSED)
    table.commit()


async def test_events_and_acks_are_sent_before_the_commit() -> None:
    table, seat = await relaxed_room()
    table.outage = True
    written = len(table.rows)
    sent = seat.command("say", data="now")
    assert seat.of_type("ack")[-1]["id"] == sent
    assert seat.named("said")[-1]["data"]["data"] == "now"
    assert len(table.rows) == written
    seat.command("say", sent, data="now")
    table.outage = False
    table.commit()
    assert table.names.count("said") == 1
    assert [event["index"] for event in seat.events] == list(range(len(table.rows)))


async def test_events_of_one_loop_iteration_leave_in_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    table, seat = await relaxed_room()
    writes: list[bytes] = []
    monkeypatch.setattr(seat, "send", writes.append)
    for number in range(3):
        table.room.handle(seat, seat.profile, CommandFrame(str(number), "say", {"data": number}))
    assert writes == []
    table.commit()
    assert len(writes) == 1
    assert [json.loads(payload)["type"] for payload in payloads(writes[0])] == ["event"] * 3 + ["ack"] * 3


async def test_an_outage_is_bridged_and_everything_is_written_after_it() -> None:
    table, seat = await relaxed_room()
    outage(table)
    for number in range(200):
        seat.command("say", data=number)
    assert len(seat.of_type("ack")) == 200
    assert seat.of_type("status") == []
    table.seats[1].connect()  # a new connection gets them from memory
    assert [e["data"]["data"] for e in table.seats[1].named("said")] == list(range(200))
    over(table)
    assert [row.payload["data"] for row in table.rows if row.type == "said"] == list(range(200))
    assert seat.of_type("status") == []
    table.assert_log_gives_the_live_state()


async def test_uncommitted_events_are_limited() -> None:
    table, seat = await relaxed_room()
    outage(table)
    first = table.room.core.committed_head
    while seat.frames[-1]["type"] != "reject":
        seat.command("say", data=0)
    ahead = table.room.core.head - first
    assert ahead == limits.RELAXED_EVENTS_MAX + 1
    assert seat.of_type("reject")[-1] | {"id": None} == {
        "type": "reject",
        "id": None,
        "code": "unavailable",
        "message": "too much is waiting for the database",
        "retryable": True,
    }
    over(table)
    sent = seat.command("say", data="again")
    assert seat.of_type("ack")[-1]["id"] == sent
    assert len(table.rows) == first + ahead + 2


async def test_turns_continue_during_an_outage() -> None:
    table = VirtualTable(turn_seconds=60, durability="relaxed")
    table.start()
    outage(table)
    table.advance(61)
    assert [bid["data"]["forced"] for bid in table.seats[0].named("player_bid")] == [True]
    assert "player_bid" not in table.names
    over(table)
    assert "player_bid" in table.names
    assert "game_resumed" not in table.names


async def test_a_client_ahead_of_the_log_after_a_crash_gets_a_state() -> None:
    table, seat = await relaxed_room()
    outage(table)
    seat.command("say", data="lost in the crash")
    knew = seat.events[-1]["index"]
    table.restart()
    table.outage = False
    table.commit()
    assert len(table.rows) <= knew
    for number in range(5):  # the log grows beyond what the client had, with other events
        table.seats[1].connect()
        table.seats[1].command("say", data=number)
    assert len(table.rows) > knew
    mark = len(seat.frames)
    await table.room.attach(seat, Hello(None, knew, 1, None))
    assert [frame["type"] for frame in seat.frames[mark:]][:2] == ["welcome", "state"]
    assert seat.frames[mark]["mode"] == "state"
    # A new client gets the whole log, as in any room.
    mark = len(seat.frames)
    await table.room.attach(seat, Hello(None, -1, None, None))
    assert seat.frames[mark]["mode"] == "replay"


async def test_a_command_that_the_database_refuses_is_not_retryable() -> None:
    table = VirtualTable(game="relay")
    seat = table.seats[0]
    seat.connect()
    table.log.refuse_next(table.game_id, "too large")
    sent = seat.command("say", data="poison")
    told = seat.of_type("reject")[-1]
    assert (told["id"], told["code"], told["retryable"]) == (sent, "internal", False)
    assert seat.closed is CloseCode.RESTART
    assert table.room.loss == Lost(LossReason.REFUSED, 3, "too large")
