"""Changing the settings of a room: what is possible, what is refused, and what follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from persistence.ids import new_game_id
from server.games import fairness, match
from server.games import table_events as ev
from server.games.eldorado import GAME, Config
from server.games.replay import fold, state_hash
from server.games.rules import Event, Refusal, State
from server.games.table import config_data
from server.games.table_commands import ChangeSettings
from server.rooms.machine.changing import change_settings
from server.rooms.machine.identity import Identity
from tests.support.virtual_table import VirtualTable

HOST, GUEST, BOT = "host", "guest", "bot"
SETTINGS = Config(rounds=3, max_players=6, spectator_delay_s=10)


def log(*more: Event, is_public: bool | None = True) -> list[Event]:
    """Host and guest on the seats 0 and 1, both ready, a bot on seat 3, and what comes then."""
    events: list[Event] = [ev.GameCreated("id", GAME.name, 1, config_data(SETTINGS), HOST, "c", is_public)]
    for member, seat in ((HOST, 0), (GUEST, 1), (BOT, 3)):
        profile = {"display_name": member, "avatar_seed": member, "color": "#112233"}
        events.append(ev.PlayerJoined(member, seat, profile, is_bot=member == BOT))
    return [*events, ev.PlayerReady(HOST), ev.PlayerReady(GUEST), *more]


def wish(config: Any = None, is_public: bool | None = None, *, by: str = HOST, after: list[Event] | None = None) -> Any:
    table = fold(GAME, after or log()).table
    return change_settings(GAME, table, by, ChangeSettings(config, is_public))


def changed(config: Any = None, is_public: bool | None = None) -> State[Any]:
    (event,) = wish(config, is_public)
    return fold(GAME, log(event))


def test_given_settings_change_and_the_others_stay() -> None:
    table = changed({"rounds": 5, "turn_seconds": 0, "flavour": "unknown keys are ignored"}).table
    assert table.config == Config(rounds=5, turn_seconds=0, max_players=6, spectator_delay_s=10)
    assert table.is_public is True
    table = changed(is_public=False).table
    assert (table.config, table.is_public) == (SETTINGS, False)


def test_the_event_tells_every_setting() -> None:
    (event,) = wish({"hook": True})
    assert event == ev.SettingsChanged({**config_data(SETTINGS), "hook": True}, is_public=True)


def test_nobody_but_bots_is_ready_after_a_change() -> None:
    table = changed({"rounds": 5}).table
    assert {player.player_id: player.ready for player in table.seated()} == {HOST: False, GUEST: False, BOT: True}


def test_an_old_log_does_not_say_whether_the_room_is_public() -> None:
    old = log(is_public=None)
    (event,) = wish({"rounds": 5}, after=old)
    assert event.is_public is None
    assert fold(GAME, [*old, event]).table.is_public is None
    (event,) = wish(is_public=False, after=old)
    assert fold(GAME, [*old, event]).table.is_public is False
    # And its state has the hash that it had then; what is said counts.
    assert state_hash(fold(GAME, old)) != state_hash(fold(GAME, log()))


@pytest.mark.parametrize(
    ("config", "field", "words"),
    [
        ({"rounds": 11}, "config.rounds", "1 to 10"),
        ({"rounds": "3"}, "config.rounds", "integer"),
        ({"rounds": None}, "config.rounds", "integer"),
        ({"rounds": True}, "config.rounds", "integer"),
        ({"rounds": 10**30}, "config.rounds", "1 to 10"),
        ({"hook": 1}, "config.hook", "bool"),
        ({"turn_seconds": 5}, "config.turn_seconds", "or 0"),
        ({"min_players": 7}, "config.min_players", "exceeds"),
        ({"max_players": 3}, "config.max_players", "seat 3 is taken"),
        ({"max_players": 11}, "config.max_players", "2 to 10"),
        ({"durability": "relaxed"}, "config.durability", "opened"),
        ({"durability": "lax"}, "config.durability", "strict or relaxed"),
        ({"spectator_delay_s": 9}, "config.spectator_delay_s", "raised"),
        ({"game": "relay"}, "config.game", "can't be changed"),
    ],
    ids=str,
)
def test_invalid_changes_are_refused(config: dict[str, Any], field: str, words: str) -> None:
    refusal = wish({"rounds": 4, **config})
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.field) == ("invalid_config", field)
    assert words in refusal.message


@pytest.mark.parametrize(
    "config", [{"max_players": 4}, {"spectator_delay_s": 11}, {"durability": "strict", "rounds": 1}]
)
def test_changes_at_the_bounds_are_accepted(config: dict[str, Any]) -> None:
    assert changed(config).table.config != SETTINGS


@pytest.mark.parametrize("args", [(None, None), ({}, None), ({"rounds": 3}, True), (None, True), ({"new": 1}, None)])
def test_a_command_that_changes_nothing_is_refused(args: tuple[Any, Any]) -> None:
    refusal = wish(*args)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "invalid_command"


def test_only_the_host_changes_settings_and_only_before_the_game() -> None:
    started = log(ev.GameStarted(((0, HOST), (1, GUEST), (3, BOT))))
    aborted = log(ev.GameAborted("empty"))
    assert wish({"rounds": 5}, by=GUEST).code == "not_host"
    assert wish({"rounds": 5}, by="stranger").code == "not_host"
    assert wish({"rounds": 5}, after=started).code == "already_started"
    assert wish({"rounds": 5}, after=aborted).code == "invalid_phase"
    assert not isinstance(wish({"rounds": 5}, by=GUEST, after=log(ev.HostChanged(GUEST))), Refusal)


async def test_changed_settings_survive_a_restart() -> None:
    """And the game that is played in it is fair, by the settings that it was started with."""
    table = VirtualTable(players=3, rounds=3, turn_seconds=0, round_pause_ms=0)
    host = table.seats[0]
    for seat in table.seats:
        seat.connect()
    host.command("change_settings", config={"rounds": 1, "max_players": 3}, is_public=False)
    host.command("make_host", player_id=table.seats[2].player_id)
    table.assert_log_gives_the_live_state()
    before = table.room.core.told_state.table
    table.restart()
    assert table.room.core.told_state.table == before
    assert not table.room.core.is_public
    for seat in table.seats:
        seat.connect()
        seat.command("set_ready", ready=True)
    host.command("start_game")
    assert host.of_type("reject")[-1]["code"] == "not_host"
    table.seats[2].command("start_game")
    table.play()
    assert table.names.count("round_started") == 1
    codec = table.registry.codec("eldorado")
    report = fairness.verify(GAME, [codec.from_data(row.type, row.payload) for row in table.rows])
    assert report.ok, report.problem


@pytest.mark.parametrize("public", [True, False])
async def test_a_room_with_an_old_log_stays_as_public_as_it_was_opened(public: bool) -> None:
    """Then it stood in the directory only, from which the room's identity is made."""
    table = VirtualTable(identity=Identity(new_game_id(), "ABCDEF", public, "5e" * 32))
    del table.rows[0].payload["is_public"]
    table.restart()
    table.seats[0].connect()
    assert table.room.core.is_public is public
    table.seats[0].command("change_settings", config={"rounds": 5})
    assert table.room.core.is_public is public
    table.seats[0].command("change_settings", is_public=not public)
    assert table.room.core.is_public is not public


async def test_a_change_waits_for_the_database_like_any_other_command() -> None:
    table = VirtualTable(players=2)
    host, guest = table.seats
    for seat in table.seats:
        seat.connect()
    table.outage = True
    host.command("change_settings", "once", config={"rounds": 1})
    host.command("change_settings", "once", config={"rounds": 1})
    guest.command("set_ready", ready=True)
    assert not guest.named("settings_changed") and not host.of_type("ack")
    table.outage = False
    table.commit()
    assert [event["name"] for event in guest.events[-2:]] == ["settings_changed", "player_ready"]
    assert len(host.of_type("ack")) == 1


def test_the_game_is_played_by_the_new_settings() -> None:
    state = changed({"rounds": 1, "max_players": 4})
    assert state.table.free_seat() == 2
    view = match.view(GAME, state, GUEST)
    assert (view["config"]["rounds"], view["is_public"]) == (1, True)
