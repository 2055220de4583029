"""Clients that read games over HTTP do not slow down the rooms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from persistence.event_log.log import StoredEvent
from server.app import App
from server.games import fairness
from tests.support.client import Player


class CountedLog:
    """Counts the events that are read from the log of an app."""

    def __init__(self, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._read = app.play.log.read
        monkeypatch.setattr(app.play.log, "read", self.read)

    async def read(self, game_id: str, first: int = 0, last: int | None = None) -> AsyncIterator[StoredEvent]:
        async for row in self._read(game_id, first, last):
            self.count += 1
            yield row


async def said(app: App, count: int) -> tuple[Player, str]:
    """A running game of relay with so many values."""
    player = await Player.create(app.url, "Ada")
    room = await player.http.post("/api/rooms", {"game": "relay"})
    await player.connect(room["ws_url"])
    for number in range(count):
        assert (await player.ask("say", data=number))["type"] == "ack"
    return player, f"/api/games/{room['game_id']}"


async def test_a_running_game_is_not_read_from_its_log(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    player, path = await said(app, 150)
    log = CountedLog(app, monkeypatch)
    head = (await player.http.get(path))["head"]
    assert (await player.http.get(f"{path}/state"))["index"] == head
    newest = await player.http.get(f"{path}/events", **{"from": head - 3})
    assert [item["index"] for item in newest["items"]] == list(range(head - 3, head + 1))
    assert log.count == 0
    first = await player.http.get(f"{path}/events", limit=1)
    assert (first["items"][0]["index"], first["next"]) == (0, 1)
    assert log.count == 1
    # A state of the past is folded once; who looks again goes on from what was kept.
    assert (await player.http.get(f"{path}/state", at=140))["index"] == 140
    log.count = 0
    assert (await player.http.get(f"{path}/state", at=142))["index"] == 142
    assert 0 < log.count <= 60
    await player.close()


async def test_reads_of_games_leave_connections_for_the_rooms(app: App) -> None:
    player, path = await said(app, 1)
    async with httpx.AsyncClient(base_url=app.url) as http, app.play.database.connection() as connection:
        async with connection.transaction():
            await connection.execute("lock table play.games in access exclusive mode")
            reading = [asyncio.create_task(http.get(path)) for _ in range(20)]
            async with asyncio.timeout(4):
                assert (await http.get(f"/api/players/{player.id}")).status_code == 200
        assert {(await read).status_code for read in reading} == {200}
    await player.close()


async def test_a_finished_game_is_verified_once(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await Player.create(app.url, "Ada")
    config = {"rounds": 1, "round_pause_ms": 0, "turn_seconds": 0}
    wish = {"as": "spectator", "bots": 2, "config": config, "autostart": True}
    game_id = (await owner.http.post("/api/rooms", wish))["game_id"]
    room = app.play.directory.find(game_id)
    assert room is not None
    await room.wait_over()
    verified = 0
    verify = fairness.verify

    def counted(*given: Any) -> Any:
        nonlocal verified
        verified += 1
        return verify(*given)

    monkeypatch.setattr(fairness, "verify", counted)
    async with httpx.AsyncClient(base_url=app.url) as http:
        answers = await asyncio.gather(*(http.get(f"/api/games/{game_id}/fairness") for _ in range(10)))
        assert {answer.json()["verified"]["ok"] for answer in answers} == {True}
        assert (await http.get(f"/api/games/{game_id}/fairness")).json() == answers[0].json()
    assert verified == 1
    await owner.close()
