"""How many changes one address may ask for over HTTP, and whose address that is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.acceptance.play.test_http_errors import assert_error
from tests.support.guests import NOBODY
from tests.support.postgres import Server
from tests.support.raw_connection import Raw, series, upgrade
from tests.support.server import HostedProcess, serving
from tests.support.socket_client import dial

REFUSED = "parlor_http_refused_total"
RATE = {"PARLOR_HTTP_CHANGES_PER_S": "0.5", "PARLOR_HTTP_CHANGES_BURST": "4"}


@pytest.fixture(scope="module")
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    """Little is allowed, and a proxy is believed."""
    settings = {"PARLOR_CLIENT_IP_HEADER": "Fly-Client-IP", "PARLOR_CONNECTIONS_PER_IP_MAX": "2"}
    with serving(postgres, **RATE, **settings) as server:
        yield server
        assert "Traceback" not in server.log


def client(server: HostedProcess, address: str, **more: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, headers={"Fly-Client-IP": address, **more})


async def test_changes_have_a_rate(own_server: HostedProcess) -> None:
    async with client(own_server, "192.0.2.1") as http:
        before = (await series(own_server.url, REFUSED))["rate"]
        answers = [await http.post("/api/players", json={}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [201] * 4
        for method, path in (
            ("POST", "/api/players"),
            ("POST", "/api/rooms"),
            ("POST", "/api/join"),
            ("PATCH", "/api/players/me"),
            ("DELETE", "/api/rooms"),
            ("POST", "/api/nothing"),
        ):
            answer = await http.request(method, path, json={})
            assert assert_error(answer, 429)["code"] == "rate_limited"
            assert answer.headers["retry-after"] in ("1", "2")
        assert (await series(own_server.url, REFUSED))["rate"] == before + 6
        for _ in range(20):
            assert (await http.get("/api/rooms")).status_code == 200
        await asyncio.sleep(2.1)
        assert (await http.post("/api/players", json={})).status_code == 201


async def test_reads_have_a_rate_of_their_own(postgres: Server) -> None:
    settings = {"PARLOR_CLIENT_IP_HEADER": "Fly-Client-IP"}
    reads = {"PARLOR_HTTP_READS_PER_S": "0.01", "PARLOR_HTTP_READS_BURST": "20"}
    with serving(postgres, **reads, **settings) as server:
        async with client(server, "192.0.2.1") as http:
            room = f"/api/games/{NOBODY}"
            for path, count in ((f"{room}/fairness", 1), (f"{room}/events", 2), (f"{room}/state", 4)):
                for _ in range(count):
                    assert (await http.get(path)).status_code == 404
            for method, path in (("GET", "/api/rooms"), ("HEAD", "/api/games"), ("GET", f"{room}/events")):
                answer = await http.request(method, path)
                assert answer.status_code == 429
                assert 0 < int(answer.headers["retry-after"]) <= 300  # 3 for events, at one in 100 s
            assert_error(await http.get("/api/rooms"), 429)
            # Pages, changes and other addresses have nothing to do with it.
            assert (await http.get("/")).status_code == 200
            assert (await http.post("/api/players", json={})).status_code == 201
        async with client(server, "192.0.2.2") as other:
            assert (await other.get("/api/rooms")).status_code == 200
        refused = await series(server.url, REFUSED)
        assert (refused["reads"], refused["rate"]) == (4, 0)


async def test_a_class_behind_one_address_reads_as_much_as_it_needs(postgres: Server) -> None:
    with serving(postgres) as server:
        async with httpx.AsyncClient(base_url=server.url) as http:

            async def pupil() -> set[int]:
                paths = ["/api/games", "/api/rooms", "/api/leaderboards/wins"] * 4
                return {(await http.get(path)).status_code for path in paths}

            assert set().union(*await asyncio.gather(*(pupil() for _ in range(30)))) == {200}


async def test_each_address_that_the_proxy_names_has_its_own_rate(own_server: HostedProcess) -> None:
    for address in ("192.0.2.2", "192.0.2.3", "2001:db8::1"):
        async with client(own_server, address) as http:
            statuses = [(await http.post("/api/players", json={})).status_code for _ in range(5)]
            assert statuses == [201] * 4 + [429]
    async with client(own_server, "2001:db8::2") as http:
        assert (await http.post("/api/players", json={})).status_code == 429, "the same network"


async def test_addresses_that_the_client_writes_are_ignored(own_server: HostedProcess) -> None:
    """Headers that it passes through, and what stands before its own word."""
    for number in range(6):
        async with client(own_server, f"10.0.0.{number}, 192.0.2.4", **{"X-Forwarded-For": f"10.0.1.{number}"}) as http:
            status = (await http.post("/api/players", json={})).status_code
            assert status == (201 if number < 4 else 429)


async def test_without_the_setting_the_header_is_ignored(postgres: Server) -> None:
    with serving(postgres, **RATE) as server:
        for number in range(6):
            headers = {"Fly-Client-IP": f"10.0.0.{number}", "X-Forwarded-For": f"10.0.1.{number}"}
            async with httpx.AsyncClient(base_url=server.url, headers=headers) as http:
                assert (await http.post("/api/players", json={})).status_code == (201 if number < 4 else 429)


async def test_sockets_are_counted_by_the_named_address(own_server: HostedProcess) -> None:
    url = f"{own_server.ws_url}/ws/rooms/{NOBODY}"
    before = await series(own_server.url, "parlor_handshakes_refused_total")
    mine, other = {"Fly-Client-IP": "192.0.2.5"}, {"Fly-Client-IP": "192.0.2.6"}
    async with dial(url, additional_headers=mine), dial(url, additional_headers=mine):
        with pytest.raises(InvalidStatus) as refused:
            async with dial(url, additional_headers=mine):
                pass
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "1"
        async with dial(url, additional_headers=other):
            pass
    after = await series(own_server.url, "parlor_handshakes_refused_total")
    assert after["address"] == before["address"] + 1


async def test_half_open_connections_of_the_proxy_are_not_limited_as_one_address(own_server: HostedProcess) -> None:
    """Before its head is there nobody knows whose a connection is."""
    before = (await series(own_server.url, "parlor_connections_cut_total"))["crowded"]
    held = [await Raw.open(own_server.url) for _ in range(10)]
    assert (await series(own_server.url, "parlor_connections_cut_total"))["crowded"] == before
    for raw in held:
        await raw.send(upgrade(f"{own_server.ws_url}/ws/nowhere"))
        assert (await raw.receive()).startswith(b"HTTP/1.1 404 ")
        raw.close()


@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [
        (b"Content-Length: 70000\r\n", b"413", "body"),
        (b"Transfer-Encoding: chunked\r\n", b"411", "length"),
    ],
)
async def test_refused_bodies_count_against_the_rate(
    shared_server: HostedProcess, headers: bytes, status: bytes, reason: str
) -> None:
    before = (await series(shared_server.url, REFUSED))[reason]
    with await Raw.open(shared_server.url) as raw:
        await raw.send(b"POST /api/players HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")
        assert (await raw.receive()).startswith(b"HTTP/1.1 " + status)
    assert (await series(shared_server.url, REFUSED))[reason] == before + 1
