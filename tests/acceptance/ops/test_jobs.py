"""A background job with a bug takes nothing else with it: the server serves on, and drains its rooms when it stops."""

from __future__ import annotations

import asyncio

import pytest

from persistence.play import games
from server.app import App
from tests.support.client import Player


class Bug:
    """A job of the server that raises in each run."""

    def __init__(self) -> None:
        self.runs = 0
        self.again = asyncio.Event()  # it was run once more

    async def __call__(self, *_: object) -> None:
        self.runs += 1
        if self.runs > 1:
            self.again.set()
        raise RuntimeError("a bug in a job")


@pytest.fixture
def bug(monkeypatch: pytest.MonkeyPatch) -> Bug:
    made = Bug()
    monkeypatch.setattr(games, "ensure_partitions", made)
    return made


async def test_rooms_are_drained_although_a_job_has_failed(bug: Bug, app: App) -> None:
    player = await Player.create(app.url)
    room = await player.http.post("/api/rooms", {"game": "relay"})
    await player.connect(room["ws_url"])
    assert (await player.ask("say", data="hello"))["type"] == "ack"
    assert bug.runs
    await asyncio.wait_for(app.stop(), 20)
    assert await player.closed() == 1012
    await player.close()


async def test_a_failed_run_is_counted_and_tried_again(bug: Bug, app: App) -> None:
    await asyncio.wait_for(bug.again.wait(), 20)
    player = await Player.create(app.url)
    told = (await player.http.client.get("/metrics")).text
    await player.close()
    failures = 'parlor_job_failures_total{job="partitions"} '
    assert next(float(line.removeprefix(failures)) for line in told.splitlines() if line.startswith(failures)) >= 1
    assert 'parlor_job_failures_total{job="tickets"} 0.0' in told
