"""Stopping a server: what was decided is committed and told, everybody is sent away politely, and it ends in time."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from server import limits
from tests.support.client import MSGPACK, Frame, Player
from tests.support.cutting_proxy import CuttingProxy, Mode
from tests.support.postgres import scratch_folder
from tests.support.server import ServerProcess

DRAIN_S = 14


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


@pytest_asyncio.fixture
async def proxy(dsn: str, folder: Path) -> AsyncIterator[CuttingProxy]:
    async with CuttingProxy(dsn, folder) as made:
        yield made


@pytest_asyncio.fixture
async def server(proxy: CuttingProxy, folder: Path) -> AsyncIterator[ServerProcess]:
    """One whose database can be made to fall silent."""
    settings = {"PARLOR_COMMANDS_PER_S": "500", "PARLOR_BURST": "1000", "PARLOR_DRAIN_S": str(DRAIN_S)}
    made = ServerProcess(proxy.dsn, folder, **settings)
    await asyncio.to_thread(made.start)
    yield made
    await asyncio.to_thread(made.close)


async def seated(server: ServerProcess, protocol: str = MSGPACK) -> Player:
    player = await Player.create(server.url)
    room = await player.http.post("/api/rooms", {"game": "relay"})
    await player.connect(room["ws_url"], protocol)
    return player


async def test_draining_announces_itself_and_loses_no_command(server: ServerProcess) -> None:
    player = await seated(server)
    room = player.frames[0]["game_id"]
    sent = [await player.command("say", data=number) for number in range(300)]
    code = await asyncio.to_thread(server.stop)
    assert code == 0
    assert await player.closed() == 1012
    status = player.of_type("status")[-1]
    assert (status["paused"], status["reason"]) == (True, "restart")
    acked = {frame["id"] for frame in player.of_type("ack")}
    seen = [event["data"]["data"] for event in player.events if event["name"] == "said"]
    assert len(acked) == len(seen)  # whatever was told was acked: nothing stopped half-way

    await asyncio.to_thread(server.start)
    await player.connect(f"{server.ws_url}/ws/rooms/{room}", MSGPACK)
    for number, command in enumerate(sent):
        await player.ask("say", command, data=number)
    said = [event["data"]["data"] for event in player.events if event["name"] == "said"]
    assert sorted(said) == list(range(300))
    assert said[: len(seen)] == seen
    await player.close()


async def test_the_close_names_a_delay(server: ServerProcess) -> None:
    players = [await seated(server) for _ in range(12)]
    sockets = [player._socket for player in players]
    await asyncio.to_thread(server.stop)
    delays = []
    for player, socket in zip(players, sockets, strict=True):
        assert await player.closed() == 1012
        assert socket is not None
        delays.append(int(socket.close_reason or ""))
        await player.close()
    assert all(0 <= delay < limits.RESTART_DELAY_MS_MAX for delay in delays)
    assert len(set(delays)) > 1


async def test_a_draining_server_is_not_ready_and_takes_no_one(server: ServerProcess, proxy: CuttingProxy) -> None:
    player = await seated(server)
    proxy.mode = Mode.SWALLOW_ANSWERS
    await player.command("say", "kept", data="kept")
    stopping = asyncio.create_task(asyncio.to_thread(server.stop))
    await player.wait_for(lambda frame: frame["type"] == "status" and frame["reason"] == "restart")
    async with httpx.AsyncClient(base_url=server.url) as http:
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "draining"})
        assert (await http.get("/livez")).status_code == 200
        created = await http.post(
            "/api/rooms", json={"game": "relay"}, headers={"Authorization": f"Bearer {player.token}"}
        )
        assert created.status_code == 503
    upgrade = await raw_upgrade(server)
    assert b" 503 " in upgrade.split(b"\r\n")[0]
    proxy.mode = Mode.PASS
    ack = await player.wait_for(lambda frame: answers(frame, "kept"))
    assert ack["type"] == "ack"
    assert await player.closed() == 1012
    assert await stopping == 0
    await player.close()


async def test_draining_ends_although_the_database_never_answers(server: ServerProcess, proxy: CuttingProxy) -> None:
    player = await seated(server)
    proxy.mode = Mode.SWALLOW_ANSWERS
    await player.command("say", data="told to nobody")
    async with asyncio.timeout(DRAIN_S + 5):
        await asyncio.to_thread(server.stop)
    assert await player.closed() == 1012
    assert not any(event["name"] == "said" for event in player.events)
    proxy.mode = Mode.PASS
    with suppress(OSError):
        await player.close()


async def test_a_second_signal_ends_draining_at_once(server: ServerProcess, proxy: CuttingProxy) -> None:
    player = await seated(server)
    proxy.mode = Mode.SWALLOW_ANSWERS
    await player.command("say", "once", data="in flight")
    server.signal(signal.SIGTERM)
    await player.wait_for(lambda frame: frame["type"] == "status" and frame["reason"] == "restart")
    assert await asyncio.to_thread(server.stop) == 1
    assert await player.closed() == 1006
    proxy.mode = Mode.PASS
    await asyncio.to_thread(server.start)
    await player.connect(f"{server.ws_url}/ws/rooms/{player.frames[0]['game_id']}", MSGPACK)
    assert (await player.ask("say", "once", data="in flight"))["type"] == "ack"
    assert [event["data"]["data"] for event in player.events if event["name"] == "said"] == ["in flight"]
    await player.close()


def answers(frame: Frame, command_id: str) -> bool:
    return frame["type"] in ("ack", "reject") and frame["id"] == command_id


async def raw_upgrade(server: ServerProcess) -> bytes:
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"GET /ws/rooms/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    answer = await reader.read(1000)
    writer.close()
    return answer
