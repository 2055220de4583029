"""Many games of bots on a real server, side by side, over HTTP alone."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.support.client import Player
from tests.support.server import HostedProcess

CONFIG = {"rounds": 1, "round_pause_ms": 0, "turn_seconds": 0}


async def play(server: HostedProcess, count: int, *, at_once: int = 20, bots: tuple[int, ...] = (3, 2)) -> list[str]:
    """Let bots play `count` games to their end; as many at a table as `bots` says in turn. Their ids."""
    owner = await Player.create(server.url, "Owner")
    gate = asyncio.Semaphore(at_once)

    async def one(number: int) -> str:
        async with gate:
            wish: dict[str, Any] = {"as": "spectator", "bots": bots[number % len(bots)], "config": CONFIG}
            room = await owner.http.post("/api/rooms", {**wish, "autostart": True})
        return str(room["game_id"])

    ids = await asyncio.gather(*(one(number) for number in range(count)))
    await owner.close()
    await completed(server, ids)
    return list(ids)


async def completed(server: HostedProcess, ids: list[str]) -> None:
    """Wait until these games are over."""
    await until(
        server, "select count(*) = %s from play.games where id = any(%s) and status = 'completed'", len(ids), ids
    )


async def rated(server: HostedProcess) -> None:
    """Wait until no game waits for its rating."""
    await until(server, "select not exists (select from play.finished_games where due_at <= now())")


async def until(server: HostedProcess, question: str, *given: Any, patience_s: int = 60) -> None:
    """Ask the database again until it says yes."""
    async with asyncio.timeout(patience_s):
        while not server.rows(question, *given)[0][0]:  # noqa: ASYNC110  # the condition is beyond the server
            await asyncio.sleep(0.05)
