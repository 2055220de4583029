"""A room with a delay: spectators learn nothing early, whichever way they ask."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.support.client import Player, play_by_turns
from tests.support.guests import Guests
from tests.support.socket_client import entered

DELAY_S = 3


def over(frame: dict[str, Any]) -> bool:
    return frame["type"] == "event" and frame["name"] == "game_completed"


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask again until it holds."""
    async with asyncio.timeout(DELAY_S + 10):
        while not await condition():  # noqa: ASYNC110  # the condition is beyond HTTP
            await asyncio.sleep(0.05)


async def finished(guests: Guests) -> tuple[Player, dict[str, Any], int]:
    """A game against a bot that was just played out, its room, and the index of its last event."""
    player = await guests.new()
    config = {"min_players": 2, "max_players": 2, "rounds": 1, "round_pause_ms": 0, "spectator_delay_s": DELAY_S}
    room = await player.http.post("/api/rooms", {"config": config, "bots": 1})
    await player.connect(room["ws_url"])
    await player.ask("set_ready", ready=True)
    await player.ask("start_game")
    await play_by_turns(player, until=over)
    return player, room, player.events[-1]["index"]


async def test_delayed_spectators_learn_nothing_early_and_everything_in_time(guests: Guests) -> None:
    player, room, last = await finished(guests)
    stranger = await guests.new()
    game = f"/api/games/{room['game_id']}"

    for asker in (stranger.http,):
        told = await asker.get(game)
        assert told["status"] != "completed"
        assert (told["summary"], told["completed_at"]) == (None, None)
        assert told["head"] < last
        page = await asker.get(f"{game}/events")
        assert page["items"][-1]["index"] == told["head"] or page["items"][-1]["index"] < last
        assert "game_completed" not in [item["name"] for item in page["items"]]
        state = await asker.get(f"{game}/state")
        assert state["index"] < last
        assert state["view"]["session_seed"] is None
        early = await asker.client.get(f"{game}/state", params={"at": last})
        assert early.status_code == 422
        assert (await asker.get(f"{game}/fairness"))["session_seed"] is None
        assert (await asker.get(f"/api/rooms/{room['game_id']}"))["status"] == "in_progress"
        listed = {item["game_id"]: item["status"] for item in (await asker.get("/api/rooms", limit=100))["items"]}
        assert listed[room["game_id"]] == "in_progress"
        assert (await asker.get(f"/api/players/{player.id}/games"))["items"] == []
        assert (await asker.get(f"/api/players/{player.id}/scores", game="eldorado"))["games"] == 0
        assert (await asker.get(f"/api/players/{player.id}/ratings"))["items"] == []
    async with entered(room["ws_url"], stranger) as line:
        assert line.frames[0]["head"] < last
        await line.send({"type": "sync"})
        assert (await line.next("state"))["index"] < last
        assert not any(over(frame) for frame in line.frames)
        # And then the end, like any other event.
        while not over(line.frames[-1]):
            await line.frame()
        assert line.frames[-1]["index"] == last
        at_ms = line.frames[-1]["at"]
        await line.send({"type": "ping"})
        assert (await line.next("pong"))["server_time"] >= at_ms + DELAY_S * 1000

    async def completed() -> bool:
        return bool((await stranger.http.get(game))["status"] == "completed")

    await until(completed)
    assert (await stranger.http.get(f"{game}/events", limit=5000))["items"][-1]["index"] == last
    assert [g["game_id"] for g in (await stranger.http.get(f"/api/players/{player.id}/games"))["items"]] == [
        room["game_id"]
    ]
    assert (await stranger.http.get(f"/api/players/{player.id}/scores", game="eldorado"))["games"] == 1

    async def rated() -> bool:
        return bool((await stranger.http.get(f"/api/players/{player.id}/ratings"))["items"])

    await until(rated)


async def test_players_are_not_delayed(guests: Guests) -> None:
    player, room, last = await finished(guests)
    game = f"/api/games/{room['game_id']}"
    told = await player.http.get(game)
    assert (told["status"], told["head"]) == ("completed", last)
    assert told["summary"]["final_scores"] == player.events[-1]["data"]["final_scores"]
    assert (await player.http.get(f"{game}/state"))["index"] == last
    assert (await player.http.get(f"{game}/fairness"))["verified"]["ok"]
    (own,) = (await player.http.get(f"/api/players/{player.id}/games"))["items"]
    assert (own["game_id"], own["players"]) == (room["game_id"], 2)
    assert (await player.http.get(f"/api/players/{player.id}/scores", game="eldorado"))["games"] == 1
    # A player who connects as a spectator is delayed like one.
    async with entered(room["ws_url"], player, role="spectator") as line:
        assert line.frames[0]["head"] < last
        assert "game_completed" not in json.dumps(line.frames)
