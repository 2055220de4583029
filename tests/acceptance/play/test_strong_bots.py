"""Strong bots on a whole server: they play to the end, and no process of theirs outlives it, however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.games.eldorado import GAME
from tests.support.client import MSGPACK, Player, play_by_turns
from tests.support.postgres import scratch_folder
from tests.support.raw_connection import series
from tests.support.server import ServerProcess

CONFIG = {"rounds": 1, "round_pause_ms": 0}


@pytest.fixture
def server(dsn: str) -> Iterator[ServerProcess]:
    with scratch_folder() as folder:
        made = ServerProcess(dsn, folder, PARLOR_BOT_THINK_MS="20", PARLOR_BOT_PROCESSES="2").start()
        yield made
        made.close()


def bot_processes(of: int) -> list[Path]:
    """The processes in which the bots of this server think."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if parent == of and b"server.rooms.bots.worker" in command:
            found.append(process)
    return found


def gone(process: Path) -> bool:
    try:
        return " Z " in (process / "stat").read_text()  # has ended; its new parent has yet to notice
    except OSError:
        return True


async def play(server: ServerProcess) -> tuple[Player, dict[str, Any]]:
    """A person against three strong bots, to the end; returns the finished game."""
    player = await Player.create(server.url)
    wish = {"config": CONFIG, "bots": 3, "bot_level": "strong", "autostart": True}
    room = await player.http.post("/api/rooms", wish)
    await player.connect(room["ws_url"], MSGPACK)
    if not any(event["name"] == "game_started" for event in player.events):
        await player.ask("set_ready", ready=True)
        await player.ask("start_game")
    await play_by_turns(player, until=lambda f: f["type"] == "event" and f["name"] == "game_completed")
    return player, await player.http.get(f"/api/games/{room['game_id']}")


async def test_strong_bots_play_to_the_end_and_end_with_the_server(server: ServerProcess) -> None:
    assert "strong" in GAME.bot_levels
    pid = server.pid
    assert bot_processes(pid) == [], "none before a bot wants to think"
    player, game = await play(server)
    assert game["status"] == "completed"
    assert len(game["summary"]["players"]) == 4
    outcomes = await series(server.url, "parlor_bot_thoughts_total")
    assert outcomes["answered"] > 0
    assert outcomes["failed"] == 0
    rest = [event["data"] for event in player.events if event["name"] in ("player_bid", "card_played")]
    assert not any(move["forced"] for move in rest), "they choose what is legal"
    await player.close()

    children = bot_processes(pid)
    assert 1 <= len(children) <= 2
    assert await asyncio.to_thread(server.stop) == 0
    assert all(gone(child) for child in children)

    await asyncio.to_thread(server.start)
    player = await Player.create(server.url)
    wish = {"config": CONFIG, "bots": 4, "bot_level": "strong", "as": "spectator", "autostart": True}
    await player.http.post("/api/rooms", wish)
    await player.close()
    async with asyncio.timeout(30):
        while not (children := bot_processes(server.pid)):  # noqa: ASYNC110  # other processes
            await asyncio.sleep(0.02)
    server.kill()
    async with asyncio.timeout(30):
        while not all(gone(child) for child in children):  # noqa: ASYNC110  # other processes
            await asyncio.sleep(0.02)
