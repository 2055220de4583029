"""`parlor verify` on a game as it was played, and on the same game after somebody has changed its log."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.acceptance.play.test_whole_game import parlor
from tests.support.client import Player
from tests.support.server import HostedProcess


async def finished_game(server: HostedProcess) -> str:
    """A game of four bots, over."""
    watcher = await Player.create(server.url)
    wish = {"as": "spectator", "bots": 4, "config": {"rounds": 3}}
    room = await watcher.http.post("/api/rooms", wish)
    await watcher.connect(room["ws_url"])
    await watcher.event("game_completed")
    await watcher.close()
    game_id: str = room["game_id"]
    return game_id


def tamper(dsn: str, game_id: str, name: str, change: Any) -> int:
    """Change the payload of the first event of this name, as only the owner of the database can; gives its index."""
    with psycopg.connect(dsn) as connection:
        connection.execute("set session_replication_role = replica")  # past the trigger that refuses changes
        row = connection.execute(
            "select event_index, payload from play.game_events where game_id = %s and type = %s order by 1 limit 1",
            (game_id, name),
        ).fetchone()
        assert row is not None
        change(row[1])
        connection.execute(
            "update play.game_events set payload = %s where game_id = %s and event_index = %s",
            (json.dumps(row[1]), game_id, row[0]),
        )
        return int(row[0])


def swap_two_hands(payload: dict[str, Any]) -> None:
    one, two = sorted(payload["hands"])[:2]
    hands = payload["hands"]
    hands[one][0], hands[two][0] = hands[two][0], hands[one][0]


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("cards_dealt", swap_two_hands, "by the seeds and the rules it is"),
        ("card_played", lambda payload: payload.update(card="d0:hearts:K0"), "d0:hearts:K0"),
        ("game_completed", lambda payload: payload.update(session_seed="00" * 32), "seed"),
    ],
)
async def test_an_altered_log_is_found(shared_server: HostedProcess, name: str, change: Any, told: str) -> None:
    dsn = shared_server.dsn
    game_id = await finished_game(shared_server)
    good = parlor(dsn, "verify", game_id)
    assert (good.returncode, good.stdout[:2]) == (0, "ok"), good.stdout + good.stderr

    index = tamper(dsn, game_id, name, change)
    bad = parlor(dsn, "verify", game_id)
    assert bad.returncode == 1
    assert bad.stdout.startswith("NOT ok")
    assert told in bad.stdout
    if name != "game_completed":
        assert f"event {index}" in bad.stdout
