"""Spectators: who may watch, what they see, and the two commands they have."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.support.client import JSON, MSGPACK
from tests.support.guests import Guests, heard, mover, play_out, state_of
from tests.support.socket_client import entered

COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("set_ready", {"ready": True}),
    ("set_ready_override", {"enabled": True}),
    ("start_game", {}),
    ("add_bot", {}),
    ("remove_player", {"player_id": "x"}),
    ("set_client_seed", {"client_seed": "x"}),
    ("leave", {}),
    ("rematch", {}),
    ("bid", {"value": 1}),
    ("play_card", {"card": "d0:hearts:K"}),
]


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_spectators_may_send_few_commands(guests: Guests, protocol: str) -> None:
    _, room = await guests.table(1)
    watcher = await guests.new()
    async with entered(room["ws_url"], watcher, protocol) as line:
        await line.settle()
        for name, args in COMMANDS:
            answer = await line.ask(f"try {name}", name, **args)
            assert (answer["type"], answer["code"], answer["retryable"]) == ("reject", "not_seated", False), name
        assert await line.settle() == []  # and nothing was written, not even a misplay
        await line.send({"type": "sync"})
        assert (await line.frame())["type"] == "state"
        assert (await line.ask("1", "update_profile", color="#123456"))["type"] == "ack"
        assert (await line.ask("2", "request_seat"))["type"] == "ack"


async def test_spectators_of_a_private_room_may_send_few_commands(guests: Guests) -> None:
    """A member without a seat."""
    (host,), room = await guests.table(1, is_public=False)
    watcher = await guests.new()
    await watcher.http.post("/api/join", {"join_code": room["join_code"], "role": "spectator"})
    async with entered(room["ws_url"], watcher) as line:
        for name, args in COMMANDS:
            if name not in ("leave", "start_game", "add_bot", "set_ready_override", "remove_player"):
                answer = await line.ask(f"try {name}", name, **args)
                assert answer["type"] == "reject", name
                assert answer["code"] in ("not_seated", "invalid_phase"), name
            elif name != "leave":
                assert (await line.ask(f"try {name}", name, **args))["code"] in ("not_host", "not_seated")
    assert (await host.http.get(f"/api/games/{room['game_id']}"))["status"] == "created"


async def test_a_seated_player_who_connects_as_spectator_cannot_play(guests: Guests) -> None:
    players, room = await guests.playing(2)
    player, _ = await mover(players)
    async with entered(room["ws_url"], player, role="spectator") as line:
        await line.settle()
        for name, args in COMMANDS:
            answer = await line.ask(f"try {name}", name, **args)
            assert (answer["type"], answer["code"]) == ("reject", "not_seated"), name
        await line.send({"type": "sync"})
        state = await line.next("state")
        assert state["view"]["hand"] is None


async def test_spectators_see_counts_and_never_a_hand(guests: Guests) -> None:
    players, room = await guests.playing(3, rounds=2)
    watcher, late = await guests.several(2)
    await watcher.connect(room["ws_url"], MSGPACK)
    assert watcher.frames[0]["role"] == "spectator"
    hands = {card for player in players for card in (await state_of(player))["view"]["hand"]}
    state = await state_of(watcher)
    view = state["view"]
    assert (view["hand"], view["hand_counts"]) == (None, {player.id: 10 for player in players})
    assert (view["you"]["seat"], view["you"]["role"]) == (None, "spectator")
    assert "join_code" not in view or view["join_code"] is None
    assert not [card for card in hands if card in json.dumps(watcher.frames)]
    await play_out(players)
    last = await watcher.event("game_completed")
    assert [event["index"] for event in watcher.events] == list(range(last["index"] + 1))
    assert not watcher.of_type("turn")
    for event in watcher.events:
        if event["name"] == "cards_dealt":
            assert event["data"]["hands"] == {}
    await late.connect(room["ws_url"])
    assert (await state_of(late))["view"]["session_seed"] == last["data"]["session_seed"]


async def test_a_room_of_bots_plays_itself_to_the_end(guests: Guests) -> None:
    watcher = await guests.new()
    room = await watcher.http.post("/api/rooms", {"as": "spectator", "bots": 4})
    assert room["seat"] is None
    async with entered(room["ws_url"], watcher) as line:
        assert (line.frames[0]["role"], line.frames[0]["seat"]) == ("spectator", None)
        async with asyncio.timeout(30):
            while True:
                frame = await line.frame()
                if frame.get("name") == "game_completed":
                    break
        events = [frame for frame in line.frames if frame["type"] == "event"]
        if line.frames[0]["mode"] == "replay":
            assert [event["index"] for event in events] == list(range(len(events)))
    game = await watcher.http.get(f"/api/games/{room['game_id']}")
    assert game["status"] == "completed"
    assert [p["is_bot"] for p in game["players"]] == [True] * 4
    assert len(game["summary"]["rounds"]) == 10
    assert len(game["summary"]["players"]) == 4
    page = await watcher.http.get(f"/api/games/{room['game_id']}/events", limit=5000)
    assert [item["index"] for item in page["items"]] == list(range(game["head"] + 1))
    assert page["items"][-1]["name"] == "game_completed"
    told = await watcher.http.get(f"/api/games/{room['game_id']}/fairness")
    assert (told["verified"]["ok"], told["verified"]["problem"]) == (True, None)
    # The creator has no part in it.
    stats = await watcher.http.get(f"/api/players/{watcher.id}/stats")
    assert stats["games_played"] == 0


async def test_spectators_get_the_index_of_a_hidden_event_only(guests: Guests) -> None:
    players, room = await guests.playing(2)
    watcher = await guests.new()
    await watcher.connect(room["ws_url"])
    player, _ = await mover(players)
    reject = await player.ask("bid", value=77)
    event = await player.event("invalid_action")
    assert reject["code"] == "invalid_bid"
    told = await heard(watcher, event["index"])
    assert told == {"type": "event", "index": event["index"], "name": "hidden", "at": event["at"], "data": {}}


async def test_the_room_is_told_the_number_of_spectators(guests: Guests) -> None:
    (player,), room = await guests.relay(1)
    watchers = await guests.several(3)
    for watcher, protocol in zip(watchers, (JSON, MSGPACK, JSON), strict=True):
        await watcher.connect(room["ws_url"], protocol)
    for seat in (player, *watchers):
        await seat.wait_for(lambda frame: frame == {"type": "spectators", "count": 3})
    await watchers[0].close()
    await player.wait_for(lambda frame: frame == {"type": "spectators", "count": 2})
    late = await guests.new()
    await late.connect(room["ws_url"])
    await late.wait_for(lambda frame: frame == {"type": "spectators", "count": 2})  # those who were there before
    (listed,) = [r for r in (await player.http.get("/api/rooms"))["items"] if r["game_id"] == room["game_id"]]
    assert listed["spectators"] == 3
