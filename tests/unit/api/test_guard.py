"""What a route that requires a role answers to whom."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Annotated, Any

import httpx
import jwt
import pytest
from fastapi import FastAPI

from server.api import answers
from server.api.guard import requires
from server.sessions.caller import Caller, Role
from server.sessions.tokens import Tokens
from server.testing.clock import VirtualClock

KEY = b"k" * 32


@pytest.fixture
async def http() -> Any:
    app = FastAPI()
    app.state.kernel = SimpleNamespace(tokens=Tokens(KEY, VirtualClock()))
    answers.install(app)

    @app.get("/moderators")
    async def moderators(caller: Annotated[Caller, requires(Role.MODERATOR)]) -> str:
        return f"{caller.user_id} is {caller.player_id}"

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://parlor") as client:
        yield client


def bearer(**claims: str) -> dict[str, str]:
    now = VirtualClock().now_ms() // 1000
    given = {"iss": "parlor", "sub": "somebody", "iat": now, "exp": now + 60, **claims}
    return {"Authorization": f"Bearer {jwt.encode(given, KEY, algorithm='HS256')}"}


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "unauthorized"),
        ({"Authorization": "Bearer forged"}, 401, "unauthorized"),
        (bearer(), 403, "account_required"),
        (bearer(uid="ada", role="PLAYER"), 403, "forbidden"),
    ],
)
async def test_others_are_refused(http: httpx.AsyncClient, headers: dict[str, str], status: int, code: str) -> None:
    answer = await http.get("/moderators", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("role", ["MODERATOR", "ADMIN"])
async def test_the_role_and_those_above_it_may(http: httpx.AsyncClient, role: str) -> None:
    answer = await http.get("/moderators", headers=bearer(uid="ada", role=role))
    assert (answer.status_code, answer.json()) == (200, "ada is somebody")
