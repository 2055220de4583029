"""Rooms over HTTP: opened, listed, read, joined by code and by id."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from server.wire.close_codes import CloseCode
from tests.support.client import Player
from tests.support.guests import Guests
from tests.support.in_process_server import served
from tests.support.socket_client import entered

LISTED = {"game_id", "game", "join_code", "players", "max_players", "spectators", "status", "created_at"}
JOINED = {"game_id", "seat", "ws_url"}
CODE = re.compile(r"[ABCDEFGHJKLMNPQRSTUVWXYZ23456789]{6}")


async def listed(player: Player, **query: Any) -> list[dict[str, Any]]:
    """All pages of the list."""
    items, cursor = [], None
    while True:
        page = await player.http.get("/api/rooms", limit=100, **query, **({"cursor": cursor} if cursor else {}))
        assert set(page) == {"items", "next_cursor"}
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


async def test_a_new_room_is_described(guests: Guests) -> None:
    player = await guests.new()
    answer = await player.http.client.post("/api/rooms", json={})
    assert answer.status_code == 201
    room = answer.json()
    assert {"game_id", "join_code", "ws_url", "seat"} <= set(room)
    assert UUID(room["game_id"]).version == 7
    assert CODE.fullmatch(room["join_code"])
    assert room["ws_url"] == f"{guests.server.ws_url}/ws/rooms/{room['game_id']}"
    assert room["seat"] == 0
    game = await player.http.get(f"/api/games/{room['game_id']}")
    defaults = {"min_players": 2, "max_players": 10, "rounds": 10, "turn_seconds": 60, "round_pause_ms": 3000}
    assert (game["game"], game["status"]) == ("eldorado", "created")
    assert game["config"].items() >= {**defaults, "spectator_delay_s": 0}.items()
    async with entered(room["ws_url"], player) as line:
        await line.send({"type": "sync"})
        view = (await line.next("state"))["view"]
        assert (view["host_player_id"], view["you"]["seat"]) == (player.id, 0)


async def test_settings_are_stored(guests: Guests) -> None:
    player = await guests.new()
    config = {"min_players": 3, "max_players": 5, "rounds": 2, "turn_seconds": 0, "round_pause_ms": 0, "new_one": 1}
    room = await player.http.post("/api/rooms", {"config": config, "bots": 2, "bot_level": "random", "more": None})
    game = await player.http.get(f"/api/games/{room['game_id']}")
    assert "new_one" not in game["config"]
    assert game["config"].items() >= {key: value for key, value in config.items() if key != "new_one"}.items()
    assert [(p["seat"], p["is_bot"], p["display_name"]) for p in game["players"][1:]] == [
        (1, True, "Bot 1"),
        (2, True, "Bot 2"),
    ]
    assert {(p["color"], p["avatar_seed"]) for p in game["players"][1:]} == {("#5566ff", "bot:1"), ("#5566ff", "bot:2")}


async def test_autostart_needs_no_readiness(guests: Guests) -> None:
    """With `autostart` nobody needs to be ready."""
    players, room = await guests.table(2, autostart=True, config={"max_players": 2})
    await players[0].connect(room["ws_url"])
    await players[0].event("game_started")


async def test_public_rooms_are_listed_and_private_ones_are_not(guests: Guests) -> None:
    player = await guests.new()
    public = await player.http.post("/api/rooms", {"game": "relay"})
    private = await player.http.post("/api/rooms", {"game": "relay", "is_public": False})
    async with entered(public["ws_url"], await guests.new()):
        rooms = {room["game_id"]: room for room in await listed(player)}
    assert private["game_id"] not in rooms
    room = rooms[public["game_id"]]
    assert set(room) >= LISTED
    assert datetime.fromisoformat(room.pop("created_at")).tzinfo is not None
    expected = {"game": "relay", "players": 1, "max_players": 10, "spectators": 1, "status": "created"}
    assert room.items() >= {**expected, "game_id": public["game_id"], "join_code": public["join_code"]}.items()
    async with guests.http() as http:  # the list needs no token
        assert (await http.get("/api/rooms")).status_code == 200


async def test_the_list_is_filtered_and_paged(guests: Guests) -> None:
    players, running = await guests.playing(2)
    player = players[0]
    made = [(await player.http.post("/api/rooms", {"game": "relay"}))["game_id"] for _ in range(5)]
    relays = await listed(player, game="relay", status="created")
    assert {room["game"] for room in relays} == {"relay"}
    assert {room["status"] for room in relays} == {"created"}
    assert [room["game_id"] for room in relays[:5]] == made[::-1]  # the newest first
    games = await listed(player, status="in_progress")
    assert running["game_id"] in {room["game_id"] for room in games}
    assert {room["status"] for room in games} == {"in_progress"}
    seen, cursor = [], {}
    for _ in range(3):
        page = await player.http.get("/api/rooms", game="relay", limit=2, **cursor)
        assert len(page["items"]) == 2
        seen += [room["game_id"] for room in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert seen[:5] == made[::-1]
    assert len(set(seen)) == 6 or len(relays) < 6


async def test_a_completed_room_leaves_the_list_and_its_code_is_free(guests: Guests) -> None:
    player = await guests.new()
    room = await player.http.post("/api/rooms", {"bots": 2, "as": "spectator", "config": {"rounds": 1}})
    async with entered(room["ws_url"], player) as line:
        while (await line.next("event"))["name"] != "game_completed":
            pass
    assert room["game_id"] not in {item["game_id"] for item in await listed(player)}
    answer = await player.http.client.post("/api/join", json={"join_code": room["join_code"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "room_not_found")


async def test_a_room_is_read_by_its_id(guests: Guests) -> None:
    host, stranger = await guests.several(2)
    public = await host.http.post("/api/rooms", {})
    private = await host.http.post("/api/rooms", {"is_public": False})
    for player in (host, stranger):
        room = await player.http.get(f"/api/rooms/{public['game_id']}")
        assert set(room) >= LISTED
        assert (room["game_id"], room["join_code"]) == (public["game_id"], public["join_code"])
    assert (await host.http.get(f"/api/rooms/{private['game_id']}"))["join_code"] == private["join_code"]
    answer = await stranger.http.client.get(f"/api/rooms/{private['game_id']}")
    assert answer.status_code in (403, 404)
    assert private["join_code"] not in answer.text


async def test_join_codes_ignore_case_and_separators(guests: Guests) -> None:
    (host,), room = await guests.table(1, is_public=False)
    spellings = [room["join_code"], room["join_code"].lower(), f"  {room['join_code'].title()} "]
    for seat, code in enumerate(spellings, 1):
        player = await guests.new()
        joined = await player.http.post("/api/join", {"join_code": code})
        assert set(joined) == JOINED
        assert joined == {"game_id": room["game_id"], "seat": seat, "ws_url": room["ws_url"]}
        # Once more: the same seat.
        assert await player.http.post("/api/join", {"join_code": code}) == joined
        assert await player.http.post(f"/api/rooms/{room['game_id']}/join") == joined
    assert (await host.http.post("/api/join", {"join_code": room["join_code"]}))["seat"] == 0


async def test_a_public_room_is_joined_by_id(guests: Guests) -> None:
    (host,), room = await guests.table(1)
    player, watcher = await guests.several(2)
    path = f"/api/rooms/{room['game_id']}/join"
    assert await player.http.post(path) == {"game_id": room["game_id"], "seat": 1, "ws_url": room["ws_url"]}
    assert (await watcher.http.post(path, {"role": "spectator"}))["seat"] is None
    assert len((await host.http.get(f"/api/games/{room['game_id']}"))["players"]) == 2
    answer = await player.http.client.post(path)  # no body at all
    assert (answer.status_code, answer.json()["seat"]) == (200, 1)


async def test_a_private_room_is_joined_by_its_code_only(guests: Guests) -> None:
    _, room = await guests.table(1, is_public=False)
    player = await guests.new()
    for body in ({}, {"role": "spectator"}):
        answer = await player.http.client.post(f"/api/rooms/{room['game_id']}/join", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


async def test_a_newcomer_gets_the_lowest_free_seat(guests: Guests) -> None:
    players, room = await guests.table(4, game="relay")
    await players[1].connect(room["ws_url"])
    await players[1].ask("leave")
    late = await guests.new()
    assert (await late.http.post("/api/join", {"join_code": room["join_code"]}))["seat"] == 1
    later = await guests.new()
    assert (await later.http.post("/api/join", {"join_code": room["join_code"]}))["seat"] == 4


async def test_a_player_may_sit_in_many_rooms(guests: Guests) -> None:
    player = await guests.new()
    rooms = [await player.http.post("/api/rooms", {"game": "relay"}) for _ in range(3)]
    async with entered(rooms[0]["ws_url"], player) as first, entered(rooms[1]["ws_url"], player) as second:
        assert (await first.ask("1", "say", data=1))["type"] == "ack"
        assert (await second.ask("1", "say", data=1))["type"] == "ack"
    assert len({room["game_id"] for room in rooms}) == len({room["join_code"] for room in rooms}) == 3


async def test_a_player_opens_only_so_many_rooms(dsn: str, tmp_path: Path) -> None:
    async with served(dsn, tmp_path, rooms_per_player_max=2) as app:
        player, other = await Player.create(app.url), await Player.create(app.url)
        first, _ = [await player.http.post("/api/rooms", {"game": "relay"}) for _ in range(2)]
        refused = await player.http.client.post("/api/rooms", json={"game": "relay"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
        assert refused.headers["Retry-After"]
        await other.http.post("/api/rooms", {"game": "relay"})
        room = app.play.directory.find(first["game_id"])
        assert room is not None
        room.close("as if it were empty", CloseCode.NORMAL, "")
        await player.http.post("/api/rooms", {"game": "relay"})
        for guest in (player, other):
            await guest.close()
