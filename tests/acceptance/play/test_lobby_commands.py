"""The commands of every room: getting ready, the host's rights, profiles, seats."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import MSGPACK, Frame, Player
from tests.support.guests import Guests, heard, state_of


async def lobby(guests: Guests, count: int, **config: Any) -> tuple[list[Player], Frame]:
    """Connected players in a room of El Dorado that has not begun."""
    players, room = await guests.table(count, config={"round_pause_ms": 0, **config})
    for player in players:
        await player.connect(room["ws_url"])
    return players, room


async def done(player: Player, name: str, /, **args: Any) -> Frame:
    """The first event of a command that is accepted."""
    ack = await player.ask(name, **args)
    assert ack["type"] == "ack", ack
    return await heard(player, ack["first"])


async def refused(player: Player, name: str, /, **args: Any) -> str:
    """The code of a command that is rejected."""
    reject = await player.ask(name, **args)
    assert reject["type"] == "reject", reject
    assert reject["retryable"] is False
    code: str = reject["code"]
    return code


async def seat(player: Player, player_id: str) -> Frame | None:
    """Somebody's entry in the view."""
    players = (await state_of(player))["view"]["players"]
    return next((p for p in players if p["player_id"] == player_id), None)


async def test_players_change_their_readiness(guests: Guests) -> None:
    (host, guest), _ = await lobby(guests, 2)
    event = await done(guest, "set_ready", ready=True)
    assert (event["name"], event["data"]) == ("player_ready", {"player_id": guest.id})
    assert (await heard(host, event["index"]))["data"] == event["data"]
    assert (await seat(host, guest.id) or {})["ready"] is True
    event = await done(guest, "set_ready", ready=False)
    assert (event["name"], event["data"]) == ("player_unready", {"player_id": guest.id})
    assert (await seat(host, guest.id) or {})["ready"] is False


async def test_the_start_needs_enough_ready_players(guests: Guests) -> None:
    (host,), room = await lobby(guests, 1)
    await done(host, "set_ready", ready=True)
    assert await refused(host, "start_game") == "not_ready"  # alone
    guest = await guests.new()
    await guest.http.post("/api/join", {"join_code": room["join_code"]})
    await guest.connect(room["ws_url"])
    assert await refused(host, "start_game") == "not_ready"  # the other one is not ready
    assert await refused(guest, "start_game") == "not_host"
    await done(guest, "set_ready", ready=True)
    event = await done(host, "start_game")
    assert (event["name"], event["data"]) == ("game_started", {"seats": [[0, host.id], [1, guest.id]]})
    rows = guests.server.rows("select status from play.games where id = %s", room["game_id"])
    assert rows == [("in_progress",)]


async def test_the_host_may_start_without_waiting(guests: Guests) -> None:
    (host, guest), _ = await lobby(guests, 2)
    assert await refused(guest, "set_ready_override", enabled=True) == "not_host"
    await done(host, "set_ready_override", enabled=True)
    await done(host, "set_ready_override", enabled=False)
    assert await refused(host, "start_game") == "not_ready"
    await done(host, "set_ready_override", enabled=True)
    assert (await done(host, "start_game"))["name"] == "game_started"


async def test_the_host_adds_and_removes_bots(guests: Guests) -> None:
    (host, guest), _ = await lobby(guests, 2, max_players=5)
    assert await refused(guest, "add_bot") == "not_host"
    event = await done(host, "add_bot")
    data = event["data"]
    assert (event["name"], data["seat"], data["is_bot"]) == ("player_joined", 2, True)
    assert data["profile"] == {"display_name": "Bot 1", "avatar_seed": "bot:1", "color": "#5566ff"}
    ack = await host.ask("add_bot", count=2, level="random")
    assert ack["last"] == ack["first"] + 1
    assert (await heard(host, ack["last"]))["data"]["strategy"] == "random"
    assert await refused(host, "add_bot") == "room_full"
    assert await refused(host, "add_bot", count=100) == "room_full"
    assert (await seat(guest, data["player_id"]) or {})["ready"] is True
    event = await done(host, "remove_player", player_id=data["player_id"])
    assert (event["name"], event["data"]) == ("bot_removed", {"player_id": data["player_id"]})
    assert await seat(guest, data["player_id"]) is None
    again = await done(host, "add_bot")
    assert (again["data"]["seat"], again["data"]["profile"]["display_name"]) == (2, "Bot 1")


async def test_the_host_removes_a_player(guests: Guests) -> None:
    (host, guest, third), room = await lobby(guests, 3)
    assert await refused(guest, "remove_player", player_id=third.id) == "not_host"
    assert await refused(host, "remove_player", player_id=host.id) == "invalid_command"
    event = await done(host, "remove_player", player_id=guest.id)
    assert (event["name"], event["data"]["player_id"]) == ("player_kicked", guest.id)
    assert await guest.closed() == 4403
    assert (await heard(guest, event["index"]))["data"] == event["data"]  # the event comes first
    assert await refused(host, "remove_player", player_id=guest.id) == "invalid_command"
    assert (await third.http.get(f"/api/rooms/{room['game_id']}"))["players"] == 2
    answer = await guest.http.client.post("/api/join", json={"join_code": room["join_code"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    late = await guests.new()
    assert (await late.http.post("/api/join", {"join_code": room["join_code"]}))["seat"] == 1


async def test_client_seeds_are_limited(guests: Guests) -> None:
    (host, guest), _ = await lobby(guests, 2)
    for seed in ("", "x" * 64, "ü🎲 ", "0"):
        event = await done(host, "set_client_seed", client_seed=seed)
        assert event["data"] == {"player_id": host.id, "client_seed": seed}
        told = await heard(guest, event["index"])
        assert (told["name"], told["data"]) == ("hidden", {})
    assert await refused(host, "set_client_seed", client_seed="x" * 65) == "invalid_command"


PROFILES: list[dict[str, Any]] = [
    {"display_name": ""},
    {"display_name": " "},
    {"display_name": "x" * 25},
    {"display_name": "a\tb"},
    {"avatar_seed": ""},
    {"avatar_seed": "x" * 65},
    {"color": "blue"},
    {"color": "#12345"},
    {"color": "#1234567"},
    {"display_name": "fine", "color": "#xyzxyz"},
]


async def test_players_change_their_profile(guests: Guests) -> None:
    (host, guest), _ = await lobby(guests, 2)
    for wrong in PROFILES:
        assert await refused(guest, "update_profile", **wrong) == "invalid_profile", wrong
    new = {"display_name": "Zoë 🎲", "avatar_seed": "fox", "color": "#00FF7f"}
    event = await done(guest, "update_profile", **new)
    assert (event["name"], event["data"]) == ("profile_updated", {"player_id": guest.id, "profile": new})
    assert (await seat(host, guest.id) or {}).items() >= new.items()
    # The profile goes with the player.
    assert (await guest.http.get("/api/players/me")).items() >= new.items()


@pytest.mark.parametrize("seated", [True, False])
async def test_profile_fields_that_are_left_out_stay(guests: Guests, seated: bool) -> None:
    (host, guest), room = await lobby(guests, 2)
    if not seated:
        guest = await guests.new()
        await guest.connect(room["ws_url"])
    await done(guest, "update_profile", display_name="First")
    event = await done(guest, "update_profile", color="#010203")
    assert event["data"]["profile"].items() >= {"display_name": "First", "color": "#010203"}.items()
    assert (await guest.http.get("/api/players/me"))["display_name"] == "First"
    assert host.id


async def test_a_spectator_takes_a_seat_with_the_new_profile(guests: Guests) -> None:
    (_host,), room = await lobby(guests, 1)
    watcher = await guests.new()
    await watcher.connect(room["ws_url"])
    await done(watcher, "update_profile", display_name="Renamed")
    event = await done(watcher, "request_seat")
    assert event["data"]["profile"]["display_name"] == "Renamed"


async def test_a_spectator_takes_a_seat(guests: Guests) -> None:
    (host,), room = await lobby(guests, 1, max_players=2)
    watcher, late = await guests.several(2)
    for player in (watcher, late):
        await player.connect(room["ws_url"], MSGPACK)
    event = await done(watcher, "request_seat")
    assert (event["name"], event["data"]["seat"], event["data"]["player_id"]) == ("player_joined", 1, watcher.id)
    assert await refused(watcher, "request_seat") == "invalid_command"
    assert await refused(late, "request_seat") == "room_full"
    for player in (host, watcher):
        await done(player, "set_ready", ready=True)
    await done(host, "start_game")
    deal = await watcher.event("cards_dealt")
    assert set(deal["data"]["hands"]) == {watcher.id}
    assert (await late.event("cards_dealt"))["data"]["hands"] == {}
    assert await refused(late, "request_seat") in ("already_started", "room_full")
    assert (await state_of(watcher))["view"]["you"] == {"player_id": watcher.id, "seat": 1, "role": "player"}


async def test_leaving_the_lobby_frees_the_seat(guests: Guests) -> None:
    (host, guest, third), room = await lobby(guests, 3)
    event = await done(host, "leave")
    assert (event["name"], event["data"]) == ("player_left", {"player_id": host.id})
    view = (await state_of(guest))["view"]
    assert view["host_player_id"] == guest.id  # the lowest seat takes over
    assert [p["player_id"] for p in view["players"]] == [guest.id, third.id]
    for name, args in (("set_ready", {"ready": True}), ("leave", {}), ("set_client_seed", {"client_seed": "x"})):
        assert await refused(host, name, **args) == "not_seated"
    assert await refused(third, "start_game") == "not_host"
    # The former host may take a seat again, the lowest free one, but does not host any more.
    event = await done(host, "request_seat")
    assert (event["name"], event["data"]["seat"]) == ("player_joined", 0)
    assert (await state_of(guest))["view"]["host_player_id"] == guest.id
    assert await refused(host, "start_game") == "not_host"
    assert (await third.http.get(f"/api/rooms/{room['game_id']}"))["players"] == 3


async def test_a_player_who_left_a_private_lobby_is_no_member(guests: Guests) -> None:
    (_host, guest), room = await lobby(guests, 2)
    await done(guest, "leave")
    await guest.disconnect()
    welcome = await guest.connect(room["ws_url"])
    assert (welcome["seat"], welcome["role"]) == (None, "spectator")
