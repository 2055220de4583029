"""Tickets over HTTP: a seat is told again, looked at, given up; and what becomes of it when a room is left."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.acceptance.play.test_matchmaking import own_server, people
from tests.support.client import Player
from tests.support.guests import Guests

__all__ = ["own_server", "people"]

Seat = dict[str, Any]


async def ask(player: Player, **wish: Any) -> Seat:
    seat: Seat = await player.http.post("/api/matchmake", {"game": "relay", **wish})
    return seat


async def first_in_a_room(people: Guests) -> tuple[Player, Seat]:
    """The first of a new room: there is no other free seat."""
    while True:
        player = await people.new()
        seat = await ask(player)
        if len((await player.http.get(f"/api/games/{seat['game_id']}"))["players"]) == 1:
            return player, seat


async def ticket(player: Player, game: str = "relay") -> dict[str, Any]:
    told: dict[str, Any] = await player.http.get("/api/matchmake", game=game)
    return told


async def give_up(player: Player, game: str = "relay") -> Any:
    return await player.http.client.delete("/api/matchmake", params={"game": game})


async def seated(player: Player, seat: Seat) -> bool:
    game = await player.http.get(f"/api/games/{seat['game_id']}")
    return any(other["player_id"] == player.id and other["status"] != "left" for other in game["players"])


async def test_a_repeated_request_gets_the_same_seat(people: Guests) -> None:
    player = await people.new()
    first = await ask(player)
    assert [await ask(player) for _ in range(3)] == [first] * 3
    assert await asyncio.gather(*(ask(player) for _ in range(10))) == [first] * 10
    told = await ticket(player)
    assert told.pop("created_at") < told.pop("fill_at")
    assert told == {"status": "matched", **first}
    rows = "select count(*) from play.game_events where type = 'player_joined' and payload ->> 'player_id' = %s"
    assert people.server.rows(rows, player.id) == [(1,)]
    assert people.server.rows("select count(*) from play.matchmaking_tickets where player_id = %s", player.id) == [(1,)]


async def test_without_a_ticket_the_answer_is_404(people: Guests) -> None:
    player = await people.new()
    await ask(player)
    for answer in (await give_up(player, "eldorado"), await player.http.client.get("/api/matchmake")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "ticket_not_found")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("game", ["chess", "", "relay\0", "x" * 5000])
async def test_an_unknown_game_is_refused(people: Guests, method: str, game: str) -> None:
    player = await people.new()
    answer = await player.http.client.request(method, "/api/matchmake", params={"game": game})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["details"]) == ("unknown_game", {"field": "game"})


async def test_a_seat_that_is_given_up_is_free_again(people: Guests) -> None:
    _, first = await first_in_a_room(people)
    player, other = await people.several(2)
    seat = await ask(player)
    assert seat["game_id"] == first["game_id"]
    answer = await give_up(player)
    assert answer.status_code == 200
    assert answer.json() == await ticket(player)
    assert answer.json().keys() == {"status", "created_at"}
    assert answer.json()["status"] == "cancelled"
    assert not await seated(player, seat)
    assert (await give_up(player)).json() == answer.json()
    assert await ask(other) == seat
    assert await ask(player) == {**seat, "seat": 2}
    assert (await ticket(player))["created_at"] > answer.json()["created_at"]


async def test_the_ticket_of_a_running_game_cannot_be_given_up(people: Guests) -> None:
    player = await people.new()
    seat = await ask(player, game="eldorado", bots=True)
    assert await ask(player, game="eldorado") == seat, "the answer may have been lost"
    refused = await give_up(player, "eldorado")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "already_started")
    async with asyncio.timeout(10):
        while "fill_at" in (told := await ticket(player, "eldorado")):  # noqa: ASYNC110  # it is beyond HTTP
            await asyncio.sleep(0.02)  # the start is committed a moment after the seat
    assert (told["status"], told["seat"]) == ("matched", seat["seat"])
    await player.connect(seat["ws_url"])
    assert (await player.ask("leave"))["type"] == "ack"
    assert (await ticket(player, "eldorado"))["status"] == "cancelled"
    assert (await ask(player, game="eldorado"))["game_id"] != seat["game_id"]


async def test_leaving_over_the_socket_ends_the_ticket(people: Guests) -> None:
    await first_in_a_room(people)
    player = await people.new()
    seat = await ask(player)
    await player.connect(seat["ws_url"])
    assert (await player.ask("leave"))["type"] == "ack"
    assert (await ticket(player))["status"] == "cancelled"
    assert await ask(player) == seat, "nobody else has taken it"


async def test_a_removed_player_is_not_matched_with_the_room_again(people: Guests) -> None:
    host, seat = await first_in_a_room(people)
    player = await people.new()
    assert (await ask(player))["game_id"] == seat["game_id"]
    await host.connect(seat["ws_url"])
    assert (await host.ask("remove_player", player_id=player.id))["type"] == "ack"
    assert (await ticket(player))["status"] == "cancelled"
    elsewhere = await ask(player)
    assert elsewhere["game_id"] != seat["game_id"]
    assert await ask(player) == elsewhere


async def test_each_game_has_a_ticket_of_its_own(people: Guests) -> None:
    player = await people.new()
    seats = {game: await ask(player, game=game) for game in ("relay", "eldorado")}
    assert seats["relay"]["game_id"] != seats["eldorado"]["game_id"]
    assert (await give_up(player, "relay")).status_code == 200
    assert (await ticket(player, "eldorado"))["status"] == "matched"
    assert await ask(player, game="eldorado") == seats["eldorado"]


async def test_a_seat_taken_by_joining_counts_as_the_ticket(people: Guests) -> None:
    (host, guest), room = await people.table(2, game="relay")
    placed = await ask(guest)
    assert (placed["game_id"], placed["seat"]) == (room["game_id"], 1)
    told = await ticket(guest)
    assert (told["status"], told["game_id"], told["seat"]) == ("matched", room["game_id"], 1)
    assert "fill_at" not in told, "no bots come into a room that somebody has opened"
    assert (await give_up(guest)).json()["status"] == "cancelled"
    assert not await seated(guest, placed)
    assert (await give_up(host)).status_code == 404


async def test_ticket_and_room_agree_after_asking_and_giving_up_at_once(people: Guests) -> None:
    """Whichever is first: the ticket says in the end what the room says."""
    players = await people.several(8)
    for player in players:
        await ask(player)
        answers = await asyncio.gather(
            *(
                give_up(player) if number % 2 else player.http.client.post("/api/matchmake", json={"game": "relay"})
                for number in range(6)
            )
        )
        assert {answer.status_code for answer in answers} <= {200, 409}
        told = await ticket(player)
        assert told["status"] in ("matched", "cancelled")
        joined = people.server.rows(
            "select game_id::text, count(*) filter (where type = 'player_joined')"
            " - count(*) filter (where type = 'player_left') from play.game_events"
            " where payload ->> 'player_id' = %s group by game_id",
            player.id,
        )
        held = [game_id for game_id, count in joined if count > 0]
        assert held == ([told["game_id"]] if told["status"] == "matched" else [])


async def test_metrics_count_tickets(people: Guests) -> None:
    def series(text: str) -> dict[str, float]:
        lines = [line.split() for line in text.splitlines() if line.startswith("parlor_matchmaking")]
        return {name: float(value) for name, value in lines}

    player = await people.new()
    before = series((await player.http.client.get("/metrics")).text)
    await ask(player)
    await ask(player)
    await give_up(player)
    after = series((await player.http.client.get("/metrics")).text)
    changed = {name: after[name] - before[name] for name in after if "bucket" not in name and "created" not in name}
    assert 0 < changed.pop("parlor_matchmaking_wait_seconds_sum") < 20
    assert changed == {
        'parlor_matchmaking_tickets_total{outcome="matched"}': 1,
        'parlor_matchmaking_tickets_total{outcome="cancelled"}': 1,
        'parlor_matchmaking_tickets_total{outcome="expired"}': 0,
        "parlor_matchmaking_wait_seconds_count": 1,
    }
