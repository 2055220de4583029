"""Bytes that no client library would send: floods below the level of messages, and connections that hang."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest

from server import limits
from tests.support.client import Player
from tests.support.postgres import Server
from tests.support.raw_connection import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    Raw,
    close_code,
    frame,
    frames,
    series,
    until,
)
from tests.support.server import HostedProcess, serving

CUT = "parlor_connections_cut_total"


@pytest.fixture(scope="module")
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    """With the limits that it has when nobody sets any."""
    with serving(postgres) as server:
        yield server
        assert "Traceback" not in server.log, server.log[-3000:]


@pytest.fixture
async def raw(own_server: HostedProcess) -> AsyncIterator[Raw]:
    """A player's connection, after its welcome."""
    player = await Player.create(own_server.url)
    room = await player.http.post("/api/rooms", {"game": "relay"})
    with await Raw.upgraded(room["ws_url"]) as made:
        await made.send(frame(TEXT, json.dumps({"type": "hello", "token": player.token}).encode()))
        await settled(made)
        yield made
    await player.close()


async def settled(raw: Raw) -> bytes:
    """All that was answered so far, up to the answer to this ping."""
    await raw.send(frame(TEXT, b'{"type":"ping","nonce":"settled"}'))
    data = b""
    while b"settled" not in data:
        more = await raw.receive()
        if not more:
            raise ConnectionError(data)
        data += more
    return data


def rejects(data: bytes) -> int:
    texts = [json.loads(payload) for opcode, payload in frames(data) if opcode == TEXT]
    return sum(text["type"] == "reject" and text["code"] == "rate_limited" for text in texts)


FLOODS = {
    "pings": frame(PING, b"x" * 125),
    "pongs": frame(PONG),
    "empty parts of a message": frame(CONT, fin=False),
    "empty messages": frame(TEXT, b'{"type":"nothing"}'),
}


@pytest.mark.parametrize("kind", FLOODS)
async def test_every_kind_of_frame_counts_against_the_limit(own_server: HostedProcess, raw: Raw, kind: str) -> None:
    before = (await series(own_server.url, CUT))["rate"]
    start = frame(TEXT, fin=False) if kind.startswith("empty parts") else b""
    with suppress(ConnectionError):
        await raw.send(start + FLOODS[kind] * 1000)
    data = await raw.rest()
    assert close_code(data) == 4429
    assert rejects(data) == limits.RATE_REJECTS_MAX
    assert (await series(own_server.url, CUT))["rate"] == before + 1


async def test_bytes_count_against_the_limit(own_server: HostedProcess, raw: Raw) -> None:
    """Few frames, but large ones."""
    before = (await series(own_server.url, CUT))["rate"]
    large = frame(TEXT, json.dumps({"type": "ping", "nonce": 1, "padding": "x" * 16_000}).encode())
    await raw.send(large * 16)
    assert rejects(await settled(raw)) == 0
    with suppress(ConnectionError):
        for _ in range(8):
            await raw.send(large * 5)
            await asyncio.sleep(0.25)  # not too many frames
    data = await raw.rest()
    assert close_code(data) == 4429
    assert (await series(own_server.url, CUT))["rate"] == before + 1


async def test_a_fragmented_message_counts_once(raw: Raw) -> None:
    whole = b'{"type":"ping","nonce":"in parts"}'
    parts = [frame(TEXT, whole[:5], fin=False), frame(CONT, whole[5:9], fin=False), frame(CONT, whole[9:])]
    await raw.send(parts[0] + frame(PING, b"between") + parts[1] + parts[2])
    answers = list(frames(await settled(raw)))
    assert (PONG, b"between") in answers
    assert any(b"in parts" in payload for _, payload in answers)


TOO_LARGE = {
    "one frame": frame(TEXT, b"x" * (limits.FRAME_BYTES_MAX + 1)),
    "in parts": frame(TEXT, b"x" * 10_000, fin=False) + frame(CONT, b"x" * 10_000, fin=False),
    "told, not sent": frame(BINARY, b"x" * 70_000)[:20],
}


@pytest.mark.parametrize("data", TOO_LARGE.values(), ids=TOO_LARGE)
async def test_messages_that_are_too_large_close(raw: Raw, data: bytes) -> None:
    await raw.send(data)
    assert close_code(await raw.rest()) == 1009


FORBIDDEN = {
    "not masked": frame(TEXT, b"{}", masked=False),
    "reserved bit": frame(TEXT, b"{}", reserved=0x40),
    "unknown opcode": frame(3, b"{}"),
    "ping in parts": frame(PING, b"x", fin=False),
    "large ping": frame(PING, b"x" * 126),
    "a part of nothing": frame(CONT, b"x"),
    "a message in a message": frame(TEXT, b"x", fin=False) + frame(TEXT, b"y"),
    "a close of one byte": frame(CLOSE, b"\x03"),
    "a close with a code that is none": frame(CLOSE, b"\x00\x01"),
}


@pytest.mark.parametrize("data", FORBIDDEN.values(), ids=FORBIDDEN)
async def test_frames_that_the_standard_forbids_close(raw: Raw, data: bytes) -> None:
    await raw.send(data)
    assert close_code(await raw.rest()) == 1002


@pytest.mark.parametrize("reads", [True, False])
async def test_an_unanswered_close_ends_at_its_deadline(own_server: HostedProcess, raw: Raw, reads: bool) -> None:
    before = (await series(own_server.url, CUT))["close"]
    await raw.send(frame(TEXT, b"nonsense"))
    if reads:
        assert close_code(await raw.rest()) == 4400
    await until(own_server.url, CUT, "close", before + 1)
    assert (await series(own_server.url, "parlor_connections"))[""] == 0


async def test_a_flood_into_a_closing_connection_is_cut(own_server: HostedProcess, raw: Raw) -> None:
    """It goes on sending after it was told to go."""
    await raw.send(frame(TEXT, b"nonsense"))
    flood = frame(TEXT, b"x" * 1000) * 20
    clock = asyncio.get_running_loop()
    began = clock.time()
    with suppress(ConnectionError):
        while clock.time() < began + limits.CLOSE_S + 10:
            await raw.send(flood)
    assert clock.time() < began + limits.CLOSE_S + 10


async def test_connections_of_a_player_are_limited(postgres: Server) -> None:
    with serving(postgres, PARLOR_CONNECTIONS_PER_PLAYER_MAX="3") as server:
        player = await Player.create(server.url)
        urls = [(await player.http.post("/api/rooms", {"game": "relay"}))["ws_url"] for _ in range(4)]
        connections = [Player(server.url, {"player_id": player.id, "token": player.token}) for _ in range(6)]
        for connection, url in zip(connections[:3], urls, strict=False):
            await connection.connect(url)
        refused = connections[3]
        with pytest.raises(ConnectionError):
            await refused.connect(urls[3])
        assert refused.close_code == 4429
        assert refused.frames[-1]["code"] == "rate_limited"
        assert (await series(server.url, CUT))["player"] == 1
        await connections[4].connect(urls[0])  # in the place of the first
        assert await connections[0].closed() == 4409
        await connections[1].disconnect()
        async with asyncio.timeout(5):
            while True:
                with suppress(ConnectionError):
                    await connections[5].connect(urls[3])
                    break
        for connection in (player, *connections):
            await connection.close()
        assert "Traceback" not in server.log
