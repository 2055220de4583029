"""A client that guesses the operator's token has to wait, and does not learn from that which guess was right."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse

from server.ops.door import OperatorDoor
from server.settings import Settings
from server.testing.clock import VirtualClock

TOKEN = "the operator's own token, 32 characters and more"
RIGHT = {"Authorization": f"Bearer {TOKEN}"}
WRONG = {"Authorization": "Bearer guessed"}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def http(clock: VirtualClock) -> Any:
    settings = Settings(admin_token=TOKEN, http_changes_per_s=0.5, http_changes_burst=3)  # type: ignore[arg-type]  # as from the environment
    kernel: Any = SimpleNamespace(settings=settings, clock=clock)
    door = OperatorDoor(PlainTextResponse("behind the door"), kernel)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://parlor") as client:
        yield client


async def test_guesses_are_counted(http: httpx.AsyncClient, clock: VirtualClock) -> None:
    asked = [await http.get("/api/ops/overview", headers=WRONG) for _ in range(4)]
    assert [answer.status_code for answer in asked] == [401, 401, 401, 429]
    assert asked[-1].headers["Retry-After"] == "2"
    assert (await http.get("/api/ops/overview", headers=RIGHT)).status_code == 429
    clock.advance(2)
    assert (await http.get("/api/ops/overview", headers=RIGHT)).text == "behind the door"


async def test_other_paths_cost_nothing(http: httpx.AsyncClient) -> None:
    for path in ("/", "/api/rooms", "/api/opsimists", "/opsimists") * 3:
        assert (await http.get(path)).status_code == 200
    assert (await http.get("/api/ops/overview", headers=RIGHT)).status_code == 200
