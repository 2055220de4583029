"""The live lobby: the list of public rooms over a socket says what the list over HTTP says, as soon as it changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from server import limits
from tests.acceptance.play.test_handshake import status_of
from tests.support.client import JSON, MSGPACK, PATIENCE_S, Frame
from tests.support.guests import Guests, play_out
from tests.support.postgres import Server
from tests.support.proxied_server import behind_a_proxy
from tests.support.raw_connection import TEXT, Raw, frame, frames, until
from tests.support.server import HostedProcess, serving
from tests.support.socket_client import Line, dial, entered

DELAY_S = 2


@pytest.fixture(scope="module")
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    """One whose rooms are known."""
    with serving(postgres, PARLOR_COMMANDS_PER_S="5000", PARLOR_BURST="10000") as server:
        yield server
        assert "Traceback" not in server.log, server.log[-4000:]


@pytest_asyncio.fixture
async def people(own_server: HostedProcess) -> AsyncIterator[Guests]:
    made = Guests(own_server)
    yield made
    await made.close()


class Lobby:
    """The list as somebody knows it who follows the frames."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.items: dict[str, Frame] = {}
        self.index = -1
        self.history: list[Frame] = []

    async def follow(self) -> Frame:
        """Take in the next frame that is about the list."""
        while True:
            told = await self.line.frame()
            if told["type"] == "lobby":
                self.items = {item["game_id"]: item for item in told["items"]}
            elif told["type"] == "room":
                self.items[told["item"]["game_id"]] = told["item"]
            elif told["type"] == "room_gone":
                del self.items[told["game_id"]]
            else:
                continue
            assert told["index"] >= self.index
            self.index = told["index"]
            self.history.append(told)
            return told

    async def until(self, game_id: str, **wanted: Any) -> Frame:
        """Follow until this room is listed so."""
        while game_id not in self.items or not self.items[game_id].items() >= wanted.items():
            await self.follow()
        return self.items[game_id]

    async def until_gone(self, game_id: str) -> None:
        while game_id in self.items:
            await self.follow()


@asynccontextmanager
async def lobby(people: Guests, query: str = "", protocol: str | None = JSON) -> AsyncIterator[Lobby]:
    async with dial(f"{people.server.ws_url}/ws/lobby{query}", protocol) as line:
        made = Lobby(line)
        assert (await made.follow())["type"] == "lobby"
        yield made


async def over_http(people: Guests, **query: Any) -> list[Frame]:
    async with people.http() as http:
        answer = await http.get("/api/rooms", params={"limit": 100, **query})
    items: list[Frame] = answer.json()["items"]
    return items


@pytest.mark.parametrize("protocol", [JSON, MSGPACK, None])
async def test_the_first_list_equals_that_of_http(people: Guests, protocol: str | None) -> None:
    (host, player), room = await people.relay(2)
    watcher = await people.new()
    await people.playing(2)
    await host.http.post("/api/rooms", {"is_public": False})
    async with entered(room["ws_url"], watcher):
        for query, given in (("", {}), ("?game=relay", {"game": "relay"}), ("?game=nothing", {"game": "nothing"})):
            async with lobby(people, query, protocol) as looking:
                fresh = list(looking.line.frames[0]["items"])
                assert fresh == await over_http(people, **given)
    assert player.frames


async def test_a_room_is_listed_changed_and_removed(people: Guests) -> None:
    host, player, watcher = await people.several(3)
    async with lobby(people) as looking, lobby(people, "?game=eldorado", MSGPACK) as other:
        config = {"rounds": 1, "round_pause_ms": 0, "max_players": 3}
        room = await host.http.post("/api/rooms", {"config": config})
        game_id = room["game_id"]
        item = await looking.until(game_id, players=1, max_players=3, status="created")
        assert item == (await over_http(people))[0]
        await player.http.post("/api/join", {"join_code": room["join_code"]})
        await looking.until(game_id, players=2)
        for each in (host, player):
            await each.connect(room["ws_url"])
        async with entered(room["ws_url"], watcher):
            await looking.until(game_id, spectators=1)
        await looking.until(game_id, spectators=0)
        await host.ask("change_settings", config={"max_players": 2})
        await looking.until(game_id, max_players=2)
        for each in (host, player):
            await each.ask("set_ready", ready=True)
        await host.ask("start_game")
        await looking.until(game_id, status="in_progress")
        assert (await over_http(people))[0] == looking.items[game_id]
        await play_out([host, player])
        await looking.until_gone(game_id)
        await other.until_gone(game_id)
        assert game_id not in [item["game_id"] for item in await over_http(people)]
        assert [f["type"] for f in looking.history].count("lobby") == 1


async def test_private_rooms_never_show(people: Guests) -> None:
    host = await people.new()
    async with lobby(people) as looking:
        private = await host.http.post("/api/rooms", {"game": "relay", "is_public": False})
        turned = await host.http.post("/api/rooms", {"game": "relay"})
        await looking.until(turned["game_id"])
        await host.connect(turned["ws_url"])
        await host.ask("change_settings", is_public=False)
        await looking.until_gone(turned["game_id"])
        await host.ask("change_settings", is_public=True)
        await looking.until(turned["game_id"])
        assert private["game_id"] not in json.dumps(looking.line.frames)


async def test_the_end_of_a_game_with_a_delay_is_not_told_early(people: Guests) -> None:
    host, player = await people.several(2)
    config = {"rounds": 1, "round_pause_ms": 0, "max_players": 2, "spectator_delay_s": DELAY_S}
    room = await host.http.post("/api/rooms", {"config": config})
    await player.http.post("/api/join", {"join_code": room["join_code"]})
    for each in (host, player):
        await each.connect(room["ws_url"])
        await each.ask("set_ready", ready=True)
    async with lobby(people) as looking:
        await host.ask("start_game")
        await looking.until(room["game_id"], status="in_progress")
        await play_out([host, player])
        end = await host.event("game_completed")
        await looking.until_gone(room["game_id"])
        await looking.line.send({"type": "ping"})
        assert (await looking.line.next("pong"))["server_time"] >= end["at"] + DELAY_S * 1000
        assert "completed" not in json.dumps(looking.line.frames)


async def test_a_room_appears_once_in_a_batch_of_changes(people: Guests) -> None:
    """However much happens: a round of changes has one index, and a room stands in it once."""
    players, room = await people.relay(6)
    async with lobby(people) as looking:
        for _ in range(3):
            for player in players[1:]:
                await player.ask("leave")
            for player in players[1:]:
                await player.ask("request_seat")
        await looking.until(room["game_id"], players=6)
        told = [(f["index"], f["item"]["game_id"]) for f in looking.history if f["type"] == "room"]
        assert len(set(told)) == len(told)


async def test_a_listener_to_one_game_hears_of_no_other_game(people: Guests) -> None:
    host = await people.new()
    async with lobby(people, "?game=relay") as relay, lobby(people, "?game=eldorado") as eldorado:
        first = await host.http.post("/api/rooms", {"game": "eldorado"})
        second = await host.http.post("/api/rooms", {"game": "relay"})
        await relay.until(second["game_id"])
        await eldorado.until(first["game_id"])
        assert first["game_id"] not in json.dumps(relay.line.frames)
        assert second["game_id"] not in json.dumps(await eldorado.line.settle())


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_the_lobby_answers_ping_and_sync_and_rejects_commands(people: Guests, protocol: str) -> None:
    guest = await people.new()
    async with lobby(people, protocol=protocol) as looking:
        line = looking.line
        await line.send({"type": "hello", "token": guest.token})
        await line.send({"type": "hello", "token": "nonsense"})
        await line.send({"type": "ping", "nonce": 7})
        assert (await line.next("pong"))["nonce"] == 7
        await line.send({"type": "sync"})
        assert (await line.next("lobby"))["items"] == list(looking.items.values())
        answer = await line.ask("c", "request_seat")
        assert (answer["type"], answer["code"]) == ("reject", "invalid_command")
        await line.command(7, "request_seat")
        assert (await line.next("reject"))["code"] == "invalid_command"
        await line.send({"type": "fly"})
        assert (await line.next("reject"))["code"] == "invalid_command"
        await line.socket.send("not json")
        assert (await line.end())[0] == 4400


async def test_the_lobby_checks_origin_path_and_frame_size(people: Guests) -> None:
    url = f"{people.server.ws_url}/ws/lobby"
    assert await status_of(url, origin="https://evil.example") == 403
    assert await status_of(url, origin=people.server.url) == 101
    assert await status_of(f"{url}/x") == 404
    assert await status_of(f"{url}?game=%00&game=relay&x=1") == 101
    async with dial(f"{url}?game={'x' * 2000}") as line:
        assert (await line.frame())["items"] == []
    async with lobby(people) as looking:
        await looking.line.send({"type": "ping", "nonce": "x" * limits.FRAME_BYTES_MAX})
        assert (await looking.line.end())[0] == 1009


async def test_too_many_frames_close(postgres: Server) -> None:
    with serving(postgres) as server:
        guests = Guests(server)
        async with lobby(guests) as looking:
            for _ in range(300):
                await looking.line.send({"type": "sync"})
            assert (await looking.line.end())[0] == 4429


async def test_a_slow_listener_gets_a_fresh_list_and_a_stopped_one_is_cut(people: Guests) -> None:
    host = await people.new()
    rooms = {(await host.http.post("/api/rooms", {"game": "relay"}))["game_id"] for _ in range(30)}
    url = f"{people.server.ws_url}/ws/lobby"
    ask = frame(TEXT, b'{"type": "sync"}') * 300  # much more than may wait for somebody who doesn't read
    slow, stopped = [await Raw.upgraded(url, receive_buffer=16_384) for _ in range(2)]
    with slow, stopped:
        for raw in (slow, stopped):
            first = b""
            while not lists(first):
                first += await raw.receive()
            await raw.send(ask)
        newest = (await host.http.post("/api/rooms", {"game": "relay"}))["game_id"]
        read = b""
        while newest.encode() not in read:  # in the list that makes up for what was left out, or in a change after it
            read += await slow.receive()
        assert len(lists(read)) < 300
        assert rooms <= set(lists(read)[-1])
        await until(people.server.url, "parlor_connections_cut_total", "stalled", 1)
        await slow.send(frame(TEXT, b'{"type": "ping"}'))
        assert b"pong" in await slow.receive()


def lists(data: bytes) -> list[list[str]]:
    """The rooms of every list that was read."""
    told = [json.loads(payload) for opcode, payload in frames(data) if opcode == TEXT]
    return [[item["game_id"] for item in each["items"]] for each in told if each["type"] == "lobby"]


async def test_the_list_is_complete_after_a_restart(postgres: Server) -> None:
    with serving(postgres) as server:
        guests = Guests(server)
        host = await guests.new()
        room = await host.http.post("/api/rooms", {"game": "relay"})
        async with lobby(guests) as looking:
            assert room["game_id"] in looking.items
            await asyncio.to_thread(server.stop)
            assert (await looking.line.end())[0] in (1001, 1012)
        server.start()
        async with lobby(guests) as looking:  # the room is not in memory
            assert list(looking.items.values()) == await over_http(guests)
            assert room["game_id"] in looking.items
        await guests.close()


async def test_without_the_database_newcomers_are_refused_until_it_is_back(postgres: Server) -> None:
    async with behind_a_proxy(postgres) as (server, proxy):
        guests = Guests(server)
        host = await guests.new()
        first = await host.http.post("/api/rooms", {"game": "relay"})
        proxy.refusing = True
        proxy.cut_all()
        async with dial(f"{server.ws_url}/ws/lobby") as line:
            code, reason, told = await line.end()
            assert (code, told[-1]["code"]) == (1012, "unavailable")
            assert int(reason) > 0
        proxy.refusing = False
        async with lobby_of(guests) as looking:
            assert first["game_id"] in looking.items
            proxy.refusing = True
            proxy.cut_all()
            await host.http.client.get("/api/rooms")
            proxy.refusing = False
            async with asyncio.timeout(PATIENCE_S):
                answer = await host.http.client.post("/api/rooms", json={"game": "relay"})
                while answer.status_code != 201:
                    answer = await host.http.client.post("/api/rooms", json={"game": "relay"})
            await looking.until(answer.json()["game_id"])
        await guests.close()


@asynccontextmanager
async def lobby_of(people: Guests) -> AsyncIterator[Lobby]:
    """As soon as there is one."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                async with lobby(people) as looking:
                    yield looking
                    return
            except ConnectionClosed:
                continue
