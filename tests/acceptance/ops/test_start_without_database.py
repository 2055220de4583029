"""A server that is started before its database: alive, not ready, and there as soon as the database is."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.app import App, running
from server.settings import Settings
from tests.support.client import Player
from tests.support.cutting_proxy import CuttingProxy
from tests.support.guests import NOBODY
from tests.support.postgres import Server, scratch_folder, with_database


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


@asynccontextmanager
async def starting(dsn: str, folder: Path) -> AsyncIterator[tuple[App, asyncio.Task[bool]]]:
    """A server that serves, and the task that looks for its database."""
    async with running(Settings(database_url=dsn, data_dir=folder, port=0)) as app:
        serving = asyncio.create_task(app.serve())
        opening = asyncio.create_task(app.open())
        yield app, opening
        await app.stop()
        await asyncio.gather(serving, opening, return_exceptions=True)


async def test_it_is_alive_but_not_ready_until_the_database_is_there(dsn: str, folder: Path) -> None:
    async with CuttingProxy(dsn, folder) as proxy:
        proxy.refusing = True
        async with starting(proxy.dsn, folder / "data") as (app, opening), httpx.AsyncClient(base_url=app.url) as http:
            assert (await http.get("/livez")).status_code == 200
            ready = await http.get("/readyz")
            assert (ready.status_code, ready.json()) == (503, {"status": "starting"})
            assert (await http.get("/statusz")).json()["status"] == "starting"
            assert (await http.get("/")).status_code == 200
            refused = await http.post("/api/players", json={})
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
            assert refused.headers["Retry-After"]
            with pytest.raises(InvalidStatus) as upgrade:
                await connect(f"{app.url.replace('http', 'ws', 1)}/ws/rooms/{NOBODY}")
            assert upgrade.value.response.status_code == 503
            assert not opening.done()

            proxy.refusing = False
            assert await asyncio.wait_for(opening, 20)
            assert (await http.get("/readyz")).json() == {"status": "ok"}
            player = await Player.create(app.url)
            room = await player.http.post("/api/rooms", {"game": "relay"})
            await player.connect(room["ws_url"])
            assert (await player.ask("say", data="hello"))["type"] == "ack"
            await player.close()


async def test_a_waiting_server_can_be_stopped(folder: Path) -> None:
    async with starting("postgresql://nobody:secret@127.0.0.1:1/x", folder) as (app, opening):
        await app.stop()
        assert await asyncio.wait_for(opening, 10) is False


def test_waiting_is_logged_and_a_signal_ends_it(folder: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:1/x"}
    command = [sys.executable, "-m", "server", "serve", "--port", "0", "--data-dir", str(folder)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = next(line for line in process.stderr if "waiting for the database" in line)
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
        assert process.wait(20) == 0
    assert "secret" not in said + rest


@pytest.mark.parametrize(
    ("database", "code", "told"), [("nowhere", 2, "refuses us"), ("template1", 1, "parlor migrate up")]
)
def test_errors_that_waiting_cannot_mend_end_it(
    postgres: Server, folder: Path, database: str, code: int, told: str
) -> None:
    environment = {**os.environ, "DATABASE_URL": with_database(postgres.dsn, database)}
    command = [sys.executable, "-m", "server", "serve", "--port", "0", "--data-dir", str(folder)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == code
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
