"""The chat over real sockets and a real database: who may say what, and who is told it when."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from server import limits
from tests.support.client import JSON, MSGPACK, Frame, Player
from tests.support.guests import Guests
from tests.support.server import ServerProcess
from tests.support.socket_client import dial, entered

DELAY_S = 2


async def said(player: Player, text: str) -> Frame:
    """The message, as this player was told it."""
    return await player.wait_for(lambda frame: frame["type"] == "chat" and frame["text"] == text)


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_a_message_reaches_everyone_and_later_arrivals_read_it(guests: Guests, protocol: str) -> None:
    (host, player), room = await guests.relay(2)
    async with entered(room["ws_url"], await guests.new(), protocol) as watching:
        ack = await host.ask("chat", "hello", text=" hello, żółw ✓\nline two ")
        assert ack["type"] == "ack"
        assert ack["first"] == ack["last"]
        told = await said(player, "hello, żółw ✓\nline two")
        assert told.keys() == {"type", "id", "player_id", "display_name", "text", "at"}
        assert (told["player_id"], told["display_name"]) == (host.id, "Guest 0")
        assert await watching.next("chat") == told
    assert await host.ask("chat", "hello", text="the same id again") == ack
    assert (await player.ask("chat", text="second"))["type"] == "ack"
    second = await said(host, "second")
    async with entered(room["ws_url"], await guests.new(), protocol) as late:
        history = await late.next("chat_history")
        messages = [{k: v for k, v in frame.items() if k != "type"} for frame in (told, second)]
        assert history == {"type": "chat_history", "messages": messages, "muted": []}
    page = await player.http.get(f"/api/rooms/{room['game_id']}/chat")
    assert page == {"items": messages[::-1], "next": None}
    assert len(host.of_type("chat")) == len(player.of_type("chat")) == 2


async def test_a_room_in_which_nothing_was_said_has_no_history(guests: Guests) -> None:
    (host,), room = await guests.relay(1)
    await host.send({"type": "ping"})
    await host.wait_for(lambda frame: frame["type"] == "pong")
    assert host.of_type("chat_history") == []
    assert await host.http.get(f"/api/rooms/{room['game_id']}/chat") == {"items": [], "next": None}


BAD: list[dict[str, Any]] = [
    {},
    {"text": None},
    {"text": 7},
    {"text": ["x"]},
    {"text": {"x": 1}},
    {"text": ""},
    {"text": " \n "},
    {"text": "x" * 501},
    {"text": "x" * 12_000},
    {"text": "bell \x07"},
    {"text": "nul \x00"},
    {"text": "\u200b"},
]


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_invalid_messages_are_rejected_and_the_field_is_named(guests: Guests, protocol: str) -> None:
    (host, player), room = await guests.table(2, game="relay")
    await player.connect(room["ws_url"])
    async with entered(room["ws_url"], host, protocol) as line:
        for number, args in enumerate(BAD):
            answer = await line.ask(f"bad {number}", "chat", **args)
            assert (answer["type"], answer["code"]) == ("reject", "invalid_command"), args
            assert not answer["retryable"]
        for args in ({}, {"message_id": "1"}, {"message_id": 1.5}, {"message_id": True}, {"message_id": -1}):
            assert (await line.ask("bad", "delete_message", **args))["code"] == "invalid_command", args
        for args in (
            {},
            {"player_id": player.id},
            {"player_id": player.id, "muted": 1},
            {"player_id": 1, "muted": True},
        ):
            assert (await line.ask("bad", "mute", **args))["code"] == "invalid_command", args
        assert (await line.ask("good", "chat", text="x" * 500))["type"] == "ack"
    assert len((await said(player, "x" * 500))["text"]) == 500
    assert len(player.of_type("chat")) == 1


async def test_too_many_messages_are_rejected(guests: Guests) -> None:
    (host, player), _ = await guests.relay(2)
    answers = [await host.ask("chat", f"fast {n}", text=str(n)) for n in range(limits.CHAT_BURST + 3)]
    assert [answer["type"] for answer in answers[: limits.CHAT_BURST]] == ["ack"] * limits.CHAT_BURST
    refused = [answer for answer in answers if answer["type"] == "reject"]
    assert refused, answers
    assert {(answer["code"], answer["retryable"]) for answer in refused} == {("rate_limited", True)}
    assert (await player.ask("chat", text="my own pace"))["type"] == "ack"
    assert (await host.ask("say", data="the game has another"))["type"] == "ack"
    again = refused[0]
    while again["type"] == "reject":  # retryable means that it works later, under the same id
        await asyncio.sleep(2 / limits.COMMANDS_PER_S)  # any faster and the connection itself would be cut
        again = await host.ask("chat", refused[0]["id"], text="later")
        assert again["type"] == "ack" or again["code"] == "rate_limited"
    await said(player, "later")


async def test_the_host_can_delete_and_mute(guests: Guests) -> None:
    (host, loud, other), room = await guests.relay(3)
    await loud.ask("chat", text="rude")
    message = await said(other, "rude")
    assert (await other.ask("delete_message", message_id=message["id"]))["code"] == "not_host"
    assert (await other.ask("mute", player_id=loud.id, muted=True))["code"] == "not_host"
    assert (await host.ask("delete_message", message_id=message["id"]))["type"] == "ack"
    assert (await host.ask("mute", player_id=loud.id, muted=True))["type"] == "ack"
    for player in (host, loud, other):
        await player.wait_for(lambda frame: frame == {"type": "chat_deleted", "id": message["id"]})
        await player.wait_for(lambda frame: frame == {"type": "muted", "player_id": loud.id, "muted": True})
    refused = await loud.ask("chat", text="and more")
    assert (refused["code"], refused["retryable"]) == ("forbidden", False)
    path = f"/api/rooms/{room['game_id']}/chat"
    assert (await host.http.get(path))["items"] == []
    kept = guests.server.rows("select text, deleted_by::text from play.chat_messages where id = %s", message["id"])
    assert kept == [(None, host.id)]
    assert (await host.ask("mute", player_id=loud.id, muted=False))["type"] == "ack"
    assert (await loud.ask("chat", text="sorry"))["type"] == "ack"
    mine = await said(loud, "sorry")
    assert (await loud.ask("delete_message", message_id=mine["id"]))["type"] == "ack"
    assert (await host.http.get(path))["items"] == []


async def test_a_message_of_another_room_cannot_be_deleted(guests: Guests) -> None:
    (host,), _ = await guests.relay(1)
    (stranger,), _ = await guests.relay(1)
    await host.ask("chat", text="mine")
    message = await said(host, "mine")
    answer = await stranger.ask("delete_message", message_id=message["id"])
    assert (answer["code"], answer["field"]) == ("invalid_command", "message_id")
    assert (await host.ask("chat", text="still here"))["type"] == "ack"
    assert host.of_type("chat_deleted") == []


async def test_a_room_without_chat_rejects_messages(guests: Guests) -> None:
    (host, player), room = await guests.relay(2, config={"chat": False})
    for name, args in (
        ("chat", {"text": "x"}),
        ("delete_message", {"message_id": 1}),
        ("mute", {"player_id": player.id, "muted": True}),
    ):
        answer = await host.ask(name, **args)
        assert (answer["code"], answer["retryable"]) == ("chat_off", False)
    assert await host.http.get(f"/api/rooms/{room['game_id']}/chat") == {"items": [], "next": None}
    refused = await host.http.client.post("/api/rooms", json={"config": {"chat": "no"}})
    assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (422, "config.chat")


async def test_spectators_read_but_cannot_write(guests: Guests) -> None:
    (host,), room = await guests.relay(1)
    guest = await guests.new()
    async with entered(room["ws_url"], guest) as line:
        assert (await line.ask("1", "chat", text="let me in"))["code"] == "not_seated"
        await host.ask("chat", text="hello")
        assert (await line.next("chat"))["text"] == "hello"
        assert (await line.ask("2", "request_seat"))["type"] == "ack"
        assert (await line.ask("1", "chat", text="now"))["type"] == "ack"


async def test_a_removed_player_cannot_write_and_their_messages_stay(guests: Guests) -> None:
    (host, player), room = await guests.relay(2)
    await player.ask("chat", text="goodbye")
    await host.ask("remove_player", player_id=player.id)
    assert await player.closed() == 4403
    page = await host.http.get(f"/api/rooms/{room['game_id']}/chat")
    assert [item["text"] for item in page["items"]] == ["goodbye"]
    answer = await player.http.client.get(f"/api/rooms/{room['game_id']}/chat")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


async def test_history_comes_in_pages_over_http(guests: Guests) -> None:
    (host, *_), room = await guests.relay(3)
    players = [host, *_]
    for number in range(9):
        assert (await players[number % 3].ask("chat", text=str(number)))["type"] == "ack"
    path, seen, before = f"/api/rooms/{room['game_id']}/chat", [], {}
    while True:
        page = await host.http.get(path, limit=4, **before)
        seen += [item["text"] for item in page["items"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert seen == [str(number) for number in reversed(range(9))]
    for wrong in ({"before": "x"}, {"before": 0}, {"before": 2**63}, {"limit": 0}, {"limit": 101}):
        answer = await host.http.client.get(path, params=wrong)
        assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, next(iter(wrong))), wrong


async def test_the_chat_of_a_private_room_is_for_its_members(guests: Guests) -> None:
    (host,), room = await guests.relay(1, is_public=False)
    await host.ask("chat", text="between us")
    stranger = await guests.new()
    answer = await stranger.http.client.get(f"/api/rooms/{room['game_id']}/chat")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "room_not_found")
    await stranger.http.post("/api/join", {"join_code": room["join_code"], "role": "spectator"})
    assert len((await stranger.http.get(f"/api/rooms/{room['game_id']}/chat"))["items"]) == 1
    async with dial(room["ws_url"]) as line:
        await line.send({"type": "hello", "token": (await guests.new()).token})
        assert (await line.end())[0] == 4403


async def test_delayed_spectators_cannot_read_messages_early(guests: Guests) -> None:
    (host,), room = await guests.relay(1, config={"spectator_delay_s": DELAY_S})
    stranger = await guests.new()
    path = f"/api/rooms/{room['game_id']}/chat"
    async with entered(room["ws_url"], stranger) as line:
        await host.ask("chat", text="secret")
        message = await said(host, "secret")
        assert (await stranger.http.get(path))["items"] == []
        assert len((await host.http.get(path))["items"]) == 1
        async with entered(room["ws_url"], await guests.new()) as late:
            assert "secret" not in json.dumps(await late.settle())
        async with entered(room["ws_url"], host, role="spectator") as own:  # the host, as a spectator
            assert "secret" not in json.dumps(await own.settle())
        told = await line.next("chat")
        await line.send({"type": "ping"})
        assert (await line.next("pong"))["server_time"] >= message["at"] + DELAY_S * 1000
        assert told == message
        assert len((await stranger.http.get(path))["items"]) == 1


async def test_a_restart_loses_and_repeats_no_message(server_process: ServerProcess) -> None:
    host, player = [await Player.create(server_process.url, name) for name in ("Ada", "Ben")]
    room = await host.http.post("/api/rooms", {"game": "relay"})
    await player.http.post("/api/join", {"join_code": room["join_code"]})
    for each in (host, player):
        await each.connect(room["ws_url"])
    acks = {number: await host.ask("chat", f"said {number}", text=str(number)) for number in range(3)}
    gone = (await said(player, "1"))["id"]
    deleted = await host.ask("delete_message", "d", message_id=gone)
    muted = await host.ask("mute", "m", player_id=player.id, muted=True)
    await host.ask("say", data="the log goes on")
    server_process.kill()
    await asyncio.gather(host.closed(), player.closed())
    server_process.start()
    mark = len(player.frames)
    for each in (host, player):
        await each.connect(room["ws_url"])
    history = await player.wait_for(lambda frame: frame["type"] == "chat_history", since=mark)
    assert [message["text"] for message in history["messages"]] == ["0", "2"]
    assert [message["display_name"] for message in history["messages"]] == ["Ada", "Ada"]
    assert history["muted"] == [player.id]
    for number, ack in acks.items():
        assert await host.ask("chat", f"said {number}", text="again") == ack
    assert await host.ask("delete_message", "d", message_id=gone) == deleted
    assert await host.ask("mute", "m", player_id=player.id, muted=True) == muted
    assert (await player.ask("chat", text="x"))["code"] == "forbidden"
    assert [frame["text"] for frame in player.of_type("chat")] == ["0", "1", "2"]
    assert len((await host.http.get(f"/api/rooms/{room['game_id']}/chat"))["items"]) == 2
    for each in (host, player):
        await each.close()


async def test_messages_sent_at_once_reach_everyone_in_the_same_order(guests: Guests) -> None:
    players, room = await guests.relay(8)
    async with entered(room["ws_url"], await guests.new(), MSGPACK) as watching:
        ids = [await player.command("chat", text=f"{n} of {player.id}") for player in players for n in range(4)]
        for player in players:
            await player.wait_for(lambda _, player=player: len(player.of_type("ack")) == 4)  # type: ignore[misc]
        heard = [(await watching.next("chat"))["id"] for _ in ids]
    for player in players:
        await player.wait_for(lambda _, player=player: len(player.of_type("chat")) == len(ids))  # type: ignore[misc]
        assert [frame["id"] for frame in player.of_type("chat")] == heard == sorted(heard)
