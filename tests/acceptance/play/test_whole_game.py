"""Four independent clients play a whole game with nothing but what the server offers them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from typing import Any

import psycopg

from tests.support.client import JSON, MSGPACK, Player, play_by_turns
from tests.support.server import ServerProcess

PROTOCOLS = (JSON, MSGPACK, JSON, MSGPACK)


async def seat_four(server: ServerProcess, **config: Any) -> tuple[list[Player], str]:
    """Four players at one table, all connected and ready."""
    players = [await Player.create(server.url, f"Player {n}") for n in range(4)]
    room = await players[0].http.post("/api/rooms", {"config": {"round_pause_ms": 0, **config}})
    for player in players[1:]:
        joined = await player.http.post("/api/join", {"join_code": room["join_code"]})
        assert joined["game_id"] == room["game_id"]
    for player, protocol in zip(players, PROTOCOLS, strict=True):
        await player.connect(room["ws_url"], protocol)
    for player in players:
        await player.ask("set_ready", ready=True)
    return players, room["game_id"]


def over(frame: dict[str, Any]) -> bool:
    return frame["type"] == "event" and frame["name"] == "game_completed"


def parlor(dsn: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server", *arguments]
    return subprocess.run(
        command, env={**os.environ, "DATABASE_URL": dsn}, capture_output=True, text=True, timeout=60, check=False
    )


async def test_four_clients_play_a_whole_game(server_process: ServerProcess, dsn: str) -> None:
    players, game_id = await seat_four(server_process)
    assert (await players[0].ask("start_game"))["type"] == "ack"
    await asyncio.gather(*(play_by_turns(player, until=over) for player in players))

    last = players[0].events[-1]["index"]
    for player in players:
        assert [event["index"] for event in player.events] == list(range(last + 1))
        assert not player.of_type("reject")
        assert_nothing_leaked(player)

    http = players[0].http
    page = await http.get(f"/api/games/{game_id}/events", limit=5000)
    assert page["next"] is None
    items = page["items"]
    assert [item["index"] for item in items] == list(range(last + 1))

    # The live stream, HTTP and the table say the same, but for what was hidden from a player.
    by_index = {item["index"]: item for item in items}
    for player in players:
        for event in player.events:
            if event["name"] not in ("hidden", "cards_dealt"):
                same = by_index[event["index"]]
                assert (event["name"], event["data"], event["at"]) == (same["name"], same["data"], same["at"])
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "select event_index, type, payload, (extract(epoch from created_at) * 1000)::bigint"
            " from play.game_events where game_id = %s order by 1",
            (game_id,),
        ).fetchall()
    assert [row[0] for row in rows] == list(range(last + 1))
    for index, name, payload, at_ms in rows:
        data = {key: value for key, value in payload.items() if not key.startswith("_")}
        assert payload["_v"] == 1
        item = by_index[index]
        assert (name, data, at_ms) == (item["name"], item["data"], item["at"])

    replayed = parlor(dsn, "replay", game_id, "--json")
    assert replayed.returncode == 0, replayed.stderr
    shown = [json.loads(line) for line in replayed.stdout.splitlines()]
    assert [{k: v for k, v in item.items() if k != "state_hash"} for item in shown] == items

    verified = parlor(dsn, "verify", game_id)
    assert verified.returncode == 0, verified.stdout + verified.stderr

    await assert_statistics(players, game_id, items)
    for player in players:
        await player.close()


CARD = re.compile(r"d\d:[a-z]+:\w+")


def assert_nothing_leaked(player: Player) -> None:
    """No frame names a card that this player did not hold and that had not been turned up or played before."""
    known: set[str] = set()
    for frame in player.frames:
        named = set(CARD.findall(json.dumps(frame)))
        name = frame.get("name") if frame["type"] == "event" else None
        if name == "cards_dealt":
            assert set(frame["data"]["hands"]) == {player.id}
            known = set(frame["data"]["hands"][player.id])
        elif name in ("trump_revealed", "card_played"):
            known |= named
        assert named <= known, frame
        if name != "game_completed":
            assert "session_seed" not in json.dumps(frame)


async def assert_statistics(players: list[Player], game_id: str, items: list[dict[str, Any]]) -> None:
    """Summary and lifetime statistics, recomputed here from the events."""
    http = players[0].http
    game = await http.get(f"/api/games/{game_id}")
    assert game["status"] == "completed"
    completed = items[-1]["data"]
    summary = game["summary"]
    assert summary["final_scores"] == completed["final_scores"]
    assert summary["highest_score"] == max(completed["final_scores"].values())
    assert summary["lowest_score"] == min(completed["final_scores"].values())
    assert len(summary["rounds"]) == 10
    bids = [item["data"] for item in items if item["name"] == "player_bid"]
    assert summary["highest_bid"] == max(bid["bid"] for bid in bids)
    best = max(completed["final_scores"].values())
    for player in players:
        stats = await http.get(f"/api/players/{player.id}/stats")
        score = completed["final_scores"][player.id]
        tricks = sum(
            item["data"]["winning_player_id"] == player.id for item in items if item["name"] == "trick_completed"
        )
        assert stats["games_played"] == 1
        assert stats["games_won"] == int(score == best)
        assert stats["total_points"] == stats["highest_score"] == stats["lowest_score"] == score
        assert stats["total_tricks_won"] == tricks
        history = await http.get(f"/api/players/{player.id}/games")
        assert [played["game_id"] for played in history["items"]] == [game_id]


async def test_clients_resume_after_a_restart(server_process: ServerProcess) -> None:
    players, game_id = await seat_four(server_process, rounds=4)
    await players[0].ask("start_game")

    def second_trick(frame: dict[str, Any]) -> bool:
        return frame["type"] == "event" and frame["name"] == "trick_completed" and frame["data"]["trick_index"] == 1

    await asyncio.gather(*(play_by_turns(player, until=second_trick) for player in players))
    server_process.kill()
    for player in players:
        await player.closed()
    server_process.start()
    ws_url = f"{server_process.ws_url}/ws/rooms/{game_id}"
    for player, protocol in zip(players, PROTOCOLS, strict=True):
        welcome = await player.connect(ws_url, protocol)
        assert welcome["mode"] == "replay"
        assert welcome["epoch"] > 1
    await asyncio.gather(*(play_by_turns(player, until=over) for player in players))
    last = players[0].events[-1]["index"]
    for player in players:
        assert [event["index"] for event in player.events] == list(range(last + 1))
    assert any(event["name"] == "game_resumed" for event in players[0].events)
    for player in players:
        await player.close()
