"""Frames: their size, their shape, and what is answered to each kind."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgpack
import pytest
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode

from tests.support.client import JSON, MSGPACK
from tests.support.guests import Guests, mover
from tests.support.socket_client import Line, entered

KIB16 = 16 * 1024


@asynccontextmanager
async def alone(guests: Guests, protocol: str = JSON) -> AsyncIterator[Line]:
    """In a relay room, welcomed, with all that was there to tell received."""
    (player,), room = await guests.table(1, game="relay")
    async with entered(room["ws_url"], player, protocol) as line:
        await line.settle()
        yield line


def padded(size: int, protocol: str) -> str | bytes:
    """A ping of exactly so many bytes."""
    pack = msgpack.packb if protocol == MSGPACK else lambda frame: json.dumps(frame).encode()
    frame = {"type": "ping", "nonce": "n", "pad": "x" * 10_000}
    frame["pad"] = "x" * (10_000 + size - len(pack(frame)))
    data = pack(frame)
    assert len(data) == size
    return data if protocol == MSGPACK else data.decode()


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_a_frame_of_the_maximum_size_is_accepted_and_a_larger_one_closes(guests: Guests, protocol: str) -> None:
    async with alone(guests, protocol) as line:
        await line.socket.send(padded(KIB16, protocol))
        assert (await line.frame())["nonce"] == "n"
        await line.socket.send(padded(KIB16 + 1, protocol))
        assert (await line.end())[0] == 1009


@pytest.mark.parametrize("size", [20_000, 65_536, 1_000_000])
async def test_frames_far_too_large_close(guests: Guests, size: int) -> None:
    async with alone(guests) as line:
        await line.socket.send(padded(size, JSON))
        assert (await line.end())[0] == 1009


async def test_fragments_are_one_message(guests: Guests) -> None:
    async with alone(guests) as line:
        await line.socket.send(['{"type":', '"ping"', ',"nonce":', "", '"in pieces"}'])
        assert (await line.frame())["nonce"] == "in pieces"
        await line.socket.send([b"\x82\xa4type", msgpack.packb("ping"), msgpack.packb("nonce") + b"\x07"])
        assert (await line.frame())["nonce"] == 7


async def test_fragments_together_have_the_limit_of_a_frame(guests: Guests) -> None:
    whole = padded(KIB16, JSON)
    async with alone(guests) as line:
        await line.socket.send([whole[:100], whole[100:8000], whole[8000:]])
        assert (await line.frame())["type"] == "pong"
        await line.socket.send([whole[:8000], whole[8000:], " "])
        assert (await line.end())[0] == 1009


async def test_a_websocket_ping_between_fragments_is_answered(guests: Guests) -> None:
    async with alone(guests) as line:
        protocol = line.socket.protocol
        async with line.socket.send_context():
            protocol.send_text(b'{"type":"ping",', fin=False)
        pong = await line.socket.ping(b"alive")
        await asyncio.wait_for(pong, 20)
        async with line.socket.send_context():
            protocol.send_continuation(b'"nonce":1}', fin=True)
        assert (await line.frame())["nonce"] == 1


NOT_FRAMES: list[Any] = [
    "",
    " ",
    "hello",
    "{",
    '{"type":"ping"} {"type":"ping"}',
    "null",
    "1",
    '"ping"',
    "[]",
    '[{"type":"ping"}]',
    "{}",
    '{"type":null}',
    '{"type":5}',
    '{"type":["ping"]}',
    '{"Type":"ping"}',
    "{'type':'ping'}",
    '{"type":"ping","nonce":NaN}',
    '{"type":"ping",}',
    "[" * 8000,
    '{"a":' * 2500 + "1" + "}" * 2500,
    b"",
    b"\xc1",
    b"\x80",
    b"\x90",
    b"\xff",
    b"\x81\xa4type",
    msgpack.packb({"type": 1}),
    msgpack.packb({1: "type"}),
    msgpack.packb({"type": "ping"}) * 2,
    msgpack.packb({b"type": b"ping"}),
    msgpack.packb(["type", "ping"]),
    b"\xdf\xff\xff\xff\xff",
    b"\xc9\x7f\xff\xff\xff\x01",
    b"\x81" + b"\x91" * 4000,
]


@pytest.mark.parametrize("data", NOT_FRAMES, ids=lambda data: repr(data)[:40])
async def test_frames_without_a_type_are_malformed(guests: Guests, data: str | bytes) -> None:
    async with alone(guests, MSGPACK if isinstance(data, bytes) else JSON) as line:
        await line.socket.send(data)
        code, _, frames = await line.end()
        assert code == 4400
        assert [frame["type"] for frame in frames] == ["error"]
        assert set(frames[0]) == {"type", "code", "message"}


async def test_invalid_utf8_closes(guests: Guests) -> None:
    async with alone(guests) as line:
        async with line.socket.send_context():
            line.socket.protocol.send_text(b'{"type":"ping","nonce":"\xff"}')
        assert (await line.end())[0] in (1007, 4400)


async def test_frames_are_decoded_by_their_kind_and_answered_by_the_subprotocol(guests: Guests) -> None:
    """The page says nothing of a binary frame on a JSON socket; it is read as msgpack, and the other way round."""
    async with alone(guests, JSON) as line:
        await line.socket.send(msgpack.packb({"type": "ping", "nonce": 5}))
        assert (await line.frame())["nonce"] == 5  # `frame` checks that it comes as text
    async with alone(guests, MSGPACK) as line:
        await line.socket.send('{"type":"ping","nonce":5}')
        assert (await line.frame())["nonce"] == 5


async def test_unknown_keys_are_ignored(guests: Guests) -> None:
    async with alone(guests) as line:
        await line.send({"type": "ping", "nonce": 1, "id": [], "token": {}, "é": None})
        assert (await line.frame())["nonce"] == 1
        more = {"x": {"y": [None]}, "nonce": 3}
        frame = {"type": "command", "id": "1", "name": "say", "args": {"data": 1, "loud": True}, **more}
        await line.send(frame)
        event = await line.next("event")
        assert set(event["data"]) == {"player_id", "data"}
        assert (await line.answer("1"))["type"] == "ack"


@pytest.mark.parametrize("kind", ["", "wave", "welcome", "event", "PING", "hello ", "x" * 15_000])
async def test_an_unknown_type_is_rejected_and_nothing_else_happens(guests: Guests, kind: str) -> None:
    async with alone(guests) as line:
        await line.send({"type": kind, "id": "7"})
        reject = await line.frame()
        assert (reject["type"], reject["code"], reject["retryable"]) == ("reject", "invalid_command", False)
        assert await line.settle() == []


async def test_a_second_hello_is_rejected(guests: Guests) -> None:
    async with alone(guests) as line:
        await line.send({"type": "hello", "token": "other"})
        assert (await line.frame())["code"] == "invalid_command"
        assert await line.settle() == []


NONCES = ["", "abc", "ü🎲", 0, -1, 2**53, 1_737_000_000_123, 1234.5, True, None, [1, "a"], {"sent": 1.25}]


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_ping_is_answered_with_its_nonce(guests: Guests, protocol: str) -> None:
    async with alone(guests, protocol) as line:
        for nonce in NONCES:
            await line.send({"type": "ping", "nonce": nonce})
            pong = await line.frame()
            assert set(pong) == {"type", "nonce", "server_time"}
            assert (pong["type"], pong["nonce"], type(pong["nonce"])) == ("pong", nonce, type(nonce))
            assert isinstance(pong["server_time"], int)
            assert abs(pong["server_time"] - time.time() * 1000) < 60_000
        await line.send({"type": "ping"})
        assert (await line.frame())["nonce"] is None


@pytest.mark.parametrize("nonce", [b"\x00", float("nan"), float("inf"), msgpack.ExtType(5, b"x")])
async def test_a_nonce_that_json_cannot_carry_is_rejected(guests: Guests, nonce: Any) -> None:
    """In a binary frame on a JSON socket: it can't be sent back as it is."""
    async with alone(guests, JSON) as line:
        await line.socket.send(msgpack.packb({"type": "ping", "nonce": nonce}))
        assert (await line.frame())["code"] == "invalid_command"
        assert await line.settle() == []


async def test_a_websocket_ping_is_answered(guests: Guests) -> None:
    async with alone(guests) as line:
        for payload in (b"", b"x" * 125):
            pong = await line.socket.ping(payload or None)
            await asyncio.wait_for(pong, 20)
        assert await line.settle() == []


async def test_invalid_websocket_frames_close(guests: Guests) -> None:
    async with alone(guests) as line:
        async with line.socket.send_context():
            line.socket.protocol.send_frame(WebSocketFrame(Opcode.CONT, b"of nothing"))
        assert (await line.end())[0] == 1002


async def test_sync_is_answered_with_state_and_turn(guests: Guests) -> None:
    players, room = await guests.playing(2)
    player, turn = await mover(players)
    other = next(p for p in players if p is not player)
    async with entered(room["ws_url"], player) as line:
        told = await line.settle()
        head = told[-2]["index"]
        await line.send({"type": "sync"})
        state, again = await line.frame(), await line.frame()
        assert set(state) == {"type", "index", "view"}
        assert (state["type"], state["index"]) == ("state", head)
        assert again == turn == told[-1]
        assert state["view"]["turn"] == {"player_id": player.id, "deadline_at": turn["deadline_at"]}
        assert await line.settle() == []
    async with entered(room["ws_url"], other) as line:
        await line.settle()
        await line.send({"type": "sync"})
        assert [frame["type"] for frame in await line.settle()] == ["state"]


async def test_repeated_syncs_are_answered(guests: Guests) -> None:
    async with alone(guests) as line:
        for _ in range(30):
            await line.send({"type": "sync"})
        assert [frame["type"] for frame in await line.settle()] == ["state"] * 30


VIEW = {
    "game_id", "game", "phase", "host_player_id", "players", "you", "hand", "hand_counts", "scores", "rounds", "round",
    "turn", "config", "join_code", "seed_commitment", "session_seed",
}  # fmt: skip
ROUND = {
    "round_index", "cards_per_player", "dealer_player_id", "starting_player_id", "trump_card", "trump_suit",
    "trump_broken", "bids", "tricks_won", "trick", "last_trick",
}  # fmt: skip


async def test_the_view_of_a_running_game_has_every_key(guests: Guests) -> None:
    players, room = await guests.playing(3)
    for player in players:
        async with entered(room["ws_url"], player) as line:
            await line.send({"type": "sync"})
            view = (await line.next("state"))["view"]
        assert view.keys() >= VIEW
        assert view["round"].keys() >= ROUND
        assert (view["phase"], view["join_code"], view["session_seed"]) == ("bidding", room["join_code"], None)
        assert len(view["hand"]) == 10
        assert view["hand_counts"] == {p.id: 10 for p in players}
        assert view["you"] == {"player_id": player.id, "seat": players.index(player), "role": "player"}
        assert [set(p) for p in view["players"]] == [
            {"player_id", "seat", "display_name", "avatar_seed", "color", "is_bot", "status", "ready"}
        ] * 3
        assert view["config"]["round_pause_ms"] == 0
