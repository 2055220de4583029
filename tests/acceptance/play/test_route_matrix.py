"""Who may ask what over HTTP: every route, for everybody who might ask, about every kind of room in every phase.

The tables of the wings are the truth that people read; a route of the server that stands in no row fails the test.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.support.access import bodies, rows
from tests.support.callers import CALLERS, PHASES, Caller, CallerRoom, another_caller, open_caller_room
from tests.support.client import Frame
from tests.support.guests import Guests

BODIES = bodies()


def row_for(route: str, public: bool, phase: str) -> list[int]:
    visibility = "public" if public else "private"
    fitting = {"*", visibility, phase, f"{visibility}/{phase}"}
    return next(statuses for name, about, statuses in rows() if name == route and about in fitting)


async def test_the_table_covers_every_route(guests: Guests) -> None:
    async with guests.http() as http:
        described = (await http.get("/openapi.json")).json()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    listed = {name.split("?")[0] for name, _, _ in rows()}
    patterns = {re.sub(r"\{\w+\}", r"[^/]+", route): route for route in routes}
    covered = set()
    for row in listed:
        fitting = {row} & routes or {route for pattern, route in patterns.items() if re.fullmatch(pattern, row)}
        assert len(fitting) == 1, f"{row}: no such route"
        covered |= fitting
    assert covered | routes_of_other_wings() == routes


def routes_of_other_wings() -> set[str]:
    """Those in the table `ACCESS` of each of them."""
    found: set[str] = set()
    for path in Path(__file__).parents[1].glob("*/test_access.py"):
        found |= import_module(f"tests.acceptance.{path.parent.name}.test_access").ACCESS.keys()
    return found


def _filled(value: Any, names: Frame) -> Any:
    return value.format(**names) if isinstance(value, str) else value


async def ask(http: Any, caller_room: CallerRoom, route: str, caller: Caller) -> Any:
    names = {"host": caller_room.people["host"].id, "me": caller.player_id, **caller_room.room}
    names |= {"room": caller_room.room["game_id"], "code": caller_room.room["join_code"]}
    method, path = route.removesuffix("?spectator").format(**names).split(" ")
    headers = {} if caller.token is None else {"Authorization": f"Bearer {caller.token}"}
    body = BODIES.get(route)
    given = {} if body is None else {"json": {key: _filled(value, names) for key, value in body.items()}}
    return await http.request(method, path, headers=headers, **given)


@pytest.mark.parametrize("public", [True, False], ids=["public", "private"])
@pytest.mark.parametrize("phase", PHASES)
async def test_routes_of_every_caller(guests: Guests, phase: str, public: bool) -> None:
    caller_room = await open_caller_room(guests, public, phase)
    routes = list(dict.fromkeys(name for name, _, _ in rows()))
    async with guests.http() as http:
        for route in sorted(routes, key=lambda route: "join" in route):  # what changes the room comes last
            told = {}
            for name in CALLERS:
                caller = (
                    await another_caller(guests, caller_room, name) if "join" in route else caller_room.callers[name]
                )
                answer = await ask(http, caller_room, route, caller)
                told[name] = answer.status_code
                assert_says_no_more_than_it_must(answer, caller_room)
            assert told == dict(zip(CALLERS, row_for(route, public, phase), strict=True)), route


def assert_says_no_more_than_it_must(answer: Any, caller_room: CallerRoom) -> None:
    if answer.status_code >= 400:
        assert set(answer.json()) == {"error"}
        assert caller_room.room["join_code"] not in answer.text
    if answer.status_code == 401:
        assert answer.json()["error"]["code"] == "unauthorized"


async def test_a_refused_request_changes_nothing(guests: Guests) -> None:
    """Neither the room nor anybody in it."""
    caller_room = await open_caller_room(guests, public=False, phase="lobby")
    head = await caller_room.head()
    async with guests.http() as http:
        for route, body in BODIES.items():
            for name, status in zip(CALLERS, row_for(route, False, "lobby"), strict=True):
                if status >= 400 and body is not None:
                    await ask(http, caller_room, route, caller_room.callers[name])
    assert await caller_room.head() == head
    profile = await caller_room.people["host"].http.get("/api/players/me")
    assert profile["color"] != BODIES["PATCH /api/players/me"]["color"]
