"""The operator's door, and what somebody with the token can do in a room."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.support.client import Frame, Player
from tests.support.guests import Guests, mover, state_of
from tests.support.postgres import Server
from tests.support.server import HostedProcess, serving

TOKEN = "the operator's own token, 32 characters and more"
WHY = {"reason": "somebody has complained"}


@pytest.fixture(scope="module")
def operated(postgres: Server) -> Iterator[HostedProcess]:
    """A server that has an operator; no traceback and no operator token may appear in its log."""
    settings = {"PARLOR_ADMIN_TOKEN": TOKEN, "PARLOR_LOG_FORMAT": "json"}
    with serving(postgres, PARLOR_COMMANDS_PER_S="5000", PARLOR_BURST="10000", **settings) as server:
        yield server
        assert server.stop() == 0
        assert "Traceback" not in server.log, server.log[-4000:]
        assert TOKEN not in server.log


@pytest_asyncio.fixture
async def people(operated: HostedProcess) -> AsyncIterator[Guests]:
    made = Guests(operated)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def operator(people: Guests) -> AsyncIterator[httpx.AsyncClient]:
    async with people.http(TOKEN) as http:
        yield http


async def told(http: httpx.AsyncClient, path: str, **asked: Any) -> Any:
    answer = await http.get(f"/api/ops{path}", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def status(player: Player, since: int) -> Frame:
    return await player.wait_for(lambda frame: frame["type"] == "status", since)


async def test_without_a_token_in_the_settings_operator_routes_answer_404(guests: Guests) -> None:
    async with guests.http(TOKEN) as http:
        for path in ("/ops", "/ops/", "/ops/main.js", "/api/ops", "/api/ops/overview", "/api/ops/x"):
            assert (await http.get(path)).status_code == 404, path
        assert (await http.post("/api/ops/rooms/x/close", content=b"{")).status_code == 404


async def test_the_addresses_of_an_administrator_are_free(people: Guests, operator: httpx.AsyncClient) -> None:
    for path in ("/admin", "/admin/", "/api/admin", "/api/admin/overview"):
        assert (await operator.get(path)).status_code == 404, path


async def test_only_the_operator_token_is_accepted(people: Guests) -> None:
    player = await people.new()
    wrong = [
        "",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {player.token}",
        "Bearer é",
    ]
    async with people.http() as http:
        for given in wrong:
            answer = await http.get("/api/ops/overview", headers=[("Authorization", given.encode())])
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized"), given
        assert (await http.get("/api/ops/overview", params={"token": TOKEN})).status_code == 401
        assert (await http.get("/api/ops/nothing")).status_code == 401, "strangers don't learn what there is"
        assert (await http.get("/ops/")).status_code == 200, "the page itself asks for the token"


async def test_the_overview_describes_the_running_server(people: Guests, operator: httpx.AsyncClient) -> None:
    before = await told(operator, "/overview")
    players, _ = await people.relay(2)
    await players[0].ask("say", data=1)
    after = await told(operator, "/overview")
    assert after["rooms"] == before["rooms"] + 1
    assert after["connections"]["players"] >= 2
    assert after["connections"]["all"] >= 2
    assert after["events_total"] > before["events_total"]
    assert after["events_per_s"] > 0
    assert 0 < after["commit_s"]["p50"] <= after["commit_s"]["p99"]
    assert after["memory_bytes"] > 10 * 2**20
    assert (after["status"], after["database"]) == ("serving", "healthy")
    assert after["version"] and after["uptime_s"] > 0


async def test_the_room_list_has_private_rooms_and_pages(people: Guests, operator: httpx.AsyncClient) -> None:
    host = await people.new("Needle")
    rooms = [await host.http.post("/api/rooms", {"game": "relay", "is_public": n == 0}) for n in range(3)]
    ids = [room["game_id"] for room in rooms]
    first = await told(operator, "/rooms", search="needle", limit=2)
    rest = await told(operator, "/rooms", search="needle", limit=2, cursor=first["next_cursor"])
    assert [item["game_id"] for item in first["items"] + rest["items"]] == ids[::-1]
    assert (first["total"], rest["next_cursor"]) == (3, None)
    (item,) = (await told(operator, "/rooms", search=rooms[1]["join_code"]))["items"]
    assert (item["stage"], item["is_public"], item["paused"]) == ("lobby", False, None)
    assert [(player["display_name"], player["connected"]) for player in item["players"]] == [("Needle", False)]
    assert (await told(operator, "/rooms", search="needle", stage="playing"))["items"] == []
    assert (await operator.get("/api/ops/rooms", params={"stage": "burning"})).status_code == 422


async def test_showing_hands_is_recorded(people: Guests, operator: httpx.AsyncClient) -> None:
    players, room = await people.playing(2, turn_seconds=0)
    hands = {player.id: (await state_of(player))["view"]["hand"] for player in players}
    seen = await operator.get(f"/api/ops/rooms/{room['game_id']}")
    assert not any(card in seen.text for hand in hands.values() for card in hand)
    assert seen.json()["view"]["hand"] is None and seen.json()["revealed"] is None
    assert (await told(operator, "/actions", game_id=room["game_id"]))["items"] == []
    shown = await told(operator, f"/rooms/{room['game_id']}", reveal=True)
    assert {player: view["hand"] for player, view in shown["revealed"].items()} == hands
    assert all(view["session_seed"] is None for view in shown["revealed"].values())
    (action,) = (await told(operator, "/actions", game_id=room["game_id"]))["items"]
    assert action["action"] == "reveal"


async def test_a_pause_freezes_the_room_and_its_clock(people: Guests, operator: httpx.AsyncClient) -> None:
    players, room = await people.playing(2)
    path = f"/api/ops/rooms/{room['game_id']}"
    bidder, _ = await mover(players)
    marks = [len(player.frames) for player in players]
    assert (await operator.post(f"{path}/pause", json=WHY)).json()["paused"] == "operator"
    for player, mark in zip(players, marks, strict=True):
        frame = await status(player, mark)
        assert (frame["paused"], frame["reason"]) == (True, "operator")
    assert (await operator.post(f"{path}/pause", json=WHY)).status_code == 409
    late = await people.new()  # a player who connects meanwhile is told as well
    await late.connect(room["ws_url"])
    assert (await status(late, 0))["reason"] == "operator"

    sent = await bidder.command("bid", value=0)
    marks = [len(player.frames) for player in players]
    assert (await operator.post(f"{path}/resume", json=WHY)).json()["paused"] is None
    for player, mark in zip(players, marks, strict=True):
        assert (await status(player, mark))["paused"] is False
    resumed = await bidder.event("game_resumed")
    assert resumed["data"]["reason"] == "operator"
    answer = await bidder.wait_for(lambda frame: frame["type"] in ("ack", "reject") and frame["id"] == sent)
    assert answer["type"] == "ack", "what came during a short pause is carried out after it"
    assert (await operator.post(f"{path}/resume", json=WHY)).status_code == 409


async def test_a_removed_player_cannot_come_back(people: Guests, operator: httpx.AsyncClient) -> None:
    players, room = await people.playing(3)
    path = f"/api/ops/rooms/{room['game_id']}"
    answer = await operator.post(f"{path}/kick", json={"player_id": players[2].id, **WHY})
    assert answer.status_code == 200, answer.text
    assert await players[2].closed() == 4403
    assert (await players[0].event("player_kicked"))["data"] == {"player_id": players[2].id, "reason": "operator"}
    again = await operator.post(f"{path}/kick", json={"player_id": players[2].id, **WHY})
    assert again.status_code == 404
    nobody = await operator.post(f"{path}/kick", json={"player_id": "nobody", **WHY})
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (404, "player_not_found")


async def test_a_message_reaches_everybody_in_the_room(people: Guests, operator: httpx.AsyncClient) -> None:
    players, room = await people.relay(2)
    watcher = await people.new()
    await watcher.connect(room["ws_url"], role="spectator")
    text = "Five minutes to go ✓ <b>"
    answer = await operator.post(f"/api/ops/rooms/{room['game_id']}/message", json={"text": text})
    assert answer.status_code == 200
    for person in (*players, watcher):
        assert (await person.wait_for(lambda frame: frame["type"] == "notice"))["text"] == text


@pytest.mark.parametrize("paused", [False, True])
async def test_closing_ends_a_game_for_good(people: Guests, operator: httpx.AsyncClient, paused: bool) -> None:
    players, room = await people.playing(2)
    path = f"/api/ops/rooms/{room['game_id']}"
    if paused:
        await operator.post(f"{path}/pause", json=WHY)
    answer = await operator.post(f"{path}/close", json=WHY)
    assert (answer.json()["stage"], answer.json()["paused"]) == ("aborted", None)
    for player in players:
        assert (await player.event("game_aborted"))["data"] == {"reason": "operator"}
    assert (await players[0].http.get(f"/api/games/{room['game_id']}"))["status"] == "aborted"
    assert (await players[0].ask("bid", value=1))["code"] == "invalid_phase"
    assert (await operator.post(f"{path}/close", json=WHY)).status_code == 409


async def test_every_action_is_recorded_in_the_log_and_in_the_database(
    people: Guests, operated: HostedProcess, operator: httpx.AsyncClient
) -> None:
    players, room = await people.playing(2)
    path = f"/api/ops/rooms/{room['game_id']}"
    await operator.post(f"{path}/message", json={"text": "mind your words"})
    await operator.post(f"{path}/pause", json=WHY)
    await operator.post(f"{path}/resume", json=WHY)
    await operator.post(f"{path}/kick", json={"player_id": players[1].id, **WHY})
    await operator.post(f"{path}/close", json=WHY)
    done = ["close", "kick", "resume", "pause", "message"]
    first = await told(operator, "/actions", game_id=room["game_id"], limit=2)
    rest = await told(operator, "/actions", game_id=room["game_id"], before=first["next"])
    actions = first["items"] + rest["items"]
    assert [action["action"] for action in actions] == done
    assert [action["player_id"] for action in actions] == [None, players[1].id, None, None, None]
    assert {action["address"] for action in actions} == {"127.0.0.1"}
    assert actions[-1]["reason"] == "mind your words"
    assert rest["next"] is None
    lines = [json.loads(line) for line in operated.log.splitlines() if "an operator acts" in line]
    about = [line for line in lines if line["game_id"] == room["game_id"]]
    assert [line["action"] for line in about] == done[::-1]
    assert {line["address"] for line in about} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("pause", {}, 422),
        ("pause", {"reason": ""}, 422),
        ("pause", {"reason": "  "}, 422),
        ("pause", {"reason": "x" * 201}, 422),
        ("pause", {"reason": "two\nlines"}, 422),
        ("pause", {"reason": 7}, 422),
        ("resume", WHY, 409),
        ("kick", WHY, 422),
        ("message", {"text": "\x00"}, 422),
        ("fly", WHY, 404),
    ],
)
async def test_an_invalid_request_changes_nothing(
    people: Guests, operator: httpx.AsyncClient, path: str, body: Frame, code: int
) -> None:
    host = await people.new()
    room = await host.http.post("/api/rooms", {"game": "relay"})
    answer = await operator.post(f"/api/ops/rooms/{room['game_id']}/{path}", json=body)
    assert answer.status_code == code, answer.text
    assert (await told(operator, "/actions", game_id=room["game_id"]))["items"] == []


async def test_unknown_rooms_answer_404(operator: httpx.AsyncClient) -> None:
    for game_id in ("x", "01890000-0000-7000-8000-000000000000"):
        for path in ("pause", "resume", "close", "message"):
            answer = await operator.post(f"/api/ops/rooms/{game_id}/{path}", json={**WHY, "text": "x"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "room_not_found")
        assert (await operator.get(f"/api/ops/rooms/{game_id}")).status_code == 404
