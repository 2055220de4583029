"""Commands: an ack names what was committed, and the same id is applied once, whatever happens in between."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from tests.support.client import JSON, MSGPACK, Player
from tests.support.guests import Guests, heard, mover
from tests.support.server import ServerProcess
from tests.support.socket_client import dial, entered


async def test_ack_names_the_indexes_of_the_events(guests: Guests) -> None:
    (player, _), room = await guests.relay(2)
    ack = await player.ask("say", data="one event")
    event = await heard(player, ack["first"])
    assert set(ack) == {"type", "id", "first", "last"}
    assert (ack["first"], ack["last"]) == (3, 3)
    assert (event["name"], event["data"]) == ("said", {"player_id": player.id, "data": "one event"})
    rows = guests.server.rows(
        "select event_index, type, actor_id::text, command_id from play.game_events"
        " where game_id = %s and command_id is not null",
        room["game_id"],
    )
    assert rows == [(3, "said", player.id, ack["id"])]


async def test_ack_of_a_command_with_many_events(guests: Guests) -> None:
    players, room = await guests.table(2, config={"round_pause_ms": 0})
    for player in players:
        await player.connect(room["ws_url"])
        await player.ask("set_ready", ready=True)
    ack = await players[0].ask("start_game", "begin")
    last = await players[0].event("trump_revealed")
    names = [event["name"] for event in players[0].events if ack["first"] <= event["index"] <= ack["last"]]
    assert names == ["game_started", "round_started", "cards_dealt", "trump_revealed"]
    assert ack["last"] == last["index"]
    assert await players[0].ask("start_game", "begin") == ack


async def test_a_repeated_id_gets_the_same_ack(guests: Guests) -> None:
    (player, other), room = await guests.relay(2)
    first = await player.ask("say", "once", data=1)
    assert await player.ask("say", "once", data=2) == first
    assert await player.ask("leave", "once") == first
    assert await player.ask("no such command", "once") == first
    assert await player.ask("say", "once", data={"wrong": [1]}) == first
    await player.disconnect()
    async with entered(room["ws_url"], player, MSGPACK, role="player") as line:
        assert await line.ask("once", "say", data=3) == first
    # The id belongs to one player in one room.
    assert (await other.ask("say", "once", data=4))["first"] == first["first"] + 1
    elsewhere = await player.http.post("/api/rooms", {"game": "relay"})
    async with entered(elsewhere["ws_url"], player) as line:
        assert (await line.ask("once", "say", data=5))["type"] == "ack"
    said = [event["data"]["data"] for event in other.events if event["name"] == "said"]
    assert said == [1, 4]


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_a_repeated_id_sent_without_waiting_is_applied_once(guests: Guests, protocol: str) -> None:
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player, protocol) as line:
        for _ in range(5):
            await line.command("twin", "say", {"data": "once"})
        ack = await line.answer("twin")
        await line.command("after", "say", {"data": "after"})
        after = await line.answer("after")
        assert (after["first"], ack["last"]) == (ack["first"] + 1, ack["first"])
        frames = [*line.frames, *await line.settle()]
        assert {(f["first"], f["last"]) for f in frames if f["type"] == "ack" and f["id"] == "twin"} == {
            (ack["first"], ack["last"])
        }
        assert [f["data"]["data"] for f in frames if f.get("name") == "said"] == ["once", "after"]


async def test_a_rejected_id_is_not_used_up(guests: Guests) -> None:
    (host, guest), _ = await guests.relay(2)
    assert (await host.ask("say", "again"))["code"] == "invalid_command"
    assert (await host.ask("say", "again", data=1))["type"] == "ack"
    assert (await guest.ask("start_game", "again"))["code"] == "not_host"
    assert (await guest.ask("say", "again", data=1))["type"] == "ack"


async def test_a_move_sent_again_is_not_played_again(guests: Guests) -> None:
    players, _ = await guests.playing(2)
    player, turn = await mover(players)
    bid = turn["actions"][3]
    ack = await player.ask(bid["name"], "my bid", **bid["args"])
    assert ack["type"] == "ack"
    assert await player.ask(bid["name"], "my bid", **bid["args"]) == ack
    assert not [event for event in player.events if event["name"] == "invalid_action"]


async def test_after_a_crash_the_same_ack_and_nothing_twice(server_process: ServerProcess, dsn: str) -> None:
    player = await Player.create(server_process.url)
    room = await player.http.post("/api/rooms", {"game": "relay"})
    table = await player.http.post("/api/rooms", {"bots": 2, "config": {"turn_seconds": 0}})
    await player.connect(room["ws_url"])
    said = [await player.ask("say", f"word {number}", data=number) for number in range(20)]
    await player.disconnect()
    await player.connect(table["ws_url"], last_index=-1, epoch=None)
    await player.ask("set_ready", "ready", ready=True)
    started = await player.ask("start_game", "start")
    assert started["last"] - started["first"] >= 3
    await player.disconnect()

    server_process.kill()
    server_process.start()
    await player.connect(room["ws_url"], last_index=-1, epoch=None)
    for number, ack in enumerate(said):
        assert await player.ask("say", f"word {number}", data="other") == ack
    fresh = await player.ask("say", "word 20", data=20)
    assert fresh["first"] > said[-1]["last"]
    await player.disconnect()
    await player.connect(table["ws_url"], last_index=-1, epoch=None)
    assert await player.ask("start_game", "start") == started
    await player.close()

    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "select payload->'data' from play.game_events where game_id = %s and type = 'said' order by event_index",
            (room["game_id"],),
        ).fetchall()
        assert [row[0] for row in rows] == list(range(21))
        twice = connection.execute(
            "select game_id, actor_id, command_id from play.game_events where command_id is not null"
            " group by 1, 2, 3 having count(*) > 1"
        ).fetchall()
        gaps = connection.execute(
            "select game_id from play.game_events group by 1 having count(*) <> max(event_index) + 1"
        ).fetchall()
    assert (twice, gaps) == ([], [])


async def test_a_stopping_server_names_a_reconnect_delay(server_process: ServerProcess) -> None:
    player = await Player.create(server_process.url)
    room = await player.http.post("/api/rooms", {"game": "relay"})
    async with entered(room["ws_url"], player) as line, dial(room["ws_url"]) as silent:
        ids = [f"last words {number}" for number in range(50)]
        for number, command_id in enumerate(ids):
            await line.command(command_id, "say", {"data": number})
        assert await asyncio.to_thread(server_process.stop) == 0  # the clients live on and answer its goodbye
        code, reason, frames = await line.end()
        assert code == 1012
        assert 0 <= int(reason) <= 3000
        assert (await silent.end())[0] in (1001, 1012)
        acked = {frame["id"] for frame in frames if frame["type"] == "ack"}
    server_process.start()
    async with entered(room["ws_url"], player) as line:
        events = [frame for frame in await line.settle() if frame["type"] == "event"]
        said = {f"last words {event['data']['data']}" for event in events if event["name"] == "said"}
        assert acked <= said
    await player.close()


IDS: list[Any] = ["", "x" * 65, "x" * 5000, None, 1, 1.5, True, ["a"], {"a": 1}, "with \x00 in it"]


@pytest.mark.parametrize("command_id", IDS, ids=lambda value: repr(value)[:20])
async def test_invalid_command_ids_are_rejected(guests: Guests, command_id: Any) -> None:
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player) as line:
        await line.settle()
        await line.command(command_id, "say", {"data": 1})
        (reject,) = await line.settle()
        assert set(reject) == {"type", "id", "code", "message", "retryable"}
        assert (reject["type"], reject["code"], reject["retryable"]) == ("reject", "invalid_command", False)
        assert reject["id"] == (command_id if isinstance(command_id, str) else None)


@pytest.mark.parametrize("command_id", ["x", "x" * 64, "ü" * 64, "🎲" * 64, " ", "0", "c-1/2?3", "\\u0000"])
async def test_valid_command_ids_are_accepted(guests: Guests, command_id: str) -> None:
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player) as line:
        ack = await line.ask(command_id, "say", data=1)
        assert ack["type"] == "ack"
        assert await line.ask(command_id, "say", data=1) == ack


WRONG: list[dict[str, Any]] = [
    {},
    {"name": None},
    {"name": 5},
    {"name": ""},
    {"name": "fly", "args": {}},
    {"name": "SAY", "args": {"data": 1}},
    {"name": "bid", "args": {"value": 1}},  # a command of another game
    {"name": "hello", "args": {}},
    {"name": "__class__", "args": {}},
    {"name": "say", "args": []},
    {"name": "say", "args": "data"},
    {"name": "say", "args": 0},
    {"name": "say", "args": {}},
    {"name": "say"},
    {"name": "set_ready", "args": {}},
    {"name": "set_ready", "args": {"ready": "true"}},
    {"name": "set_ready", "args": {"ready": 1}},
    {"name": "set_ready", "args": {"ready": None}},
    {"name": "add_bot", "args": {"count": "2"}},
    {"name": "add_bot", "args": {"count": 1.5}},
    {"name": "add_bot", "args": {"count": True}},
    {"name": "add_bot", "args": {"count": 0}},
    {"name": "add_bot", "args": {"count": -1}},
    {"name": "add_bot", "args": {"level": 3}},
    {"name": "add_bot", "args": {"level": "grandmaster"}},
    {"name": "remove_player", "args": {}},
    {"name": "remove_player", "args": {"player_id": 1}},
    {"name": "remove_player", "args": {"player_id": "nobody"}},
    {"name": "set_client_seed", "args": {"client_seed": 5}},
    {"name": "set_client_seed", "args": {"client_seed": "x" * 65}},
    {"name": "set_client_seed", "args": {"client_seed": "a\nb"}},
    {"name": "set_ready_override", "args": {"enabled": "yes"}},
    {"name": "update_profile", "args": {"display_name": 5}},
]


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_malformed_commands_change_nothing(guests: Guests, protocol: str) -> None:
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player, protocol) as line:
        await line.settle()
        for number, wrong in enumerate(WRONG):
            await line.send({"type": "command", "id": f"w{number}", **wrong})
            (reject,) = await line.settle(f"after {number}")
            assert (reject["type"], reject["id"]) == ("reject", f"w{number}"), wrong
            assert (reject["code"], reject["retryable"]) == ("invalid_command", False), wrong
            assert reject["message"]
        assert (await player.http.get(f"/api/games/{room['game_id']}"))["head"] == 1


async def test_args_may_be_left_out_if_a_command_has_none(guests: Guests) -> None:
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player) as line:
        await line.send({"type": "command", "id": "1", "name": "leave"})
        assert (await line.answer("1"))["type"] == "ack"
