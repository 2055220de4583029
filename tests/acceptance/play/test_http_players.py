"""Players over HTTP: guests, profiles, history, leaderboards."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.client import Player
from tests.support.guests import Guests
from tests.support.postgres import Server
from tests.support.server import HostedProcess, serving
from tests.support.socket_client import entered

PROFILE = {"player_id", "display_name", "avatar_seed", "color"}
LIFETIME = {
    "games_played", "games_won", "highest_score", "lowest_score", "total_points", "total_tricks_won",
    "most_consecutive_wins", "most_consecutive_losses", "last_game_at", "current_win_streak", "current_loss_streak",
    "total_misplays",
}  # fmt: skip


@pytest.mark.parametrize("body", [None, {}, {"display_name": None, "avatar_seed": None, "color": None, "more": 1}])
async def test_an_empty_body_makes_a_guest(guests: Guests, body: object) -> None:
    async with guests.http() as http:
        answer = await http.post("/api/players", **({} if body is None else {"json": body}))
        assert answer.status_code == 201
        made = answer.json()
        assert set(made) == {"player_id", "token", "profile"}
        profile = made["profile"]
        assert profile.keys() >= PROFILE
        assert profile["player_id"] == made["player_id"]
        assert 1 <= len(profile["display_name"]) <= 24
        assert 1 <= len(profile["avatar_seed"]) <= 64
        assert re.fullmatch("#[0-9a-fA-F]{6}", profile["color"])
        me = await http.get("/api/players/me", headers={"Authorization": f"Bearer {made['token']}"})
        assert me.json() == profile
        assert (await http.get(f"/api/players/{made['player_id']}")).json() == profile
        assert made["token"] not in (await http.get(f"/api/players/{made['player_id']}")).text


async def test_a_profile_can_be_chosen(guests: Guests) -> None:
    given = {"display_name": "Zoë 🎲", "avatar_seed": "x" * 64, "color": "#AbCdEf"}
    async with guests.http() as http:
        made = (await http.post("/api/players", json={**given, "user_id": "user of the profile test"})).json()
    assert made["profile"].items() >= given.items()
    async with guests.http(made["token"]) as http:
        changed = await http.patch("/api/players/me", json={"display_name": "x" * 24})
        assert changed.status_code == 200
        assert changed.json().items() >= {**given, "display_name": "x" * 24}.items()
        assert (await http.patch("/api/players/me", json={})).json() == changed.json()
        assert (await http.patch("/api/players/me", json={"color": "#000000"})).json()["display_name"] == "x" * 24
        room = (await http.post("/api/rooms", json={})).json()
        player = (await http.get(f"/api/games/{room['game_id']}")).json()["players"][0]
        assert player.items() >= {**given, "display_name": "x" * 24, "color": "#000000"}.items()


async def test_statistics_before_the_first_game_are_empty(guests: Guests) -> None:
    player = await guests.new()
    stats = await player.http.get(f"/api/players/{player.id}/stats")
    assert stats.keys() >= LIFETIME
    assert (stats["games_played"], stats["games_won"], stats["highest_score"], stats["last_game_at"]) == (
        0,
        0,
        None,
        None,
    )
    assert await player.http.get(f"/api/players/{player.id}/games") == {"items": [], "next_cursor": None}


@pytest.fixture(scope="module")
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    """Leaderboards with nobody else on them."""
    with serving(postgres, PARLOR_COMMANDS_PER_S="5000", PARLOR_BURST="10000") as server:
        yield server


@pytest_asyncio.fixture
async def players(own_server: HostedProcess) -> AsyncIterator[list[Player]]:
    """Two who play quick games until one has five."""
    made = Guests(own_server)
    yield await made.several(2)
    await made.close()


async def play_quickly(players: list[Player], count: int) -> list[str]:
    """Games of one round with everybody gone at once: the rules play them to the end."""
    ids = []
    for _ in range(count):
        room = await players[0].http.post("/api/rooms", {"config": {"rounds": 1, "round_pause_ms": 0}, "bots": 1})
        await players[1].http.post("/api/join", {"join_code": room["join_code"]})
        async with entered(room["ws_url"], players[0]) as one, entered(room["ws_url"], players[1]) as two:
            assert (await one.ask("1", "set_ready_override", enabled=True))["type"] == "ack"
            assert (await one.ask("2", "start_game"))["type"] == "ack"
            await asyncio.gather(one.ask("3", "leave"), two.ask("3", "leave"))
            while "game_completed" not in [frame.get("name") for frame in one.frames[-3:]]:
                await one.frame()
        ids.append(room["game_id"])
    return ids


async def test_history_and_leaderboards_agree_with_the_games_played(players: list[Player]) -> None:
    played = await play_quickly(players, 5)
    http = players[0].http

    # The newest first, page by page, also with a cursor that was put into the address as it is.
    seen, cursor = [], ""
    while True:
        page = (await http.client.get(f"/api/players/{players[0].id}/games?limit=2{cursor}")).json()
        assert len(page["items"]) <= 2
        seen += [game["game_id"] for game in page["items"]]
        for game in page["items"]:
            assert game.keys() >= {"game_id", "game", "score", "is_winner", "completed_at"}
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == played[::-1]

    assert (await http.get("/api/leaderboards/wins"))["rows"] == []  # ten games are needed
    for metric in ("wins", "win_rate", "highest_score", "total_points", "total_tricks_won"):
        rows = (await http.get(f"/api/leaderboards/{metric}", min_games=1))["rows"]
        assert {row["player_id"] for row in rows} == {player.id for player in players}, metric
        assert [set(row) for row in rows] == [{"rank", "player_id", "display_name", "value", "games_played"}] * 2
        assert [row["rank"] for row in rows] == [1, 2]
        assert rows[0]["value"] >= rows[1]["value"]
        assert {row["games_played"] for row in rows} == {5}
        everybody = (await http.get(f"/api/leaderboards/{metric}", min_games=1, include_bots="true"))["rows"]
        assert len(everybody) == 3
        assert (await http.get(f"/api/leaderboards/{metric}", min_games=1, limit=1))["rows"] == rows[:1]
        same = (await http.get(f"/api/leaderboards/{metric}", min_games=1, game="eldorado"))["rows"]
        assert [(row["player_id"], row["value"]) for row in same] == [(row["player_id"], row["value"]) for row in rows]
        assert (await http.get(f"/api/leaderboards/{metric}", min_games=1, game="relay"))["rows"] == []
        assert (await http.get(f"/api/leaderboards/{metric}", min_games=6))["rows"] == []
    stats = await http.get(f"/api/players/{players[0].id}/stats")
    games = (await http.get(f"/api/players/{players[0].id}/games"))["items"]
    assert stats["games_played"] == 5
    assert stats["total_points"] == sum(game["score"] for game in games)
    assert stats["games_won"] == sum(game["is_winner"] for game in games)


async def test_connections_are_limited_and_the_public_address_is_named(postgres: Server) -> None:
    settings = {"PARLOR_CONNECTIONS_MAX": "3", "PARLOR_CONNECTIONS_PER_IP_MAX": "2"}
    with serving(postgres, PARLOR_PUBLIC_URL="wss://play.example.org", **settings) as server:
        player = await Player.create(server.url)
        room = await player.http.post("/api/rooms", {})
        assert room["ws_url"] == f"wss://play.example.org/ws/rooms/{room['game_id']}"
        headers = {
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }  # fmt: skip
        url = f"{server.ws_url}/ws/rooms/{room['game_id']}"
        other = await Player.create(server.url)
        async with entered(url, player), entered(url, other):
            answer = await player.http.client.get(f"/ws/rooms/{room['game_id']}", headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        async with entered(url, player) as line:  # there is room again
            assert line.frames[0]["type"] == "welcome"
        await player.close()
        await other.close()
