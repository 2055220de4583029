"""Rooms in virtual time: forced moves, absences, pauses, outages."""

from __future__ import annotations

import pytest

from persistence.event_log.log import Health
from tests.support.virtual_table import VirtualTable


async def test_an_idle_player_is_forced_exactly_when_the_time_is_up() -> None:
    table = VirtualTable(turn_seconds=60)
    table.start()
    table.advance(59.9)
    assert "player_bid" not in table.names
    table.advance(0.2)
    bids = table.seats[0].named("player_bid")
    assert [(bid["data"]["bid"], bid["data"]["forced"]) for bid in bids] == [(0, True)]


async def test_an_illegal_move_does_not_extend_the_time() -> None:
    table = VirtualTable(turn_seconds=60)
    table.start()
    seat = next(s for s in table.seats if s.turn is not None)
    table.advance(50)
    seat.command("bid", value=99)
    assert seat.of_type("reject")[-1]["code"] == "invalid_bid"
    table.advance(10.1)
    assert table.names.count("player_bid") == 1


async def test_a_move_that_arrives_just_too_late_is_no_misplay() -> None:
    table = VirtualTable(turn_seconds=60)
    table.start()
    seat = next(s for s in table.seats if s.turn is not None)
    table.advance(60.1)
    seat.command("bid", value=1)
    assert seat.of_type("reject")[-1]["code"] == "not_your_turn"
    assert "invalid_action" not in table.names
    table.advance(3)
    seat.command("bid", value=1)
    assert table.names[-1] == "invalid_action"


async def test_a_short_disconnect_is_not_announced() -> None:
    table = VirtualTable()
    table.start()
    table.seats[1].disconnect()
    table.advance(1.9)
    table.seats[1].connect()
    table.advance(10)
    assert "player_disconnected" not in table.names


async def test_a_longer_disconnect_and_the_return_are_announced() -> None:
    table = VirtualTable()
    table.start()
    table.seats[1].disconnect()
    table.advance(2.1)
    assert table.seats[0].events[-1]["name"] == "player_disconnected"
    table.seats[1].connect()
    assert table.seats[0].events[-1]["name"] == "player_reconnected"
    assert [e["index"] for e in table.seats[1].events] == list(range(len(table.rows)))


async def test_an_empty_lobby_closes_after_half_an_hour() -> None:
    table = VirtualTable()
    table.seats[0].connect()
    table.seats[0].disconnect()
    table.advance(29 * 60)
    assert table.names[-1] != "game_aborted"
    table.advance(2 * 60)
    assert table.rows[-1].type == "game_aborted"
    table.advance(2 * 60)
    assert table.unloaded == ["empty"]


async def test_a_game_without_connected_players_is_suspended_and_resumes() -> None:
    table = VirtualTable(turn_seconds=0)
    table.start()
    for seat in table.seats:
        seat.disconnect()
    table.advance(9 * 60)
    assert table.unloaded == []
    table.advance(2 * 60)
    assert table.unloaded == ["empty"]
    assert table.rows[-1].type == "game_paused"
    table.restart(after_s=3600)
    for seat in table.seats:
        seat.connect()
    table.play()
    assert table.rows[-1].type == "game_completed"
    table.assert_log_gives_the_live_state()


async def test_after_a_crash_the_turn_has_its_full_time_again() -> None:
    table = VirtualTable(turn_seconds=60)
    table.start()
    table.advance(40)
    table.restart(after_s=25)
    resumed = table.rows[-1]
    assert (resumed.type, resumed.payload["reason"]) == ("game_resumed", "restart")
    assert resumed.payload["downtime_ms"] == 65_000
    for seat in table.seats:
        seat.connect()
    table.advance(59.9)
    assert "player_bid" not in table.names
    table.advance(0.2)
    assert "player_bid" in table.names


async def test_a_command_from_before_the_crash_gets_its_old_ack() -> None:
    table = VirtualTable(game="relay")
    table.seats[0].connect()
    sent = table.seats[0].command("say", data="once")
    first = table.seats[0].of_type("ack")[-1]
    table.restart()
    table.seats[0].connect()
    table.seats[0].command("say", sent, data="once")
    assert table.seats[0].of_type("ack")[-1] == first
    assert table.names.count("said") == 1


async def test_the_ack_of_a_command_with_many_events_survives_a_crash() -> None:
    table = VirtualTable()
    table.start()
    ack = table.seats[0].of_type("ack")[-1]
    assert ack["last"] > ack["first"]
    table.restart()
    table.seats[0].connect()
    table.seats[0].command("start_game", ack["id"])
    assert table.seats[0].of_type("ack")[-1] == ack


async def test_clocks_stop_during_an_outage() -> None:
    table = VirtualTable(turn_seconds=60)
    table.start()
    table.advance(50)
    table.outage = True
    table.room.database(Health.PAUSED, was=Health.HEALTHY)
    assert table.seats[0].frames[-1]["type"] == "status"
    assert table.seats[0].frames[-1]["paused"] is True
    table.advance(300)
    assert "player_bid" not in table.names
    table.outage = False
    table.room.database(Health.HEALTHY, was=Health.PAUSED)
    table.commit()
    assert table.rows[-1].payload["downtime_ms"] == 300_000
    table.advance(59.9)
    assert "player_bid" not in table.names
    table.advance(0.2)
    assert "player_bid" in table.names


async def test_commands_wait_for_the_database_within_bounds() -> None:
    table = VirtualTable(game="relay")
    seat = table.seats[0]
    seat.connect()
    table.outage = True
    table.room.database(Health.PAUSED, was=Health.HEALTHY)
    old = [seat.command("say", data=n) for n in range(2)]
    table.advance(5.1)
    assert [(r["id"], r["code"], r["retryable"]) for r in seat.of_type("reject")] == [
        (sent, "unavailable", True) for sent in old
    ]
    waiting = [seat.command("say", data=n) for n in range(70)]
    assert len(seat.of_type("reject")) == 2 + 6
    table.outage = False
    table.room.database(Health.HEALTHY, was=Health.PAUSED)
    table.commit()
    assert [ack["id"] for ack in seat.of_type("ack")] == waiting[:64]
    assert [row.payload["data"] for row in table.rows if row.type == "said"] == list(range(64))
    seat.command("say", waiting[-1], data=69)
    assert seat.of_type("ack")[-1]["id"] == waiting[-1]


async def test_a_player_who_leaves_is_forced_then_absent_and_may_return() -> None:
    table = VirtualTable(players=3, rounds=4, round_pause_ms=0, turn_seconds=60)
    table.start()
    gone = table.seats[2]
    gone.command("leave")
    gone.disconnect()
    table.play_until("round_scored")
    forced = [e for e in table.seats[0].named("card_played") if e["data"]["player_id"] == gone.player_id]
    assert len(forced) == 10
    assert all(e["data"]["forced"] for e in forced)
    dealt = table.seats[0].named("cards_dealt")[-1]["data"]["hand_counts"]
    assert gone.player_id not in dealt
    gone.connect()
    table.play_until("round_scored", 2)
    dealt = table.seats[0].named("cards_dealt")[-1]["data"]["hand_counts"]
    assert gone.player_id in dealt
    table.play()
    table.assert_log_gives_the_live_state()


@pytest.mark.parametrize("bots", [2, 4, 10])
async def test_bots_play_a_whole_game_alone(bots: int) -> None:
    table = VirtualTable(players=0, bots=bots, round_pause_ms=0, turn_seconds=0)
    table.advance(1)
    assert table.rows[-1].type == "game_completed"
    assert [row.index for row in table.rows] == list(range(len(table.rows)))
    table.assert_log_gives_the_live_state()


async def test_bots_wait_for_the_configured_delay() -> None:
    table = VirtualTable(players=0, bots=2, bot_delay_ms=500, turn_seconds=0)
    table.advance(0.9)
    assert table.names.count("player_bid") == 1
    table.advance(0.2)
    assert table.names.count("player_bid") == 2


async def test_bots_do_not_run_ahead_of_a_slow_log() -> None:
    table = VirtualTable(players=0, bots=10, round_pause_ms=0, turn_seconds=0)
    table.outage = True
    table.advance(60)
    assert table.log.pending_events < 600
    table.outage = False
    table.commit()
    table.advance(60)
    assert table.rows[-1].type == "game_completed"
