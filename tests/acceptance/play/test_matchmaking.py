"""Matchmaking: people who ask meet, seats are given once, bots fill what stays free."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.guests import Guests
from tests.support.postgres import Server
from tests.support.server import HostedProcess, serving
from tests.support.socket_client import entered


@pytest.fixture(scope="module")
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    """No rooms but those of these tests."""
    with serving(postgres) as server:
        yield server
        assert "Traceback" not in server.log


@pytest_asyncio.fixture
async def people(own_server: HostedProcess) -> AsyncIterator[Guests]:
    made = Guests(own_server)
    yield made
    await made.close()


@pytest.mark.parametrize("game", ["eldorado", "relay"])
async def test_two_players_who_ask_at_once_meet(people: Guests, game: str) -> None:
    players = await people.several(2)
    placed = await asyncio.gather(*(p.http.post("/api/matchmake", {"game": game}) for p in players))
    assert all(set(answer) == {"game_id", "seat", "ws_url"} for answer in placed)
    assert placed[0]["game_id"] == placed[1]["game_id"]
    assert {answer["seat"] for answer in placed} == {0, 1}
    more = await people.several(2)
    placed += await asyncio.gather(*(p.http.post("/api/matchmake", {"game": game}) for p in more))
    assert len({answer["game_id"] for answer in placed}) == 1
    assert {answer["seat"] for answer in placed} == {0, 1, 2, 3}


async def test_a_changed_room_is_matched_by_its_new_settings(people: Guests) -> None:
    (host, *_), room = await people.table(3, game="relay")
    one, two, three = await people.several(3)
    await host.connect(room["ws_url"])
    assert (await host.ask("change_settings", is_public=False))["type"] == "ack"
    assert (await one.http.post("/api/matchmake", {"game": "relay"}))["game_id"] != room["game_id"]
    assert (await host.ask("change_settings", is_public=True, config={"max_players": 3}))["type"] == "ack"
    assert (await two.http.post("/api/matchmake", {"game": "relay"}))["game_id"] != room["game_id"]
    assert (await host.ask("change_settings", config={"max_players": 4}))["type"] == "ack"
    assert (await three.http.post("/api/matchmake", {"game": "relay"}))["game_id"] == room["game_id"]
    for player in (one, two):  # nobody waits for the next test
        await player.http.client.delete("/api/matchmake", params={"game": "relay"})


async def test_fifty_at_once_never_share_a_seat(people: Guests) -> None:
    players = await people.several(50)
    placed = await asyncio.gather(*(p.http.post("/api/matchmake") for p in players))
    seats = Counter((answer["game_id"], answer["seat"]) for answer in placed)
    assert max(seats.values()) == 1
    assert len(seats) == 50
    rooms = Counter(answer["game_id"] for answer in placed)
    assert len(rooms) == 13
    assert sorted(rooms.values()) == [2] + [4] * 12
    for game_id, count in rooms.items():
        told = await players[0].http.get(f"/api/games/{game_id}")
        assert len(told["players"]) == count
        assert told["status"] == ("in_progress" if count == 4 else "created")


async def test_fifty_join_one_room_at_once(people: Guests) -> None:
    (host, *players), room = await people.table(1, config={"max_players": 8})
    players = await people.several(50)
    path = f"/api/rooms/{room['game_id']}/join"
    answers = await asyncio.gather(*(p.http.client.post(path, json={}) for p in players))
    assert sorted(answer.json()["seat"] for answer in answers if answer.status_code == 200) == list(range(1, 8))
    assert [answer.status_code for answer in answers].count(409) == 43
    told = await host.http.get(f"/api/games/{room['game_id']}")
    assert sorted(p["seat"] for p in told["players"]) == list(range(8))
    rows = people.server.rows("select current_players from play.room_directory where game_id = %s", room["game_id"])
    assert rows == [(8,)]


async def test_the_fullest_room_is_chosen_first(people: Guests) -> None:
    players, fuller = await people.table(3, game="relay")
    _, emptier = await people.table(1, game="relay")
    late = await people.new()
    assert (await late.http.post("/api/matchmake", {"game": "relay"}))["game_id"] == fuller["game_id"]
    # Now it has four, which is enough.
    later = await people.new()
    assert (await later.http.post("/api/matchmake", {"game": "relay"}))["game_id"] == emptier["game_id"]
    assert players[0].id


async def test_private_rooms_are_not_matched(people: Guests) -> None:
    _, private = await people.table(3, game="relay", is_public=False)
    late = await people.new()
    assert (await late.http.post("/api/matchmake", {"game": "relay"}))["game_id"] != private["game_id"]


@pytest.mark.parametrize("bots", [True, 3])
async def test_with_bots_the_game_begins_at_once(people: Guests, bots: object) -> None:
    player = await people.new()
    placed = await player.http.post("/api/matchmake", {"bots": bots})
    async with entered(placed["ws_url"], player) as line:
        while (await line.next("event"))["name"] != "game_started":
            pass
    players = (await player.http.get(f"/api/games/{placed['game_id']}"))["players"]
    assert len(players) == 4
    assert sum(p["is_bot"] for p in players) >= 1


async def test_a_repeated_request_takes_one_seat(people: Guests) -> None:
    player = await people.new()
    first, second = await asyncio.gather(*(player.http.post("/api/matchmake") for _ in range(2)))
    assert first["game_id"] == second["game_id"]
