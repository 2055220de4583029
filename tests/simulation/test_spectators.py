"""Spectators in virtual time: their delay, and that they do not hold up the players."""

from __future__ import annotations

from uuid import uuid4

from server import limits
from server.wire.close_codes import CloseCode
from server.wire.from_client import Hello
from tests.support.virtual_table import Frame, Seat, VirtualTable

DELAY_S = 30
OPENING = 2  # game_created, and two players sit down


async def watcher(table: VirtualTable, last_index: int = -1) -> Seat:
    seat = Seat(table, str(uuid4()), "Watcher")
    await table.room.attach(seat, Hello(None, last_index, None, None))
    table.commit()
    return seat


def indexes(seat: Seat) -> list[int]:
    return [event["index"] for event in seat.events]


def newest(table: VirtualTable) -> int:
    """Index of the newest event that is old enough to be shown; at least the last one of the room's opening."""
    now_ms = table.clock.now_ms()
    return max((row.index for row in table.rows if row.at_ms + DELAY_S * 1000 <= now_ms), default=OPENING)


def newest_index(frame: Frame) -> int:
    """The newest event index that a frame reveals."""
    return int(frame.get("index", frame.get("head", -1)))


async def test_without_a_delay_spectators_see_what_players_see() -> None:
    table = VirtualTable("relay")
    table.seats[0].connect()
    seat = await watcher(table)
    for number in range(5):
        table.seats[0].command("say", data=number)
    assert seat.events == table.seats[0].events


async def test_with_a_delay_each_event_is_seen_exactly_when_it_is_due() -> None:
    table = VirtualTable("relay", spectator_delay_s=DELAY_S)
    table.seats[0].connect()
    seat = await watcher(table)
    for number in range(60):
        table.seats[0].command("say", data=number)
        table.advance(1)
        assert max(map(newest_index, seat.frames)) == newest(table)
        table.room.sync(seat)
        assert seat.frames[-1]["index"] == newest(table)
        if number == 45:  # a late spectator sees exactly as much
            late = await watcher(table)
            assert max(map(newest_index, late.frames)) == newest(table)
    table.advance(DELAY_S)
    for each in (seat, late):
        assert indexes(each) == list(range(len(table.rows)))
    assert table.seats[0].events == seat.events


async def test_a_raised_delay_shows_no_event_early() -> None:
    """Earlier events are sent no earlier than before, and all of them are sent; also after a restart."""
    table = VirtualTable("relay", spectator_delay_s=5)
    host = table.seats[0]
    host.connect()
    seat = await watcher(table)
    host.command("say", data="early")
    host.command("change_settings", config={"spectator_delay_s": DELAY_S})
    at_ms = table.clock.now_ms()
    host.command("change_settings", config={"spectator_delay_s": 0})
    assert host.of_type("reject")[-1]["field"] == "config.spectator_delay_s"
    table.advance(DELAY_S - 1)
    assert not seat.named("said")
    table.advance(1)
    assert table.clock.now_ms() == at_ms + DELAY_S * 1000
    assert seat.named("said") and seat.named("settings_changed")
    host.command("say", data="late")
    table.restart()
    seat = await watcher(table)
    assert max(map(newest_index, seat.frames)) < len(table.rows) - 1
    table.advance(DELAY_S)
    assert seat.named("said")[-1]["data"]["data"] == "late"


async def test_spectators_are_disconnected_when_a_room_becomes_private() -> None:
    """After the commit; a spectator who is just connecting is refused."""
    table = VirtualTable("relay")
    host = table.seats[0]
    host.connect()
    stranger = await watcher(table)
    table.outage = True
    host.command("change_settings", is_public=False)
    assert stranger.closed is None
    assert not table.room.admits(str(uuid4()), None)
    table.outage = False
    table.commit()
    assert stranger.closed == CloseCode.FORBIDDEN
    assert host.named("settings_changed")[-1]["data"]["is_public"] is False
    host.command("change_settings", is_public=True)
    assert table.room.admits(str(uuid4()), None)
    table.assert_log_gives_the_live_state()


async def test_a_spectator_resumes_without_a_gap() -> None:
    table = VirtualTable("relay", spectator_delay_s=DELAY_S)
    table.seats[0].connect()
    seat = await watcher(table)
    for number in range(80):
        table.seats[0].command("say", data=number)
        table.advance(1)
        if number % 7 == 0:
            seat.disconnect()
        if number % 7 == 3:
            seat.connect()
    seat.connect()
    table.advance(DELAY_S)
    assert indexes(seat) == list(range(len(table.rows)))


async def test_a_restart_shows_nothing_early() -> None:
    table = VirtualTable("relay", spectator_delay_s=DELAY_S)
    table.seats[0].connect()
    for number in range(40):
        table.seats[0].command("say", data=number)
        table.advance(1)
    shown = newest(table)
    table.restart()
    seat = await watcher(table)
    assert indexes(seat) == list(range(shown + 1))
    table.advance(5)
    assert indexes(seat) == list(range(newest(table) + 1))
    table.advance(2 * DELAY_S)
    assert indexes(seat) == list(range(len(table.rows)))


async def test_a_spectator_who_gets_a_seat_is_brought_up_to_date() -> None:
    table = VirtualTable("relay", players=1, spectator_delay_s=DELAY_S)
    table.seats[0].connect()
    seat = await watcher(table)
    for number in range(20):
        table.seats[0].command("say", data=number)
        table.advance(1)
    seat.command("request_seat")
    assert seat.viewer == seat.player_id
    assert seat.of_type("state")[-1]["index"] == len(table.rows) - 1
    table.seats[0].command("say", data="seen at once")
    assert seat.events[-1] == table.seats[0].events[-1]


async def test_many_spectators_are_served_in_slices_without_gaps() -> None:
    table = VirtualTable("relay", players=1)
    player = table.seats[0]
    player.connect()
    watchers = [await watcher(table) for _ in range(3 * limits.LISTENERS_PER_SLICE - 10)]
    for number in range(4):
        player.command("say", data=number)  # time stands still: only the first slice of the first round is out
    assert player.events[-1]["data"]["data"] == 3
    assert watchers[0].events[-1]["data"]["data"] == 0
    assert not watchers[-1].named("said")
    leaving, staying = watchers[-1], watchers[:-1]
    leaving.disconnect()
    newcomer = await watcher(table)
    table.advance(0.1)
    for seat in (*staying, newcomer):
        assert indexes(seat) == indexes(player)
    assert not leaving.named("said")


async def test_other_frames_arrive_after_the_events_before_them() -> None:
    table = VirtualTable("relay", spectator_delay_s=DELAY_S)
    player = table.seats[0]
    player.connect()
    seat = await watcher(table)
    player.command("say", data="the end")
    table.room.audience.announce({"type": "rematch", "game_id": "another"})
    player.command("say", data="behind the end")
    assert player.of_type("rematch") and not seat.of_type("rematch")
    late = await watcher(table)
    table.advance(DELAY_S - 1)
    assert not seat.of_type("rematch") and not seat.named("said")
    table.advance(1)
    for each in (seat, late):
        kinds = [frame["type"] for frame in each.frames]
        assert kinds.index("rematch") > each.frames.index(each.named("said")[0])
        assert kinds.count("rematch") == 1


async def test_the_number_of_spectators_is_sent_at_most_once_per_interval() -> None:
    table = VirtualTable("relay", spectator_delay_s=DELAY_S)
    player = table.seats[0]
    player.connect()
    watchers = [await watcher(table) for _ in range(2 * limits.LISTENERS_PER_SLICE + 1)]
    table.advance(limits.SPECTATOR_COUNT_S + 0.1)
    for seat in (player, *watchers):
        assert [frame["count"] for frame in seat.of_type("spectators")] == [len(watchers)]
    watchers[0].disconnect()
    again = await watcher(table)
    table.advance(limits.SPECTATOR_COUNT_S)
    assert len(player.of_type("spectators")) == 1  # one went, one came
    assert [frame["count"] for frame in again.of_type("spectators")] == [len(watchers)]
    for seat in (again, *watchers[1:]):
        seat.disconnect()
    table.advance(limits.SPECTATOR_COUNT_S)
    assert [frame["count"] for frame in player.of_type("spectators")] == [len(watchers), 0]
