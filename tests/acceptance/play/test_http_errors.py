"""HTTP: every error has one shape, and the status that the page names."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.support.guests import NOBODY, Guests
from tests.support.server import HostedProcess

GAME = "/api/games/" + NOBODY


def assert_error(answer: httpx.Response, status: int, field: str | None = None) -> dict[str, Any]:
    """{"error": {code, message, details?}}"""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "details"}
    assert isinstance(error["code"], str) and error["code"]
    assert isinstance(error["message"], str) and error["message"]
    if field is not None:
        assert error["details"]["field"] == field
    return error


@pytest.mark.parametrize("body", [b"{", b"nonsense", b"\xff\xfe", b'{"game": }', b"{'game': 'relay'}", b"[" * 5000])
@pytest.mark.parametrize("path", ["/api/rooms", "/api/join", "/api/matchmake", "/api/players"])
async def test_a_body_that_is_not_json_is_refused(guests: Guests, path: str, body: bytes) -> None:
    player = await guests.new()
    headers = {"content-type": "application/json"}
    answer = await player.http.client.post(path, content=body, headers=headers)
    assert assert_error(answer, 400)["code"] == "malformed"


PRIVATE = [
    ("GET", "/api/players/me"),
    ("PATCH", "/api/players/me"),
    ("POST", "/api/rooms"),
    ("POST", f"/api/rooms/{NOBODY}/join"),
    ("POST", "/api/join"),
    ("POST", "/api/matchmake"),
    ("GET", "/api/matchmake"),
    ("DELETE", "/api/matchmake"),
]
OPTIONAL = [("GET", GAME), ("GET", f"{GAME}/events"), ("GET", f"{GAME}/state"), ("GET", f"{GAME}/fairness")]


@pytest.mark.parametrize(("method", "path"), PRIVATE)
async def test_a_missing_token_is_named(guests: Guests, method: str, path: str) -> None:
    async with guests.http() as http:
        assert_error(await http.request(method, path, json={}), 401)


@pytest.mark.parametrize("header", ["Bearer", "Bearer abc", "Basic dXNlcjpwYXNz", "abc", "Bearer a b", ""])
@pytest.mark.parametrize(("method", "path"), [*PRIVATE, *OPTIONAL])
async def test_a_bad_token_is_named(guests: Guests, method: str, path: str, header: str) -> None:
    async with guests.http() as http:
        answer = await http.request(
            method, path, headers={"Authorization": header}, **({} if method == "GET" else {"json": {}})
        )
        assert assert_error(answer, 401)["code"] == "unauthorized"


UNKNOWN = [
    ("GET", "/api/nothing"),
    ("POST", "/api/nothing"),
    ("DELETE", "/api/nothing/at/all"),
    ("GET", "/api"),
    ("GET", "/api/"),
    ("GET", f"/api/rooms/{NOBODY}"),
    ("GET", "/api/rooms/xyz"),
    ("POST", f"/api/rooms/{NOBODY}/join"),
    ("POST", "/api/rooms/xyz/join"),
    ("GET", GAME),
    ("GET", "/api/games/xyz"),
    ("GET", "/api/games/%00"),
    ("GET", f"{GAME}/events"),
    ("GET", f"{GAME}/state"),
    ("GET", f"{GAME}/fairness"),
    ("GET", f"{GAME}/nothing"),
    ("GET", f"/api/players/{NOBODY}"),
    ("GET", "/api/players/xyz"),
    ("GET", f"/api/players/{NOBODY}/stats"),
    ("GET", f"/api/players/{NOBODY}/games"),
    ("GET", "/api/leaderboards/luck"),
    ("GET", "/nothing"),
    ("GET", "/../../etc/passwd"),
    ("GET", "/%2e%2e/%2e%2e/pyproject.toml"),
]


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
async def test_unknown_things_answer_404(guests: Guests, method: str, path: str) -> None:
    player = await guests.new()
    answer = await player.http.client.request(method, path, **({} if method == "GET" else {"json": {}}))
    assert_error(answer, 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/api/rooms"),
        ("PUT", "/api/players/me"),
        ("GET", "/api/players"),
        ("GET", "/api/join"),
        ("PUT", "/api/matchmake"),
        ("POST", f"{GAME}/events"),
        ("POST", "/api/leaderboards/wins"),
        ("DELETE", "/livez"),
    ],
)
async def test_the_wrong_method_answers_405(guests: Guests, method: str, path: str) -> None:
    player = await guests.new()
    answer = await player.http.client.request(method, path)
    assert_error(answer, 405)
    assert path == "/livez" or answer.headers["allow"]


INVALID: list[tuple[str, str, Any, str]] = [
    ("POST", "/api/rooms", {"game": 5}, "game"),
    ("POST", "/api/rooms", {"game": "chess"}, "game"),
    ("POST", "/api/rooms", {"game": "a\x00b"}, "game"),
    ("POST", "/api/rooms", {"game": "\ud800"}, "game"),
    ("POST", "/api/rooms", {"config": []}, "config"),
    ("POST", "/api/rooms", {"config": {"max_players": 11}}, "config.max_players"),
    ("POST", "/api/rooms", {"config": {"max_players": 1}}, "config.max_players"),
    ("POST", "/api/rooms", {"config": {"max_players": "4"}}, "config.max_players"),
    ("POST", "/api/rooms", {"config": {"max_players": 3.5}}, "config.max_players"),
    ("POST", "/api/rooms", {"config": {"min_players": 5, "max_players": 4}}, "config.min_players"),
    ("POST", "/api/rooms", {"config": {"rounds": 0}}, "config.rounds"),
    ("POST", "/api/rooms", {"config": {"rounds": 11}}, "config.rounds"),
    ("POST", "/api/rooms", {"config": {"turn_seconds": 9}}, "config.turn_seconds"),
    ("POST", "/api/rooms", {"config": {"turn_seconds": 121}}, "config.turn_seconds"),
    ("POST", "/api/rooms", {"config": {"turn_seconds": None}}, "config.turn_seconds"),
    ("POST", "/api/rooms", {"config": {"round_pause_ms": -1}}, "config.round_pause_ms"),
    ("POST", "/api/rooms", {"config": {"spectator_delay_s": -1}}, "config.spectator_delay_s"),
    ("POST", "/api/rooms", {"config": {"durability": "none"}}, "config.durability"),
    ("POST", "/api/rooms", {"is_public": "maybe"}, "is_public"),
    ("POST", "/api/rooms", {"bots": -1}, "bots"),
    ("POST", "/api/rooms", {"bots": 10}, "bots"),
    ("POST", "/api/rooms", {"bots": 3, "config": {"max_players": 3}}, "bots"),
    ("POST", "/api/rooms", {"bots": 10**30}, "bots"),
    ("POST", "/api/rooms", {"bots": 1, "bot_level": "genius"}, "bot_level"),
    ("POST", "/api/rooms", {"as": "spectator"}, "bots"),
    ("POST", "/api/rooms", {"as": "spectator", "bots": 1}, "bots"),
    ("POST", "/api/rooms", {"as": "king", "bots": 2}, "as"),
    ("POST", "/api/rooms", [], "body"),
    ("POST", "/api/rooms", None, "body"),
    ("POST", "/api/join", {}, "join_code"),
    ("POST", "/api/join", {"join_code": 5}, "join_code"),
    ("POST", "/api/join", {"join_code": ""}, "join_code"),
    ("POST", "/api/join", {"join_code": "x" * 21}, "join_code"),
    ("POST", "/api/join", {"join_code": "AAAAAA", "role": "king"}, "role"),
    ("POST", "/api/matchmake", {"game": "chess"}, "game"),
    ("POST", "/api/matchmake", {"bots": "some"}, "bots"),
    ("POST", "/api/players", {"display_name": ""}, "display_name"),
    ("POST", "/api/players", {"display_name": "   "}, "display_name"),
    ("POST", "/api/players", {"display_name": "x" * 25}, "display_name"),
    ("POST", "/api/players", {"display_name": "a\nb"}, "display_name"),
    ("POST", "/api/players", {"display_name": "a\x00b"}, "display_name"),
    ("POST", "/api/players", {"display_name": "\ud83c"}, "display_name"),
    ("POST", "/api/players", {"display_name": 5}, "display_name"),
    ("POST", "/api/players", {"avatar_seed": "x" * 65}, "avatar_seed"),
    ("POST", "/api/players", {"color": "red"}, "color"),
    ("POST", "/api/players", {"color": "#12345"}, "color"),
    ("POST", "/api/players", {"color": "#12345g"}, "color"),
    ("POST", "/api/players", {"color": "#123456\n"}, "color"),
    ("POST", "/api/players", {"user_id": ""}, "user_id"),
    ("POST", "/api/players", {"user_id": "a\x00"}, "user_id"),
    ("POST", "/api/players", {"user_id": "\udc00"}, "user_id"),
    ("PATCH", "/api/players/me", {"display_name": "x" * 25}, "display_name"),
    ("PATCH", "/api/players/me", {"color": "#GGGGGG"}, "color"),
    ("GET", "/api/rooms?limit=0", None, "limit"),
    ("GET", "/api/rooms?game=%00", None, "game"),
    ("GET", "/api/rooms?status=unknown", None, "status"),
    ("GET", "/api/leaderboards/wins?game=%00", None, "game"),
    ("GET", "/api/rooms?limit=x", None, "limit"),
    ("GET", "/api/rooms?limit=1000000", None, "limit"),
    ("GET", "/api/rooms?cursor=x", None, "cursor"),
    ("GET", "/api/rooms?cursor=%00", None, "cursor"),
    ("GET", f"{GAME}/events?from=-1", None, "from"),
    ("GET", f"{GAME}/events?from=x", None, "from"),
    ("GET", f"{GAME}/events?limit=0", None, "limit"),
    ("GET", f"{GAME}/state?at=-1", None, "at"),
    ("GET", "/api/leaderboards/wins?limit=0", None, "limit"),
    ("GET", "/api/leaderboards/wins?min_games=-1", None, "min_games"),
    ("GET", "/api/leaderboards/wins?include_bots=perhaps", None, "include_bots"),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"), INVALID, ids=[f"{m} {p} {b!r:.50}" for m, p, b, _ in INVALID]
)
async def test_an_invalid_value_is_named(guests: Guests, method: str, path: str, body: Any, field: str) -> None:
    player = await guests.new()
    # json.dumps escapes what is not ASCII, lone surrogates too; httpx would refuse them.
    given = {} if method == "GET" else {"content": json.dumps(body), "headers": {"content-type": "application/json"}}
    assert_error(await player.http.client.request(method, path, **given), 422, field)


@pytest.mark.parametrize("cursor", ["x", "2020-01-01", "2020-01-01T00:00:00+00:00/x", "/", "%00", "9999999999/", "é/é"])
async def test_a_forged_cursor_is_refused(guests: Guests, cursor: str) -> None:
    player = await guests.new()
    answer = await player.http.client.get(f"/api/players/{player.id}/games?cursor={cursor}")
    assert_error(answer, 422, "cursor")


async def test_filters_that_match_nothing_give_an_empty_list(guests: Guests) -> None:
    async with guests.http() as http:
        for query in ("game=chess", "game=%ED%A0%80", "game=" + "x" * 5000):
            answer = await http.get(f"/api/rooms?{query}")
            assert (answer.status_code, answer.json()) == (200, {"items": [], "next_cursor": None}), query
            answer = await http.get(f"/api/leaderboards/wins?{query}")
            assert (answer.status_code, answer.json()["rows"]) == (200, []), query


async def test_bodies_that_are_too_large_answer_413(guests: Guests) -> None:
    player = await guests.new()
    client = player.http.client
    large = {"game": "relay", "config": {"pad": "x" * 70_000}}
    assert_error(await client.post("/api/rooms", json=large), 413)
    within = {"game": "relay", "config": {"pad": "x" * 60_000}}
    assert (await client.post("/api/rooms", json=within)).status_code == 201


async def test_a_taken_user_id_is_a_conflict(guests: Guests) -> None:
    async with guests.http() as http:
        assert (await http.post("/api/players", json={"user_id": "taken by the test"})).status_code == 201
        error = assert_error(await http.post("/api/players", json={"user_id": "taken by the test"}), 409, "user_id")
        assert error["code"] == "user_id_taken"


async def test_conflicts_of_rooms_are_named(guests: Guests) -> None:
    (host, *_), room = await guests.table(2, config={"max_players": 2})
    late = await guests.new()
    path = f"/api/rooms/{room['game_id']}/join"
    assert assert_error(await late.http.client.post(path, json={}), 409)["code"] == "room_full"
    assert assert_error(await late.http.client.post(path), 409)["code"] == "room_full"
    code = {"join_code": room["join_code"]}
    assert assert_error(await late.http.client.post("/api/join", json=code), 409)["code"] == "room_full"
    answer = await late.http.client.post("/api/join", json={"join_code": "??????"})
    assert assert_error(answer, 404)["code"] == "room_not_found"
    _, running = await guests.playing(2)
    path = f"/api/rooms/{running['game_id']}/join"
    assert assert_error(await late.http.client.post(path, json={}), 409)["code"] in ("already_started", "room_full")
    assert host.id


async def test_health_and_description_are_served(shared_server: HostedProcess, guests: Guests) -> None:
    async with guests.http() as http:
        assert (await http.get("/livez")).json() == {"status": "ok"}
        assert (await http.get("/readyz")).json() == {"status": "ok"}
        status = (await http.get("/statusz")).json()
        assert status["status"] == "serving" and status["database"] == "healthy"
        assert {game["name"] for game in status["games"]} >= {"eldorado", "relay"}
        metrics = await http.get("/metrics")
        assert metrics.headers["content-type"].startswith("text/plain")
        assert "\nparlor_events_total " in metrics.text
        docs = await http.get("/docs")
        assert docs.status_code == 200 and "text/html" in docs.headers["content-type"]
        openapi = (await http.get("/openapi.json")).json()
        for path in PAGE:
            assert path in openapi["paths"], path


PAGE = (
    "/api/players",
    "/api/players/me",
    "/api/rooms",
    "/api/rooms/{game_id}",
    "/api/rooms/{game_id}/join",
    "/api/join",
    "/api/matchmake",
    "/api/games/{game_id}",
    "/api/games/{game_id}/events",
    "/api/games/{game_id}/state",
    "/api/games/{game_id}/fairness",
    "/api/players/{player_id}",
    "/api/players/{player_id}/stats",
    "/api/players/{player_id}/games",
    "/api/leaderboards/{metric}",
)
