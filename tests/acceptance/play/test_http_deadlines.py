"""Requests that don't come to an end, and heads that are too large: before any route or room knows of them."""

from __future__ import annotations

import asyncio

import pytest

from server import limits
from tests.support.raw_connection import Raw, series, until, upgrade
from tests.support.server import HostedProcess

GET = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /api/players HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"


async def trickle(raw: Raw, data: bytes, every_s: float = 0.5) -> None:
    """Until it is all sent, or nobody is there any more."""
    for byte in data:
        try:
            await raw.send(bytes([byte]))
        except ConnectionError:
            return
        await asyncio.sleep(every_s)


async def lasted(raw: Raw) -> float:
    """How long it is until the server ends the connection."""
    began = asyncio.get_running_loop().time()
    await raw.rest()
    return asyncio.get_running_loop().time() - began


SLOW = {
    "nothing": (b"", b"", limits.REQUEST_HEAD_S),
    "half a head": (GET, b"", limits.REQUEST_HEAD_S),
    "a head that trickles": (GET, b"X-Padding: " + b"x" * 100, limits.REQUEST_HEAD_S),
    "half an upgrade": (upgrade("ws://x/ws/rooms/x")[:-2], b"", limits.REQUEST_HEAD_S),
    "blank lines": (b"", b"\r\n" * 50, limits.REQUEST_HEAD_S),
    "half a body": (POST + b"{", b"", limits.REQUEST_BODY_S),
    "a body that trickles": (POST + b"{", b" " * 18, limits.REQUEST_BODY_S),
    "a second request": (GET + b"\r\n" + GET, b"X: " + b"x" * 100, limits.REQUEST_HEAD_S),
    "blank lines behind a request": (GET + b"\r\n", b"\r\n" * 50, limits.REQUEST_HEAD_S),
}


async def test_every_request_has_its_deadline(shared_server: HostedProcess) -> None:
    before = await series(shared_server.url, "parlor_connections_cut_total")
    lines = [await Raw.open(shared_server.url) for _ in SLOW]
    for line, (at_once, _, _) in zip(lines, SLOW.values(), strict=True):
        await line.send(at_once)
    slowly = [trickle(line, slow) for line, (_, slow, _) in zip(lines, SLOW.values(), strict=True)]
    trickling = asyncio.gather(*slowly)
    times = await asyncio.gather(*(lasted(line) for line in lines))
    for (kind, (_, _, deadline_s)), took_s in zip(SLOW.items(), times, strict=True):
        assert took_s > deadline_s - 1, f"{kind}: cut after {took_s:.1f} s"
    after = await series(shared_server.url, "parlor_connections_cut_total")
    assert after["request"] - before["request"] == len(SLOW)
    for line in lines:
        line.close()
    await trickling


@pytest.mark.parametrize("piece", [100_000, 5_000, 700])
@pytest.mark.parametrize("start", [GET, upgrade("ws://x/ws/rooms/x")[:-2], b"GET /"], ids=["get", "upgrade", "path"])
async def test_a_head_that_is_too_large_is_refused(shared_server: HostedProcess, start: bytes, piece: int) -> None:
    before = (await series(shared_server.url, "parlor_http_refused_total"))["head"]
    with await Raw.open(shared_server.url) as raw:
        whole = start + (b"" if start.endswith(b"/") else b"X-Long: ") + b"x" * 20_000 + b"\r\n\r\n"
        for at in range(0, len(whole), piece):
            try:
                await raw.send(whole[at : at + piece])
            except ConnectionError:
                break
            await asyncio.sleep(0)
        answer = await raw.rest()
        assert not answer or (answer.startswith(b"HTTP/1.1 431 ") and b'"code":"too_large"' in answer), answer
        assert (await series(shared_server.url, "parlor_http_refused_total"))["head"] == before + 1


async def test_a_head_that_just_fits_is_answered(shared_server: HostedProcess) -> None:
    with await Raw.open(shared_server.url) as raw:
        await raw.send(GET + b"X-Long: " + b"x" * (limits.HEAD_BYTES_MAX - 100) + b"\r\nConnection: close\r\n\r\n")
        assert (await raw.rest()).startswith(b"HTTP/1.1 200 ")


async def test_a_large_body_does_not_count_as_a_head(shared_server: HostedProcess) -> None:
    """Also with the beginning of the next request in the same piece."""
    with await Raw.open(shared_server.url) as raw:
        body = b'{"display_name": "Ada"' + b" " * 60_000 + b"}"
        head = POST.replace(b": 20", b": %d" % len(body))
        await raw.send(head + body + GET)
        await asyncio.sleep(0.1)
        await raw.send(b"Connection: close\r\n\r\n")
        answer = await raw.rest()
        assert answer.startswith(b"HTTP/1.1 201 ") and b"HTTP/1.1 200 " in answer


NO_HTTP = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\x00" * 100,
    b"HELLO\r\n\r\n",
    b"GET\r\n\r\n",
    b"\xff" * 9,
]


@pytest.mark.parametrize("data", NO_HTTP)
async def test_bytes_that_are_no_http_are_refused(shared_server: HostedProcess, data: bytes) -> None:
    before = (await series(shared_server.url, "parlor_http_refused_total"))["malformed"]
    with await Raw.open(shared_server.url) as raw:
        await raw.send(data)
        answer = await raw.rest()
        assert answer.startswith(b"HTTP/1.1 400 ") and b'"code":"malformed"' in answer
        assert (await series(shared_server.url, "parlor_http_refused_total"))["malformed"] == before + 1


async def test_an_upgrade_to_another_protocol_is_ignored(shared_server: HostedProcess) -> None:
    with await Raw.open(shared_server.url) as raw:
        await raw.send(GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        assert (await raw.receive()).startswith(b"HTTP/1.1 200 ")


async def test_an_upgrade_behind_an_unanswered_request_is_refused(shared_server: HostedProcess) -> None:
    with await Raw.open(shared_server.url) as raw:
        await raw.send(GET + b"\r\n" + upgrade("ws://x/ws/rooms/x"))
        assert b"HTTP/1.1 101" not in await raw.rest()


async def test_an_upgrade_after_a_request_is_accepted(shared_server: HostedProcess) -> None:
    with await Raw.open(shared_server.url) as raw:
        await raw.send(GET + b"\r\n")
        await raw.receive_until(b'{"status":"ok"}')
        await raw.send(upgrade("ws://x/ws/rooms/x"))
        assert (await raw.receive()).startswith(b"HTTP/1.1 101 ")


async def test_a_refused_upgrade_closes_the_connection(shared_server: HostedProcess) -> None:
    """Also if the client never closes its side."""
    with await Raw.open(shared_server.url) as raw:
        await raw.send(upgrade("ws://x/ws/nowhere"))
        before = (await series(shared_server.url, "parlor_connections_cut_total"))["close"]
        assert (await raw.rest()).startswith(b"HTTP/1.1 404 ")
        await until(shared_server.url, "parlor_connections_cut_total", "close", before + 1)


async def test_a_client_that_does_not_read_its_answer_is_cut(shared_server: HostedProcess) -> None:
    before = (await series(shared_server.url, "parlor_connections_cut_total"))["stalled"]
    with await Raw.open(shared_server.url, receive_buffer=4096) as raw:
        await raw.send(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 30)
        await until(shared_server.url, "parlor_connections_cut_total", "stalled", before + 1)
