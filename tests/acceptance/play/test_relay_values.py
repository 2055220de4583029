"""Relay: any JSON value is said, heard, stored and read back as the same value; what is none is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import httpx
import msgpack
import pytest

from tests.support.client import JSON, MSGPACK, Player
from tests.support.guests import Guests
from tests.support.postgres import Server
from tests.support.server import HostedProcess, serving
from tests.support.socket_client import entered

VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    2**53 - 1,
    -(2**53) + 1,
    2**63,
    2**64 - 1,
    -(2**63),
    0.0,
    0.1,
    -1.5,
    1.0,
    1e17,
    1e22,
    1e300,
    5e-324,
    2.2250738585072014e-308,
    math.pi,
    "",
    " ",
    "plain",
    'quotes " and \\ backslashes',
    "\\u0000 is not a NUL",
    "Straße, ñandú, 日本語, العربية, 🎲👩‍👩‍👧, \u202e, \ufeff, \uffff, \U0010ffff",
    "\x01\x1f\x7f\x80\u2028\u2029\t\r\n",
    "x" * 10_000,
    [],
    {},
    [[]],
    [None, {}, [], "", 0],
    {"": "the empty key", "a": {"b": {"c": [1, 2, {"d": None}]}}},
    {"z": 1, "a": 2, "bb": 3, "type": "event", "index": 0, "_v": 9, "_n": 7, "player_id": "x", "data": {"data": 1}},
    {"Ключ": "значение", "🗝": "🚪"},
    {str(number): number for number in range(300)},
    list(range(1000)),
]


SAY = '{"type":"command","id":"1","name":"say","args":{"data":DATA}}'


def nested(levels: int) -> Any:
    """So many arrays within each other."""
    return json.loads("[" * levels + "]" * levels)


def same(a: Any, b: Any) -> bool:
    """Equal as JSON: 1 and 1.0 are the same number, 1 and true are not the same value."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


async def said(http: httpx.AsyncClient, game_id: str, accept: str = "application/json") -> list[Any]:
    """What was said, as HTTP tells it."""
    answer = await http.get(f"/api/games/{game_id}/events?limit=5000", headers={"Accept": accept})
    page = msgpack.unpackb(answer.content) if "msgpack" in accept else answer.json()
    return [item["data"]["data"] for item in page["items"] if item["name"] == "said"]


async def test_every_value_comes_back_the_same(postgres: Server) -> None:
    with serving(postgres, PARLOR_COMMANDS_PER_S="5000", PARLOR_BURST="10000") as server:
        await say_and_hear(server)


async def say_and_hear(server: HostedProcess) -> None:
    speaker, listener = await Player.create(server.url), await Player.create(server.url)
    room = await speaker.http.post("/api/rooms", {"game": "relay"})
    heard: list[Any] = []
    for protocol in (JSON, MSGPACK):
        crossed = MSGPACK if protocol == JSON else JSON
        async with (
            entered(room["ws_url"], speaker, protocol) as line,
            entered(room["ws_url"], listener, crossed) as other,
        ):
            for number, value in enumerate(VALUES):
                ack = await line.ask(f"{protocol} {number}", "say", data=value)
                assert ack["type"] == "ack", (value, ack)
                own = next(frame for frame in line.frames if frame.get("index") == ack["first"])
                assert same(own["data"]["data"], value), (protocol, value, own)
                while (event := await other.next("event"))["index"] != ack["first"]:
                    pass
                assert same(event["data"]["data"], value), (protocol, value, event)
                heard.append(value)
    for accept in ("application/json", "application/vnd.msgpack"):
        assert same(await said(listener.http.client, room["game_id"], accept), heard)
    server.kill()
    server.start()
    assert same(await said(listener.http.client, room["game_id"]), heard)
    for protocol in (JSON, MSGPACK):
        async with entered(room["ws_url"], listener, protocol) as line:
            events = [frame for frame in await line.settle() if frame.get("name") == "said"]
            assert same([event["data"]["data"] for event in events], heard)
    await speaker.close()
    await listener.close()


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_values_nested_too_deeply_are_rejected(guests: Guests, protocol: str) -> None:
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player, protocol) as line:
        # `args` itself is the first level.
        for levels, kind in ((30, "ack"), (31, "ack"), (32, "reject"), (33, "reject"), (500, "reject")):
            answer = await line.ask(f"{levels}", "say", data=nested(levels))
            assert answer["type"] == kind, levels
            if kind == "reject":
                assert (answer["code"], answer["retryable"]) == ("invalid_command", False)
        wide = [[[]] * 30, {"a": [{}] * 40}]  # many brackets, but not deep
        assert (await line.ask("wide", "say", data=wide))["type"] == "ack"


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
@pytest.mark.parametrize("value", ["\x00", "a\x00b", ["\x00"], {"\x00": 1}, {"a": {"b\x00": 1}}], ids=repr)
async def test_nul_characters_are_rejected(guests: Guests, protocol: str, value: Any) -> None:
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player, protocol) as line:
        answer = await line.ask("1", "say", data=value)
        assert (answer["type"], answer["code"]) == ("reject", "invalid_command")
        assert (await line.ask("2", "say", data="fine"))["type"] == "ack"


NOT_JSON: list[Any] = [
    b"bytes",
    [b""],
    {"a": b"\x00"},
    float("nan"),
    float("inf"),
    [-float("inf")],
    msgpack.ExtType(1, b"x"),
    msgpack.Timestamp(1, 2),
    {b"bytes": 1},
]


@pytest.mark.parametrize("value", NOT_JSON, ids=repr)
async def test_values_that_json_cannot_carry_are_rejected(guests: Guests, value: Any) -> None:
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player, MSGPACK) as line:
        answer = await line.ask("1", "say", data=value)
        assert (answer["type"], answer["code"]) == ("reject", "invalid_command")
        assert (await line.ask("2", "say", data="fine"))["type"] == "ack"


@pytest.mark.parametrize("text", ["1e400", "-1e400", "NaN", '"\\ud800"', "01", "1.", "'a'", "[1,]", '"\t"'])
async def test_invalid_json_is_malformed(guests: Guests, text: str) -> None:
    """Closed as malformed, or refused; never stored as something else."""
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player) as line:
        await line.settle()
        await line.socket.send(SAY.replace("DATA", text))
        code, _, frames = await line.end()
        assert code == 4400, frames
    assert await said(player.http.client, room["game_id"]) == []


@pytest.mark.parametrize(("text", "value"), [("18446744073709551616", 18446744073709551616.0), ("-0", 0), ("1E2", 100)])
async def test_numbers_at_the_limits_come_back_the_same(guests: Guests, text: str, value: Any) -> None:
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player) as line:
        await line.settle()
        await line.socket.send(SAY.replace("DATA", text))
        event = await line.next("event")
        assert same(event["data"]["data"], value)
    assert same(await said(player.http.client, room["game_id"]), [value])


async def test_the_last_of_two_equal_keys_counts(guests: Guests) -> None:
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player) as line:
        await line.settle()
        await line.socket.send('{"type":"command","id":"1","name":"say","args":{"data":{"a":1,"a":2}}}')
        assert (await line.next("event"))["data"]["data"] == {"a": 2}
    assert await said(player.http.client, room["game_id"]) == [{"a": 2}]
