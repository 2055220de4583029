"""The waits of matchmaking in virtual time, on a real database: bots in time, also after a restart; seats that are told
again; tickets that expire; and what an outage leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from persistence.event_log.log import Health
from persistence.play import tickets
from server import limits
from server.app import App
from server.games.table import Phase
from server.rooms.recovery import recover
from server.rooms.room import Room
from server.testing.clock import VirtualClock
from tests.support.client import Player
from tests.support.in_process_server import served

Seat = dict[str, Any]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def app(dsn: str, clock: VirtualClock, tmp_path: Path) -> AsyncIterator[App]:
    async with served(dsn, tmp_path, clock=clock) as made:
        yield made


@asynccontextmanager
async def people(app: App, count: int) -> AsyncIterator[list[Player]]:
    made = [await Player.create(app.url, f"Guest {n}") for n in range(count)]
    yield made
    for player in made:
        await player.close()


async def ask(player: Player, **wish: Any) -> Seat:
    seat: Seat = await player.http.post("/api/matchmake", {"game": "eldorado", **wish})
    return seat


async def ticket(player: Player) -> dict[str, Any]:
    told: dict[str, Any] = await player.http.get("/api/matchmake")
    return told


def room_of(app: App, seat: Seat) -> Room:
    room = app.play.directory.find(seat["game_id"])
    assert room is not None
    return room


async def game(player: Player, seat: Seat) -> dict[str, Any]:
    told: dict[str, Any] = await player.http.get(f"/api/games/{seat['game_id']}")
    return told


async def until(app: App, seat: Seat, phase: Phase) -> None:
    """What was decided is committed, and this is where the game is."""
    room = room_of(app, seat)
    await room.wait_committed(room.core.head)
    assert room.core.told_state.table.phase == phase


async def test_bots_come_after_twenty_seconds(app: App, clock: VirtualClock) -> None:
    async with people(app, 2) as (first, second):
        seat = await ask(first)
        clock.advance(12)
        assert (await ask(second))["game_id"] == seat["game_id"]
        clock.advance(7.9)
        await until(app, seat, Phase.LOBBY)
        clock.advance(0.2)
        await until(app, seat, Phase.PLAYING)
        told = (await game(first, seat))["players"]
        assert [player["is_bot"] for player in told] == [False, False, True, True]


async def test_an_empty_room_gets_no_bots(app: App, clock: VirtualClock) -> None:
    async with people(app, 1) as (player,):
        seat = await ask(player)
        assert (await player.http.client.delete("/api/matchmake")).status_code == 200
        clock.advance(25)
        await until(app, seat, Phase.LOBBY)
        assert (await game(player, seat))["players"] == []


async def test_bots_wait_for_the_database(app: App, clock: VirtualClock) -> None:
    async with people(app, 1) as (player,):
        seat = await ask(player)
        room = room_of(app, seat)
        room.database(Health.PAUSED, was=Health.HEALTHY)
        clock.advance(40)
        assert room.core.table.phase == Phase.LOBBY
        room.database(Health.HEALTHY, was=Health.PAUSED)
        clock.advance(limits.FILL_RETRY_S)
        await until(app, seat, Phase.PLAYING)


@pytest.mark.parametrize(("down_s", "left_s"), [(5.0, 15.0), (300.0, 0.0)])
async def test_bots_come_in_time_after_a_restart(
    dsn: str, clock: VirtualClock, tmp_path: Path, down_s: float, left_s: float
) -> None:
    async with served(dsn, tmp_path, clock=clock) as app, people(app, 1) as (player,):
        seat = await ask(player)
        fill_at = (await ticket(player))["fill_at"]
    clock.advance(down_s)
    async with served(dsn, tmp_path, clock=clock) as app:
        await recover(app.play.directory, app.play.database)
        player.http = type(player.http)(app.url, player.token)
        told = await ticket(player)
        assert told["fill_at"] == fill_at
        assert (told["game_id"], told["seat"]) == (seat["game_id"], seat["seat"])
        if left_s:
            clock.advance(left_s - 0.1)
            await until(app, seat, Phase.LOBBY)
        clock.advance(0.2)
        await until(app, seat, Phase.PLAYING)
        assert [p["is_bot"] for p in (await game(player, seat))["players"]] == [False, True, True, True]
        await player.close()


async def test_a_seat_in_a_running_game_is_repeated_for_a_minute(app: App, clock: VirtualClock) -> None:
    async with people(app, 1) as (player,):
        seat = await ask(player, bots=True)
        await until(app, seat, Phase.PLAYING)
        clock.advance(limits.TICKET_S - 1)
        assert await ask(player) == seat
        clock.advance(2)
        other = await ask(player)
        assert other["game_id"] != seat["game_id"]
        assert await ask(player) == other


async def test_a_seat_in_a_lobby_is_repeated_while_it_is_kept(app: App, clock: VirtualClock) -> None:
    async with people(app, 1) as (player,):
        seat = await ask(player, game="relay")  # whose bots are none: the room waits for people
        await player.connect(seat["ws_url"])
        clock.advance(10 * limits.TICKET_S)
        assert await ask(player, game="relay") == seat


async def test_a_ticket_without_a_seat_expires_and_is_not_matched_afterwards(app: App, clock: VirtualClock) -> None:
    """As a crash leaves it: written, and nothing else done."""
    async with people(app, 1) as (player,):
        now_ms = clock.now_ms()
        left = await tickets.open_ticket(
            app.play.database, player.id, "eldorado", bots=False, at_ms=now_ms, since_ms=now_ms
        )
        assert (await ticket(player)).keys() == {"status", "created_at"}
        clock.advance(limits.TICKET_S)
        await app.play.matchmaker.expire()
        assert (await ticket(player))["status"] == "waiting"
        clock.advance(1)
        await app.play.matchmaker.expire()
        assert (await ticket(player))["status"] == "expired"
        assert len(app.play.directory) == 0
        assert (await player.http.client.delete("/api/matchmake")).json()["status"] == "expired"
        assert (await ask(player))["seat"] == 0
        assert (await ticket(player))["created_at"] > left.created_at.isoformat()


async def test_a_ticket_left_by_a_crash_gets_its_seat(app: App, clock: VirtualClock) -> None:
    async with people(app, 2) as (player, other):
        now_ms = clock.now_ms()
        left = await tickets.open_ticket(
            app.play.database, player.id, "eldorado", bots=False, at_ms=now_ms, since_ms=now_ms
        )
        clock.advance(30)
        seat = await ask(player)
        told = await ticket(player)
        assert (told["status"], told["created_at"]) == ("matched", left.created_at.isoformat())
        assert (await ask(other))["game_id"] == seat["game_id"]


async def test_requests_do_not_wait_for_each_others_commits(app: App) -> None:
    """Four people and two games, and the log commits nothing: all have their seats, they are just not told yet."""
    async with people(app, 4) as guests:
        app.play.log.hold()
        games = ["relay", "relay", "eldorado", "relay"]
        asking = [asyncio.create_task(ask(player, game=name)) for player, name in zip(guests, games, strict=True)]
        while sum(len(room.core.table.seated()) for room in app.play.directory) < 4:
            await guests[0].http.get("/livez")
        assert sorted(len(room.core.table.seated()) for room in app.play.directory) == [1, 3]
        assert not any(task.done() for task in asking)
        app.play.log.release()
        seats = [await task for task in asking]
        assert len({seat["game_id"] for seat in seats}) == 2
        assert sorted(seat["seat"] for seat in seats) == [0, 0, 1, 2]


@pytest.mark.parametrize("company", [0, 1])
async def test_a_player_who_is_told_503_holds_no_seat(app: App, company: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a new room as in one with somebody in it. What was on its way to the log is taken back behind it."""
    async with people(app, 2) as (host, player):
        if company:
            await ask(host)
        monkeypatch.setattr(limits, "WAITING_COMMAND_MS", 1500)
        app.play.log.hold()
        refused = await player.http.client.post("/api/matchmake", json={})
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
        assert int(refused.headers["Retry-After"]) >= 1
        (room,) = app.play.directory
        assert player.id not in {p.player_id for p in room.core.table.seated()}
        monkeypatch.undo()
        app.play.log.release()
        await room.wait_committed(room.core.head)
        assert len((await game(player, {"game_id": room.game_id}))["players"]) == company
        assert (await ticket(player))["status"] == "expired"
        seat = await ask(player)
        assert (await ticket(player))["status"] == "matched"
        assert (seat["game_id"] == room.game_id) == bool(company)


async def test_asking_again_while_a_503_is_under_way_gives_one_seat(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    async with people(app, 2) as (host, player):
        first = await ask(host)
        monkeypatch.setattr(limits, "WAITING_COMMAND_MS", 1500)
        app.play.log.hold()
        for _ in range(2):
            assert (await player.http.client.post("/api/matchmake", json={})).status_code == 503
        monkeypatch.undo()
        again = asyncio.create_task(ask(player))
        await host.http.get("/livez")
        app.play.log.release()
        assert await again == {**first, "seat": 1}
        joined = [e["name"] for e in (await player.http.get(f"/api/games/{first['game_id']}/events"))["items"]]
        assert joined.count("player_joined") == 3, "once for the host, once in vain, once for good"
        assert [p["player_id"] for p in (await game(player, first))["players"]] == [host.id, player.id]
        rows = await app.play.database.fetch(_tickets_of, player_id=player.id)
        assert sorted(row[0] for row in rows).count("matched") == 1


async def _tickets_of(connection: Any, *, player_id: str) -> AsyncIterator[Any]:
    for row in await connection.fetch("select status from play.matchmaking_tickets where player_id = $1", player_id):
        yield row
