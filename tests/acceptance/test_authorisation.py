"""Who may do what: every command of the socket and every route, for everybody who might try."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest

from tests.support.client import Frame, Player
from tests.support.foreign import NOBODY, Guests, dial, entered

OK = "ack"
ARGS: dict[str, dict[str, Any]] = {
    "set_ready": {"ready": True},
    "set_ready_override": {"enabled": True},
    "start_game": {},
    "add_bot": {},
    "remove_player": {"player_id": "{target}"},
    "set_client_seed": {"client_seed": "mine"},
    "update_profile": {"color": "#010203"},
    "request_seat": {},
    "leave": {},
    "rematch": {},
    "bid": {"value": 0},
    "play_card": {"card": "d0:hearts:K"},
}
WHO = ("host", "player", "spectator", "elsewhere")
# In the lobby of a room with three seats, two of them taken by the host and the player, ready both. What is answered
# to the host, to the player, to a spectator, and to a player of another room.
LOBBY: dict[str, tuple[str, str, str, str]] = {
    "set_ready": (OK, OK, "not_seated", "not_seated"),
    "set_ready_override": (OK, "not_host", "not_seated", "not_seated"),
    "start_game": (OK, "not_host", "not_seated", "not_seated"),
    "add_bot": (OK, "not_host", "not_seated", "not_seated"),
    "remove_player": (OK, "not_host", "not_seated", "not_seated"),
    "set_client_seed": (OK, OK, "not_seated", "not_seated"),
    "update_profile": (OK, OK, OK, OK),
    "request_seat": ("invalid_command", "invalid_command", OK, OK),
    "leave": (OK, OK, "not_seated", "not_seated"),
    "rematch": ("invalid_phase", "invalid_phase", "not_seated", "not_seated"),
    "bid": ("invalid_phase", "invalid_phase", "not_seated", "not_seated"),
    "play_card": ("invalid_phase", "invalid_phase", "not_seated", "not_seated"),
}
# The same once the game runs; it is the player's turn to bid, for the host was the dealer.
RUNNING: dict[str, tuple[str, str, str, str]] = {
    "set_ready": ("already_started", "already_started", "not_seated", "not_seated"),
    "set_ready_override": ("already_started", "not_host", "not_seated", "not_seated"),
    "start_game": ("already_started", "not_host", "not_seated", "not_seated"),
    "add_bot": ("already_started", "not_host", "not_seated", "not_seated"),
    "remove_player": ("already_started", "not_host", "not_seated", "not_seated"),
    "set_client_seed": ("already_started", "already_started", "not_seated", "not_seated"),
    "update_profile": (OK, OK, OK, OK),
    "request_seat": ("invalid_command", "invalid_command", "already_started", "already_started"),
    "leave": (OK, OK, "not_seated", "not_seated"),
    "rematch": ("invalid_phase", "invalid_phase", "not_seated", "not_seated"),
    "bid": ("not_your_turn", OK, "not_seated", "not_seated"),
    "play_card": ("invalid_phase", "invalid_phase", "not_seated", "not_seated"),
}


async def cast(guests: Guests, running: bool) -> tuple[dict[str, Player], Frame]:
    """One of each kind, and the room that it is all about."""
    seats = await guests.table(2, config={"max_players": 3, "round_pause_ms": 0})
    (host, player), room = seats
    spectator, elsewhere = await guests.several(2)
    await elsewhere.http.post("/api/rooms", {})
    for seated in (host, player):
        await seated.connect(room["ws_url"])
        await seated.ask("set_ready", ready=True)
    if running:
        assert (await host.ask("start_game"))["type"] == "ack"
    for seated in (host, player):
        await seated.disconnect()
    return {"host": host, "player": player, "spectator": spectator, "elsewhere": elsewhere}, room


@pytest.mark.parametrize("running", [False, True], ids=["lobby", "running"])
@pytest.mark.parametrize("name", list(ARGS))
async def test_commands(guests: Guests, name: str, running: bool) -> None:
    expected = (RUNNING if running else LOBBY)[name]
    for who, answer in zip(WHO, expected, strict=True):
        people, room = await cast(guests, running)
        target = people["player" if who == "host" else "host"].id
        args = {key: target if value == "{target}" else value for key, value in ARGS[name].items()}
        async with entered(room["ws_url"], people[who]) as line:
            told = await line.ask("1", name, **args)
        assert told.get("code", told["type"]) == answer, who
        if who == "elsewhere":
            rows = guests.server.rows(
                "select count(*) from play.game_events where actor_id = %s::uuid and game_id <> %s::uuid"
                " and command_id is not null",
                people[who].id,
                room["game_id"],
            )
            assert rows == [(0,)]  # it did nothing in his own room


@pytest.mark.parametrize("role", [None, "player", "spectator"])
@pytest.mark.parametrize("running", [False, True], ids=["lobby", "running"])
async def test_the_removed_one_has_no_socket(guests: Guests, role: str | None, running: bool) -> None:
    people, room = await cast(guests, running=False)
    async with entered(room["ws_url"], people["host"]) as line:
        assert (await line.ask("1", "remove_player", player_id=people["player"].id))["type"] == "ack"
        if running:
            await line.ask("2", "add_bot")
            assert (await line.ask("3", "start_game"))["type"] == "ack"
    async with dial(room["ws_url"]) as line:
        await line.send({"type": "hello", "token": people["player"].token, "role": role})
        assert (await line.end())[0] == 4403


ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/api/players/me", None),
    ("PATCH", "/api/players/me", {"color": "#010203"}),
    ("GET", "/api/players/{host}", None),
    ("GET", "/api/players/{host}/stats", None),
    ("GET", "/api/players/{host}/games", None),
    ("GET", "/api/leaderboards/wins", None),
    ("GET", "/api/rooms", None),
    ("GET", "/api/rooms/{room}", None),
    ("POST", "/api/rooms/{room}/join", {}),
    ("POST", "/api/rooms/{room}/join", {"role": "spectator"}),
    ("POST", "/api/join", {"join_code": "{code}"}),
    ("GET", "/api/games/{room}", None),
    ("GET", "/api/games/{room}/events", None),
    ("GET", "/api/games/{room}/events?as={host}", None),
    ("GET", "/api/games/{room}/state", None),
    ("GET", "/api/games/{room}/state?as={host}", None),
    ("GET", "/api/games/{room}/fairness", None),
]
ASKERS = ("nobody", "forger", "stranger", "member", "host")
# Statuses for: no token, a bad token, another player, a member, the host. Of a public room, and of a private one.
PUBLIC: dict[int, tuple[int, int, int, int, int]] = {
    0: (401, 401, 200, 200, 200),
    1: (401, 401, 200, 200, 200),
    2: (200, 200, 200, 200, 200),
    3: (200, 200, 200, 200, 200),
    4: (200, 200, 200, 200, 200),
    5: (200, 200, 200, 200, 200),
    6: (200, 200, 200, 200, 200),
    7: (401, 401, 200, 200, 200),
    8: (401, 401, 200, 200, 200),
    9: (401, 401, 200, 200, 200),
    10: (401, 401, 200, 200, 200),
    11: (200, 401, 200, 200, 200),
    12: (200, 401, 200, 200, 200),
    13: (403, 401, 403, 403, 200),
    14: (200, 401, 200, 200, 200),
    15: (403, 401, 403, 403, 200),
    16: (200, 401, 200, 200, 200),
}
PRIVATE = {
    **PUBLIC,
    7: (401, 401, 404, 200, 200),
    8: (401, 401, 403, 200, 200),
    9: (401, 401, 403, 200, 200),
    11: (404, 401, 404, 200, 200),
    12: (404, 401, 404, 200, 200),
    13: (404, 401, 404, 403, 200),
    14: (404, 401, 404, 200, 200),
    15: (404, 401, 404, 403, 200),
    16: (404, 401, 404, 200, 200),
}


@pytest.mark.parametrize("public", [True, False], ids=["public", "private"])
@pytest.mark.parametrize("number", range(len(ROUTES)), ids=[f"{route[0]} {route[1]}" for route in ROUTES])
async def test_routes(guests: Guests, number: int, public: bool) -> None:
    method, path, body = ROUTES[number]
    (host, member), room = await guests.table(2, is_public=public)
    stranger = await guests.new()
    names = {"host": host.id, "room": room["game_id"], "code": room["join_code"]}
    tokens = [None, "forged", stranger.token, member.token, host.token]
    for who, token, status in zip(ASKERS, tokens, (PUBLIC if public else PRIVATE)[number], strict=True):
        async with guests.http(token) as http:
            given = None if body is None else {key: value.format(**names) for key, value in body.items()}
            answer = await http.request(method, path.format(**names), **({} if given is None else {"json": given}))
        assert answer.status_code == status, (who, answer.text)
        if status >= 400:
            assert set(answer.json()) == {"error"}
            assert room["join_code"] not in answer.text


async def test_a_token_of_a_player_who_does_not_exist(guests: Guests) -> None:
    """Signed by this server, but the player is not in its database."""
    now = int(time.time())
    claims = {"iss": "parlor", "sub": NOBODY, "iat": now, "exp": now + 60}
    token = jwt.encode(claims, guests.server.token_key, algorithm="HS256")
    (_host,), room = await guests.table(1)
    async with guests.http(token) as http:
        assert (await http.post("/api/rooms", json={})).status_code == 401
        assert (await http.post("/api/matchmake", json={})).status_code == 401
        assert (await http.post("/api/join", json={"join_code": room["join_code"]})).status_code == 401
        assert (await http.patch("/api/players/me", json={"color": "#000000"})).status_code == 401
        assert (await http.get("/api/players/me")).status_code == 401
