"""The host changes the room before the game: everybody is told, lists follow, and what can't be is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.play.test_lobby_commands import done, lobby, refused
from tests.support.client import MSGPACK, Frame, Player
from tests.support.guests import Guests, heard, play_out, state_of
from tests.support.socket_client import entered


async def refusal(player: Player, **args: Any) -> tuple[str, str | None]:
    """Code and field of a change that is rejected."""
    reject = await player.ask("change_settings", **args)
    assert reject["type"] == "reject", reject
    return reject["code"], reject.get("field")


async def listed(player: Player, room: Frame) -> Frame | None:
    items = (await player.http.get("/api/rooms", limit=100))["items"]
    return next((item for item in items if item["game_id"] == room["game_id"]), None)


async def test_changed_settings_reach_everyone_and_clear_readiness(guests: Guests) -> None:
    (host, guest), room = await lobby(guests, 2, rounds=5)
    watcher = await guests.new()
    await watcher.connect(room["ws_url"], MSGPACK)
    for player in (host, guest):
        await done(player, "set_ready", ready=True)
    event = await done(host, "change_settings", config={"rounds": 1, "max_players": 3, "turn_seconds": 0})
    assert event["name"] == "settings_changed"
    assert event["data"]["is_public"] is True
    assert event["data"]["config"].items() >= {"rounds": 1, "max_players": 3, "turn_seconds": 0, "hook": False}.items()
    for other in (guest, watcher):
        assert (await heard(other, event["index"]))["data"] == event["data"]
    view = (await state_of(guest))["view"]
    assert view["config"] == event["data"]["config"]
    assert [player["ready"] for player in view["players"]] == [False, False]
    assert await refused(host, "start_game") == "not_ready"

    assert ((await listed(guest, room)) or {})["max_players"] == 3
    game = await guest.http.get(f"/api/games/{room['game_id']}")
    assert game["config"] == event["data"]["config"]
    for player in (host, guest):
        await done(player, "set_ready", ready=True)
    await done(host, "start_game")
    await play_out([host, guest])
    summary = (await guest.http.get(f"/api/games/{room['game_id']}"))["summary"]
    assert len(summary["rounds"]) == 1
    verified = (await guest.http.get(f"/api/games/{room['game_id']}/fairness"))["verified"]
    assert verified["ok"], verified

    await guest.ask("rematch")
    (again,) = guest.of_type("rematch")
    made = await guest.http.get(f"/api/games/{again['game_id']}")
    assert made["config"] == event["data"]["config"]


WRONG: list[tuple[dict[str, Any], tuple[str, str | None]]] = [
    ({}, ("invalid_command", "config")),
    ({"config": {}}, ("invalid_command", None)),
    ({"config": {"rounds": 10}, "is_public": True}, ("invalid_command", None)),  # as it is
    ({"config": {"flavour": "new"}}, ("invalid_command", None)),
    ({"config": "rounds"}, ("invalid_command", "config")),
    ({"config": [1]}, ("invalid_command", "config")),
    ({"is_public": "no"}, ("invalid_command", "is_public")),
    ({"is_public": 0}, ("invalid_command", "is_public")),
    ({"config": {"rounds": 0}}, ("invalid_config", "config.rounds")),
    ({"config": {"rounds": "3"}}, ("invalid_config", "config.rounds")),
    ({"config": {"rounds": 2**63}}, ("invalid_config", "config.rounds")),
    ({"config": {"rounds": {"of": "cards"}}}, ("invalid_config", "config.rounds")),
    ({"config": {"max_players": 1}}, ("invalid_config", "config.max_players")),
    ({"config": {"durability": "relaxed"}}, ("invalid_config", "config.durability")),
    ({"config": {"game": "relay", "rounds": 2}}, ("invalid_config", "config.game")),
    ({"config": {"rounds": 2, "turn_seconds": 1}}, ("invalid_config", "config.turn_seconds")),
]


async def test_invalid_settings_are_named_and_change_nothing(guests: Guests) -> None:
    (host, guest), _ = await lobby(guests, 2)
    before = await state_of(host)
    for args, told in WRONG:
        assert await refusal(host, **args) == told, args
    assert (await refusal(guest, config={"rounds": 2}))[0] == "not_host"
    assert (await refusal(host, config={"rounds": [[[]]] * 1500}))[0] == "invalid_config"
    assert await state_of(host) == before


async def test_settings_are_checked_as_when_a_room_is_created(guests: Guests) -> None:
    (host,), _ = await lobby(guests, 1)
    for config in ({"rounds": 11}, {"min_players": "2"}, {"min_players": 5, "max_players": 4}, {"durability": 1}):
        answer = await host.http.client.post("/api/rooms", json={"config": config})
        error = answer.json()["error"]
        reject = await host.ask("change_settings", config=config)
        told = {"code": reject["code"], "message": reject["message"], "details": {"field": reject["field"]}}
        assert told == error


async def test_settings_that_would_cost_a_player_the_seat_are_rejected(guests: Guests) -> None:
    (host, guest, third), room = await lobby(guests, 3)
    assert await refusal(host, config={"max_players": 2}) == ("invalid_config", "config.max_players")
    await done(guest, "leave")  # two are left, on the seats 0 and 2
    assert await refusal(host, config={"max_players": 2}) == ("invalid_config", "config.max_players")
    await done(host, "change_settings", config={"max_players": 3})
    await done(guest, "request_seat")
    late = await guests.new()
    answer = await late.http.client.post("/api/join", json={"join_code": room["join_code"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "room_full")
    await done(host, "change_settings", config={"max_players": 4})
    assert (await late.http.post("/api/join", {"join_code": room["join_code"]}))["seat"] == 3
    assert third.close_code is None


async def test_settings_cannot_change_after_the_start(guests: Guests) -> None:
    (host, _), _ = await guests.playing(2)
    assert (await refusal(host, config={"rounds": 2}))[0] == "already_started"


async def test_the_same_command_again_changes_nothing(guests: Guests) -> None:
    (host, guest), _ = await lobby(guests, 2)
    first = await host.ask("change_settings", "once", config={"rounds": 2})
    await done(guest, "set_ready", ready=True)
    again = await host.ask("change_settings", "once", config={"rounds": 2})
    assert again == first
    assert [player["ready"] for player in (await state_of(host))["view"]["players"]] == [False, True]


async def test_a_room_becomes_private_and_public_again(guests: Guests) -> None:
    (host, guest), room = await lobby(guests, 2)
    member, stranger, late = await guests.several(3)
    await done(host, "change_settings", is_public=False, config={"rounds": 2})
    await member.http.post("/api/join", {"join_code": room["join_code"], "role": "spectator"})
    await done(host, "change_settings", is_public=True)
    for watcher in (member, stranger):
        await watcher.connect(room["ws_url"])
    assert await listed(stranger, room) is not None

    event = await done(host, "change_settings", is_public=False)
    assert event["data"]["config"]["rounds"] == 2
    assert await stranger.closed() == 4403  # a stranger may watch up to here
    assert await listed(stranger, room) is None
    for way in (f"/api/rooms/{room['game_id']}", f"/api/games/{room['game_id']}"):
        assert (await stranger.http.client.get(way)).status_code == 404
    assert (await late.http.client.post(f"/api/rooms/{room['game_id']}/join", json={})).status_code == 403
    assert (await heard(member, event["index"]))["data"] == event["data"]  # members stay
    assert (await member.http.get(f"/api/rooms/{room['game_id']}"))["is_public"] is False
    assert (await state_of(guest))["view"]["is_public"] is False

    await done(host, "change_settings", is_public=True)
    async with entered(room["ws_url"], stranger) as line:
        assert line.frames[0]["role"] == "spectator"


async def test_settings_survive_a_restart_of_the_room(guests: Guests) -> None:
    """What is loaded from the log is what was live, and the rows say the same."""
    (host, _), room = await lobby(guests, 2)
    await done(host, "change_settings", config={"rounds": 4, "max_players": 5}, is_public=False)
    rows = guests.server.rows(
        "select g.config, r.max_players, r.is_public from play.games g join play.room_directory r on r.game_id = g.id"
        " where g.id = %s",
        room["game_id"],
    )
    view = (await state_of(host))["view"]
    assert rows == [(view["config"], 5, False)]
    stored = await host.http.get(f"/api/games/{room['game_id']}/state")
    assert stored["view"] == view


async def test_autostart_begins_at_once(guests: Guests) -> None:
    (host, guest), _ = await lobby(guests, 2)
    ack = await host.ask("change_settings", config={"autostart": True})
    assert ack["last"] > ack["first"]
    assert (await heard(guest, ack["first"] + 1))["name"] == "game_started"


@pytest.mark.parametrize("started", [False, True])
async def test_the_host_hands_over_the_role(guests: Guests, started: bool) -> None:
    if started:
        (host, guest, third), _ = await guests.playing(3)
    else:
        (host, guest, third), _ = await lobby(guests, 3)
    for wrong in (host.id, "nobody", ""):
        reject = await host.ask("make_host", player_id=wrong)
        assert (reject["code"], reject["field"]) == ("invalid_command", "player_id")
    assert await refused(guest, "make_host", player_id=guest.id) == "not_host"
    event = await done(host, "make_host", player_id=third.id)
    assert (event["name"], event["data"]) == ("host_changed", {"player_id": third.id})
    assert (await state_of(guest))["view"]["host_player_id"] == third.id
    assert await refused(host, "make_host", player_id=guest.id) == "not_host"
    await done(third, "leave")  # the lowest seat takes over, not the previous host
    assert (await state_of(guest))["view"]["host_player_id"] == host.id
