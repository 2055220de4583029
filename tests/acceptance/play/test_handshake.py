"""The upgrade: subprotocols, who may open a connection, and from where."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.client import JSON, MSGPACK
from tests.support.guests import Guests
from tests.support.postgres import Server
from tests.support.server import HostedProcess, serving
from tests.support.socket_client import dial


@pytest.mark.parametrize("protocol", [JSON, MSGPACK, None])
async def test_the_subprotocol_chooses_the_encoding(guests: Guests, protocol: str | None) -> None:
    (player,), room = await guests.table(1)
    async with dial(room["ws_url"], protocol) as line:
        assert line.socket.subprotocol == protocol
        await line.send({"type": "hello", "token": player.token})
        welcome = await line.frame()  # checks text or binary, and decodes accordingly
        assert (welcome["type"], welcome["protocol"]) == ("welcome", 1)


@pytest.mark.parametrize("offered", [[MSGPACK, JSON], ["soap", MSGPACK], [JSON, "soap"]])
async def test_the_first_supported_subprotocol_is_chosen(guests: Guests, offered: list[str]) -> None:
    (player,), room = await guests.table(1)
    async with dial(room["ws_url"], subprotocols=offered) as line:
        assert line.socket.subprotocol == next(name for name in offered if name != "soap")
        await line.send({"type": "hello", "token": player.token})
        assert (await line.frame())["type"] == "welcome"


async def test_unknown_subprotocols_alone_get_json_without_a_name(guests: Guests) -> None:
    (player,), room = await guests.table(1)
    async with dial(room["ws_url"], subprotocols=["parlor.v9.json", "soap"]) as line:
        assert line.socket.subprotocol is None
        await line.send({"type": "hello", "token": player.token})
        assert (await line.frame())["type"] == "welcome"


async def test_no_compression_is_negotiated(guests: Guests) -> None:
    _, room = await guests.table(1)
    async with dial(room["ws_url"], compression="deflate") as line:
        assert line.socket.request is not None and line.socket.response is not None
        assert "permessage-deflate" in line.socket.request.headers["Sec-WebSocket-Extensions"]
        assert "Sec-WebSocket-Extensions" not in line.socket.response.headers


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
async def test_the_token_may_come_with_the_upgrade(guests: Guests, scheme: str) -> None:
    (player,), room = await guests.table(1)
    async with dial(room["ws_url"], additional_headers={"Authorization": f"{scheme} {player.token}"}) as line:
        await line.send({"type": "hello"})
        assert (await line.frame())["player_id"] == player.id


async def test_the_token_of_hello_overrides_that_of_the_upgrade(guests: Guests) -> None:
    (player, other), room = await guests.table(2)
    async with dial(room["ws_url"], additional_headers={"Authorization": f"Bearer {other.token}"}) as line:
        await line.send({"type": "hello", "token": player.token})
        assert (await line.frame())["player_id"] == player.id


async def test_a_bad_token_in_the_upgrade_is_refused(guests: Guests) -> None:
    _, room = await guests.table(1)
    async with dial(room["ws_url"], additional_headers={"Authorization": "Bearer abc"}) as line:
        await line.send({"type": "hello"})
        assert (await line.end())[0] == 4401


async def status_of(url: str, **options: object) -> int:
    """The HTTP status of a refused upgrade; 101 if it was not refused."""
    try:
        async with dial(url, **options):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 101),
        ("http://{host}", 101),
        ("https://{host}", 101),
        ("https://evil.example", 403),
        ("http://{host}.evil.example", 403),
        ("null", 403),
    ],
)
async def test_pages_of_other_origins_may_not_connect(guests: Guests, origin: str | None, status: int) -> None:
    _, room = await guests.table(1)
    host = urlsplit(room["ws_url"]).netloc
    given = None if origin is None else origin.format(host=host)
    assert await status_of(room["ws_url"], origin=given) == status


@pytest.mark.parametrize("path", ["/ws", "/ws/rooms", "/", "/ws/room/x", "/api/rooms", "/WS/ROOMS/x"])
async def test_other_paths_are_not_sockets(shared_server: HostedProcess, path: str) -> None:
    assert await status_of(shared_server.ws_url + path) == 404


async def test_a_query_is_ignored(guests: Guests) -> None:
    (player,), room = await guests.table(1)
    async with dial(room["ws_url"] + "?version=3") as line:
        await line.send({"type": "hello", "token": player.token})
        assert (await line.frame())["game_id"] == room["game_id"]


async def test_a_plain_get_on_a_socket_address_is_refused(guests: Guests) -> None:
    _, room = await guests.table(1)
    async with guests.http() as http:
        answer = await http.get(f"/ws/rooms/{room['game_id']}")
    assert answer.status_code in (404, 426)
    assert set(answer.json()) == {"error"}


UPGRADE = (
    "GET /ws/rooms/x HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


async def status_line(server: HostedProcess, request: str) -> str:
    """The first line of the answer to a request that no client library would send."""
    url = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(request.encode())
    async with asyncio.timeout(20):
        line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line.decode().strip()


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (UPGRADE + "\r\n", 101),
        (UPGRADE + "Origin: http://localhost\r\nOrigin: http://localhost\r\n\r\n", 400),
        (UPGRADE + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400),
        (UPGRADE.replace("Host: localhost", "Host: a\r\nHost: b") + "Origin: http://a\r\n\r\n", 400),
        (UPGRADE.replace("13", "8") + "\r\n", 400),
        (UPGRADE.replace("Sec-WebSocket-Key", "X-Key") + "\r\n", 400),
        (UPGRADE.replace("GET", "POST") + "\r\n", None),
        (UPGRADE + "Sec-WebSocket-Protocol: ,,;;\r\n\r\n", None),
        (UPGRADE + "X-Long: " + "x" * 40_000 + "\r\n\r\n", None),
    ],
    ids=["good", "origins", "tokens", "hosts", "version", "no-key", "post", "protocols", "long"],
)
async def test_odd_upgrades_are_answered(shared_server: HostedProcess, request_text: str, status: int | None) -> None:
    line = await status_line(shared_server, request_text)
    if status is not None:
        assert line.startswith(f"HTTP/1.1 {status} "), line
    else:
        assert line == "" or line.startswith(("HTTP/1.1 4", "HTTP/1.1 5")), line
    assert "Traceback" not in shared_server.log


async def test_pages_of_listed_origins_may_connect(postgres: Server) -> None:
    """The list is exact: neither another scheme nor another port nor a longer name of the same."""
    with serving(postgres, PARLOR_ORIGINS='["https://play.example.org"]') as server:
        host = urlsplit(server.url).netloc
        asked = {
            "https://play.example.org": 101,
            f"http://{host}": 101,
            "http://play.example.org": 403,
            "https://play.example.org:8443": 403,
            "https://play.example.org.evil.example": 403,
            "https://evil.example/https://play.example.org": 403,
        }
        told = {origin: await status_of(f"{server.ws_url}/ws/rooms/x", origin=origin) for origin in asked}
    assert told == asked
