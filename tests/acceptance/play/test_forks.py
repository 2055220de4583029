"""Forks over real sockets: taken up in the middle, played to the end, verified, and counted nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.play.test_whole_game import over, parlor
from tests.support.client import Player, play_by_turns
from tests.support.guests import NOBODY, Guests
from tests.support.replays import finished, watching


async def middle(player: Player, game_id: str) -> int:
    """An event in the middle of the second round."""
    items = (await player.http.get(f"/api/games/{game_id}/events", limit=5000))["items"]
    dealt = [item["index"] for item in items if item["name"] == "cards_dealt"]
    return int(dealt[1]) + 6


async def refused(player: Player, game_id: str, **body: Any) -> tuple[int, str, str | None]:
    """Status, code, and the field that is named."""
    answer = await player.http.client.post(f"/api/games/{game_id}/fork", json=body)
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("details", {}).get("field")


async def test_a_player_forks_a_game_and_plays_it_to_the_end(guests: Guests) -> None:
    watcher, game_id = await finished(guests, rounds=3)
    at = await middle(watcher, game_id)
    player = await guests.new("Late")
    room = await player.http.post(f"/api/games/{game_id}/fork", {"at": at, "seat": 1})
    assert room["seat"] == 1
    assert room["at"] >= at
    welcome = await player.connect(room["ws_url"])
    assert welcome["seat"] == 1
    await play_by_turns(player, until=over)

    fork = await player.http.get(f"/api/games/{room['game_id']}")
    assert (fork["status"], fork["forked_from"]["game_id"]) == ("completed", game_id)
    assert fork["forked_from"]["index"] == room["at"]
    assert [p["is_bot"] for p in fork["players"]] == [True, False, True]
    # The same cards, in the rounds to come as well.
    logs = [
        (await player.http.get(f"/api/games/{name}/events", limit=5000))["items"] for name in (game_id, room["game_id"])
    ]
    trumps = [[item["data"]["card"] for item in log if item["name"] == "trump_revealed"] for log in logs]
    assert trumps[0] == trumps[1]
    fairness = await player.http.get(f"/api/games/{room['game_id']}/fairness")
    assert fairness["verified"]["ok"], fairness["verified"]
    assert fairness["shuffle_game_id"] == game_id
    assert parlor(guests.server.dsn, "verify", room["game_id"]).returncode == 0
    # It was practice.
    assert (await player.http.get(f"/api/players/{player.id}/stats"))["games_played"] == 0
    assert (await player.http.get(f"/api/players/{player.id}/games"))["items"] == []
    async with watching(guests, room["game_id"]) as line:
        assert line.frames[0]["head"] == fork["head"]


async def test_a_fork_of_bots_finishes_and_can_be_exported(guests: Guests, dsn: str, tmp_path: Path) -> None:
    watcher, game_id = await finished(guests)
    room = await watcher.http.post(f"/api/games/{game_id}/fork", {"at": await middle(watcher, game_id)})
    assert room["seat"] is None, "the watcher had no seat in the game"
    await watcher.connect(room["ws_url"], role="spectator")
    await watcher.wait_for(lambda f: (f["type"] == "event" and f["name"] == "game_completed") or over_state(f))
    file = tmp_path / "fork.json"
    told = parlor(guests.server.dsn, "export", room["game_id"], str(file))
    assert told.returncode == 0, told.stderr
    assert parlor(dsn, "import", str(file)).returncode == 0
    created = json.loads(file.read_text("utf-8"))["events"][0]["payload"]
    assert created["forked_from"]["game_id"] == game_id


def over_state(frame: dict[str, Any]) -> bool:
    return frame["type"] == "state" and frame["view"]["phase"] == "completed"


async def test_a_fork_is_private(guests: Guests) -> None:
    watcher, game_id = await finished(guests)
    seat = {"at": await middle(watcher, game_id), "seat": 0}
    room = await watcher.http.post(f"/api/games/{game_id}/fork", seat)
    stranger = await guests.new()
    answer = await stranger.http.client.get(f"/api/games/{room['game_id']}/state")
    assert answer.status_code == 404
    listed = await stranger.http.get("/api/rooms", limit=100)
    assert room["game_id"] not in [item["game_id"] for item in listed["items"]]


async def test_invalid_forks_are_refused(guests: Guests) -> None:
    watcher, game_id = await finished(guests, rounds=1)
    head = (await watcher.http.get(f"/api/games/{game_id}"))["head"]
    invalid = (422, "invalid_request")
    assert await refused(watcher, game_id) == (*invalid, "at")
    for at in (-1, 0, head, head + 1, 2**31, 1.5, "30", None, True):
        assert await refused(watcher, game_id, at=at) == (*invalid, "at"), at
    for seat in (-1, 3, "1", True):
        assert await refused(watcher, game_id, at=30, seat=seat) == (*invalid, "seat"), seat
    assert (await refused(watcher, NOBODY, at=30))[0] == 404
    assert (await refused(watcher, "x", at=30))[0] == 404
    players, room = await guests.playing(2)
    assert await refused(players[0], room["game_id"], at=12) == (409, "invalid_phase", None)


async def test_fork_in_the_terminal(guests: Guests) -> None:
    watcher, game_id = await finished(guests)
    at = str(await middle(watcher, game_id))
    player = await guests.new()
    dsn = guests.server.dsn
    told = parlor(dsn, "fork", game_id, "--at", at, "--player", player.id, "--seat", "2")
    assert told.returncode == 0, told.stderr
    assert f"{player.id} has seat 2" in told.stdout
    (name,) = [word for word in told.stdout.split() if len(word) == 36 and word not in (player.id, game_id)]
    await player.connect(f"{guests.server.ws_url}/ws/rooms/{name}")
    await play_by_turns(player, until=over)
    alone = parlor(dsn, "fork", game_id, "--at", at)
    assert "bots alone" in alone.stdout, alone.stderr


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--at", "0"], "at:"),
        (["--at", "-5"], "at:"),
        (["--at", "x"], "--at"),
        ([], "--at"),
        (["--at", "30", "--seat", "1"], "--seat"),
        (["--at", "30", "--player", NOBODY], "--player"),
        (["--at", "30", "--player", "x"], "is not the id of a player"),
    ],
)
async def test_wrong_options_are_named(guests: Guests, options: list[str], named: str) -> None:
    _, game_id = await finished(guests, rounds=1)
    told = parlor(guests.server.dsn, "fork", game_id, *options)
    assert (told.returncode, told.stdout) == (2, "")
    assert named in told.stderr and "Traceback" not in told.stderr
