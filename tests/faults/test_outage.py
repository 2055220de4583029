"""The database is out of reach for longer than anybody wants to wait: what clients are told, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.support.client import MSGPACK, Frame, Player
from tests.support.cutting_proxy import CuttingProxy
from tests.support.guests import Guests, mover
from tests.support.postgres import Server
from tests.support.proxied_server import behind_a_proxy

TURN_S = 10
HTTP_S = 9.0  # one deadline of 5 seconds, and never two of them one after the other

Switch = Callable[[], None]


def cut(proxy: CuttingProxy) -> tuple[Switch, Switch]:
    """Every line breaks, and no new one can be made."""

    def begin() -> None:
        proxy.refusing = True
        proxy.cut_all()

    def end() -> None:
        proxy.refusing = False

    return begin, end


def frozen(proxy: CuttingProxy) -> tuple[Switch, Switch]:
    """Lines stay up and nothing comes through: a stopped process, a full disk, a switch that drops packets."""
    return proxy.flowing.clear, proxy.flowing.set


async def paused(player: Player, since: int) -> Frame:
    return await player.wait_for(lambda frame: frame["type"] == "status", since)


async def answer(player: Player, command_id: str, since: int = 0) -> Frame:
    return await player.wait_for(lambda f: f["type"] in ("ack", "reject") and f["id"] == command_id, since)


async def assert_memory_answers(player: Player, head: int) -> None:
    """What needs no database is as it always is."""
    mark = len(player.frames)
    await player.send({"type": "ping", "nonce": mark})
    await player.wait_for(lambda frame: frame["type"] == "pong" and frame["nonce"] == mark, mark)
    await player.send({"type": "sync"})
    assert (await player.wait_for(lambda frame: frame["type"] == "state", mark))["index"] == head


async def assert_http_says_so(player: Player, stranger: Player, room: Frame) -> None:
    """Alive, ready but degraded; whatever must be written or read is refused for now, and not only after minutes."""
    http, game = player.http.client, f"/api/games/{room['game_id']}"
    health = [await http.get(path) for path in ("/livez", "/readyz", "/statusz")]
    assert [answer.status_code for answer in health] == [200, 200, 200]
    assert [answer.json()["status"] for answer in health] == ["ok", "degraded", "serving"]
    assert health[2].json()["database"] == "paused"
    requests = (
        http.post("/api/players", json={}),
        http.post("/api/rooms", json={"game": "relay"}),
        http.post("/api/matchmake", json={}),
        stranger.http.client.post(f"/api/rooms/{room['game_id']}/join", json={}),
        stranger.http.client.post("/api/join", json={"join_code": room["join_code"]}),
        http.patch("/api/players/me", json={"color": "#000000"}),
        http.get("/api/rooms"),
        http.get(game),
        http.get(f"{game}/events"),
    )
    async with asyncio.timeout(HTTP_S):
        refused = await asyncio.gather(*requests)
    assert [answer.status_code for answer in refused] == [503] * len(refused), [a.text for a in refused]
    for answer in refused:
        assert answer.json()["error"]["code"] == "unavailable"
        assert int(answer.headers["Retry-After"]) >= 1


async def test_a_long_outage_is_announced_and_loses_nothing(postgres: Server) -> None:
    """Both kinds side by side, for most of it is waiting."""
    async with asyncio.TaskGroup() as both:
        for kind in (cut, frozen):
            both.create_task(an_outage(postgres, kind), name=kind.__name__)


async def an_outage(postgres: Server, kind: Callable[[CuttingProxy], tuple[Switch, Switch]]) -> None:
    async with behind_a_proxy(postgres) as (server, proxy):
        begin, end = kind(proxy)
        guests = Guests(server)
        (anna, ben), room = await guests.relay(2)
        card_players, _ = await guests.playing(2, turn_seconds=TURN_S)
        stranger = await guests.new()
        first, turn = await mover(card_players)
        everybody = [anna, ben, *card_players]
        marks = [len(player.frames) for player in everybody]
        known = await anna.ask("say", "known", data="known")
        marks[0] = len(anna.frames)
        await ben.event("said")

        begin()
        await anna.command("say", "under way", data="under way")  # somebody has to notice
        told = [await paused(player, mark) for player, mark in zip(everybody, marks, strict=True)]
        assert {(frame["paused"], frame["reason"]) for frame in told} == {(True, "database")}
        await anna.command("say", "too long", data="too long")
        assert await anna.ask("say", "known", data="known") == known
        await assert_memory_answers(ben, known["last"])
        await ben.disconnect()
        welcome = await ben.connect(room["ws_url"], MSGPACK)
        assert (welcome["head"], (await paused(ben, marks[1] + 1))["paused"]) == (known["last"], True)
        marks[1] = len(ben.frames)
        await assert_http_says_so(anna, stranger, room)
        refused = await answer(anna, "too long")
        assert (refused["type"], refused["code"], refused["retryable"]) == ("reject", "unavailable", True)
        # Once more as long: longer than the turn at the other table would have lasted.
        await ben.command("say", "too long", data="too long as well")
        assert (await answer(ben, "too long"))["code"] == "unavailable"
        await ben.command("say", "in time", data="in time")
        assert [frame for frame in anna.frames if frame.get("id") in ("under way", "in time")] == []

        end()
        for command_id, player in (("under way", anna), ("in time", ben)):
            assert (await answer(player, command_id))["type"] == "ack"
        assert (await anna.ask("say", "too long", data="too long"))["type"] == "ack"
        for player, mark in zip(everybody, marks, strict=True):
            await player.wait_for(lambda frame: frame["type"] == "status" and not frame["paused"], mark)
        await assert_the_turn_was_frozen(first, card_players, turn)
        await assert_the_log_is_whole(anna, room, ["known", "under way", "in time", "too long"])
        assert "Traceback" not in server.log
        await guests.close()


async def assert_the_turn_was_frozen(first: Player, players: list[Player], turn: Frame) -> None:
    """No move was forced, and the player has the whole time again."""
    resumed = await first.event("game_resumed")
    assert resumed["data"]["reason"] == "database"
    assert resumed["data"]["downtime_ms"] > TURN_S * 1000
    again = await first.wait_for(lambda f: f["type"] == "turn" and f["index"] >= resumed["index"])
    assert again["actions"] == turn["actions"]
    assert again["deadline_at"] == resumed["at"] + TURN_S * 1000
    assert not [event for event in first.events if event["name"] == "player_bid"]
    assert (await first.ask("bid", "my bid", value=1))["type"] == "ack"
    for player in players:
        bid = await player.event("player_bid")
        assert (bid["data"]["player_id"], bid["data"]["forced"]) == (first.id, False)


async def assert_the_log_is_whole(player: Player, room: Frame, words: list[str]) -> None:
    """Every word that was acknowledged is there once, and no other."""
    items = (await player.http.get(f"/api/games/{room['game_id']}/events"))["items"]
    assert [item["index"] for item in items] == list(range(len(items)))
    assert [item["data"]["data"] for item in items if item["name"] == "said"] == words
    await player.wait_for(lambda frame: frame.get("index") == len(items) - 1)
    assert [event["index"] for event in player.events] == list(range(len(items)))
