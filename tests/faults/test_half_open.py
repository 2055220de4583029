"""A thousand connections that never say what they want: an honest client gets in, and each ends at its own deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice

import pytest

from server import limits
from tests.support.client import Player
from tests.support.guests import NOBODY
from tests.support.postgres import Server
from tests.support.raw_connection import Raw, close_code, series, until, upgrade
from tests.support.server import HostedProcess, serving

HALF_OPEN = 1_000
CUT = "parlor_connections_cut_total"


@pytest.fixture(scope="module")
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    """With the limits that it has when nobody sets any."""
    with serving(postgres) as server:
        yield server
        assert "Traceback" not in server.log, server.log[-3000:]


def ways(server: HostedProcess) -> Iterator[tuple[str, bytes]]:
    """How the connections begin, in turns, and what their end is called."""
    while True:
        yield "request", b""
        yield "request", b"GET /api/rooms HTTP/1.1\r\nHost: x\r\nX-"
        yield "request", b"POST /api/players HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
        yield "hello", upgrade(f"{server.ws_url}/ws/rooms/{NOBODY}")


async def begin(server: HostedProcess, data: bytes) -> Raw:
    raw = await Raw.open(server.url)
    await raw.send(data)
    return raw


async def get_in(server: HostedProcess) -> float:
    """The whole way of a newcomer, from nothing to an acknowledged command; how long it took."""
    began = asyncio.get_running_loop().time()
    player = await Player.create(server.url)
    room = await player.http.post("/api/rooms", {"game": "relay"})
    await player.connect(room["ws_url"])
    assert (await player.ask("say", data="here"))["type"] == "ack"
    took = asyncio.get_running_loop().time() - began
    await player.close()
    return took


async def test_a_thousand_half_open_connections_do_not_keep_out_a_client(own_server: HostedProcess) -> None:
    await get_in(own_server)  # the first one finds everything cold
    alone_s = await get_in(own_server)
    before = await series(own_server.url, CUT)
    begun = list(islice(ways(own_server), HALF_OPEN))
    held = [await begin(own_server, data) for _, data in begun]
    await until(own_server.url, "parlor_connections_half_open", "", HALF_OPEN - 10)
    among_s = await get_in(own_server)
    during = await series(own_server.url, CUT)
    print(f"\nto the first ack: alone {alone_s * 1000:.0f} ms, among {HALF_OPEN} half-open {among_s * 1000:.0f} ms")
    assert (during["request"], during["hello"]) == (before["request"], before["hello"]), "they were still held"
    assert among_s < alone_s + 1

    ends = await asyncio.gather(*(raw.rest() for raw in held))
    for raw in held:
        raw.close()
    codes = [
        close_code(end.partition(b"\r\n\r\n")[2]) for (way, _), end in zip(begun, ends, strict=True) if way == "hello"
    ]
    after = await series(own_server.url, CUT)
    cut = {reason: after[reason] - before[reason] for reason in ("request", "hello", "crowded")}
    assert sum(cut.values()) == HALF_OPEN, cut
    assert cut["crowded"] < HALF_OPEN / 20, "the few that made room for the honest one"
    assert cut["hello"] == codes.count(4401)
    await until_none(own_server)


async def until_none(server: HostedProcess) -> None:
    """Nothing is left of anybody but the connection that asks."""
    async with asyncio.timeout(limits.CLOSE_S + 10):
        while (await series(server.url, "parlor_connections_half_open"))[""] > 0:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.2)
        assert (await series(server.url, "parlor_connections"))[""] == 0


async def test_the_oldest_half_open_connection_makes_room(postgres: Server) -> None:
    """Of one address. Another address does not lose its place to it."""
    with serving(postgres, PARLOR_CONNECTIONS_PER_IP_MAX="40") as server:
        with await Raw.open(server.url, source="127.0.0.2") as other:
            held = [await begin(server, data) for _, data in islice(ways(server), 200)]
            for _ in range(5):
                await get_in(server)
            crowded = (await series(server.url, CUT))["crowded"]
            assert 160 <= crowded <= 180
            await other.send(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            await other.receive_until(b'{"status":"ok"}')
        for raw in held:
            raw.close()
        assert "Traceback" not in server.log


async def test_idle_keep_alive_connections_make_room(postgres: Server) -> None:
    """Idle connections, kept alive, make room like others."""
    with serving(postgres, PARLOR_CONNECTIONS_PER_IP_MAX="10") as server:
        idle = []
        for _ in range(30):
            raw = await begin(server, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            await raw.receive_until(b'{"status":"ok"}')
            idle.append(raw)
        assert (await series(server.url, CUT))["crowded"] >= 20
        for raw in idle:
            raw.close()
