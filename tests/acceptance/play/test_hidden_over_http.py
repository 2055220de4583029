"""The same over a real server: what sockets and HTTP say of a running game, to everybody who might ask."""

from __future__ import annotations

import json
from typing import Any

import httpx
import msgpack

from persistence.event_log.log import StoredEvent
from tests.support.client import MSGPACK, Frame, Player
from tests.support.guests import GameOver, Guests, mover
from tests.support.hidden_information import Shown, Truth

FORMATS = ("application/json", "application/x-ndjson", "application/vnd.msgpack")


class Asker:
    """A client that asks HTTP for everything and keeps the answers. `viewer`: the player whose view it may see."""

    def __init__(self, http: httpx.AsyncClient, game_id: str, player_id: str, viewer: str | None) -> None:
        self.player_id = player_id
        self.viewer = viewer
        self.shown: list[Shown] = []
        self.whole: list[Shown] = []  # answers that may name client seeds
        self._http = http
        self._game = f"/api/games/{game_id}"

    async def ask(self, head: int) -> None:
        for kind in FORMATS:
            answer = await self._get("/events", headers={"Accept": kind})
            for item in items_of(kind, answer.content):
                self._keep(json.dumps(item).encode(), {"type": "event", **item})
        for at in (None, head // 2, head):
            answer = await self._get("/state", params={} if at is None else {"at": at})
            self._keep(answer.content, {"type": "state", "index": answer.json()["index"]})
        for path in ("", "/fairness"):
            self.whole.append(((await self._get(path)).content, {"type": "answer"}, None))

    async def _get(self, path: str, **options: Any) -> httpx.Response:
        answer = await self._http.get(self._game + path, **options)
        assert answer.status_code == 200, answer.text
        return answer

    def _keep(self, payload: bytes, frame: Frame) -> None:
        self.shown.append((payload, frame, self.viewer))


def items_of(kind: str, content: bytes) -> list[Any]:
    if kind == "application/x-ndjson":
        return [json.loads(line) for line in content.splitlines()]
    page = msgpack.unpackb(content) if kind.endswith("msgpack") else json.loads(content)
    return list(page["items"])


def frames_of(player: Player, viewer: str | None) -> list[Shown]:
    return [(json.dumps(frame).encode(), frame, viewer) for frame in player.frames]


async def test_nothing_hidden_is_told_over_sockets_or_http(guests: Guests) -> None:
    players, room = await guests.table(4, config={"round_pause_ms": 0, "max_players": 4, "rounds": 2})
    watcher, stranger = await guests.several(2)
    game_id = room["game_id"]
    await watcher.connect(room["ws_url"], MSGPACK)
    for number, player in enumerate(players):
        await player.connect(room["ws_url"], MSGPACK if number % 2 else "parlor.v1.json")
        assert (await player.ask("set_client_seed", client_seed=f"a secret of seat {number}"))["type"] == "ack"
        assert (await player.ask("set_ready", ready=True))["type"] == "ack"
    askers = [Asker(player.http.client, game_id, player.id, player.id) for player in players]
    askers += [Asker(person.http.client, game_id, person.id, None) for person in (watcher, stranger)]
    nobody = guests.http()
    askers.append(Asker(nobody, game_id, "nobody", None))

    for asker in askers:
        await asker.ask(players[0].applied)
    seeds = [content for asker in askers for content, _, _ in asker.whole if b"a secret of seat" in content]
    assert seeds == []  # the game has not begun
    assert (await players[0].ask("start_game"))["type"] == "ack"
    moves = 0
    try:
        while True:
            player, turn = await mover(players)
            if moves % 9 == 0:
                for asker in askers:
                    await asker.ask(player.applied)
            action = turn["actions"][moves % len(turn["actions"])]
            assert (await player.ask(action["name"], **action["args"]))["type"] == "ack"
            moves += 1
    except GameOver:
        pass
    await nobody.aclose()

    log = guests.server.rows(
        "select event_index, type, payload, 0, null, null from play.game_events where game_id = %s order by 1", game_id
    )
    ((seed,),) = guests.server.rows("select session_seed from play.games where id = %s", game_id)
    truth = Truth([StoredEvent(*row) for row in log], seed)
    shown = [(asker.player_id, asker.shown, True) for asker in askers]
    shown += [(asker.player_id, asker.whole, False) for asker in askers]
    shown += [(player.id, frames_of(player, player.id), True) for player in players]
    shown.append((watcher.id, frames_of(watcher, None), True))
    for player_id, what, seeds_too in shown:
        assert truth.problems(player_id, what, seeds=seeds_too) == []
    print(f"{sum(len(what) for _, what, _ in shown)} frames and answers after {moves} moves")
