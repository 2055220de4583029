"""Games over HTTP: what happened, how it stood at any moment, who may know, and whether it was fair."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator

import msgpack
import pytest
import pytest_asyncio

from tests.support.client import Frame, Player
from tests.support.guests import GameOver, Guests, heard, mover, state_of
from tests.support.socket_client import entered

SUMMARY = {
    "players", "rounds", "final_scores", "highest_bid", "highest_score", "lowest_score", "most_consecutive_wins",
    "most_consecutive_losses", "highest_misplay",
}  # fmt: skip


class Finished:
    """A game of two rounds between two people and a bot, watched and played to its end."""

    def __init__(
        self, players: list[Player], watcher: Player, game_id: str, states: list[tuple[Player, Frame]]
    ) -> None:
        self.players = players
        self.watcher = watcher
        self.game_id = game_id
        self.path = f"/api/games/{game_id}"
        self.states = states


@pytest_asyncio.fixture
async def finished(guests: Guests) -> AsyncIterator[Finished]:
    players, room = await guests.table(2, config={"round_pause_ms": 0, "rounds": 2})
    watcher = await guests.new()
    for player in (*players, watcher):
        await player.connect(room["ws_url"])
    await players[0].ask("add_bot")
    states: list[tuple[Player, Frame]] = []
    for player in players:
        await player.ask("set_client_seed", client_seed=f"seed of {player.id[:4]}")
        await player.ask("set_ready", ready=True)
    await players[0].ask("start_game")
    while True:
        try:
            player, turn = await mover(players)
        except GameOver:
            break
        states += [(other, await state_of(other)) for other in (*players, watcher)]
        assert states[-1][1]["index"] == states[-2][1]["index"] == turn["index"]
        action = turn["actions"][len(turn["actions"]) // 2]
        assert (await player.ask(action["name"], **action["args"]))["type"] == "ack"
    for player in (*players, watcher):
        await player.event("game_completed")
    yield Finished(players, watcher, room["game_id"], states)


async def test_a_completed_game_is_the_same_in_every_format(finished: Finished, guests: Guests) -> None:
    async with guests.http() as http:
        game = (await http.get(finished.path)).json()
        last = finished.watcher.events[-1]
        assert game.keys() >= {"status", "players", "config", "head", "summary"}
        assert (game["status"], game["head"]) == ("completed", last["index"])
        assert game["summary"].keys() >= SUMMARY
        assert game["summary"]["final_scores"] == last["data"]["final_scores"]
        assert [set(r) >= {"round_index", "bids", "tricks_won", "deltas"} for r in game["summary"]["rounds"]] == [
            True
        ] * 2
        for told in game["summary"]["players"]:
            assert told.keys() >= {
                "player_id", "display_name", "seat", "score", "tricks_won", "highest_bid", "misplays", "is_winner"
            }  # fmt: skip

        # Everything, page by page, is what one page has.
        whole = (await http.get(f"{finished.path}/events", params={"limit": 5000})).json()
        assert set(whole) == {"items", "next"} and whole["next"] is None
        items = whole["items"]
        assert [item["index"] for item in items] == list(range(last["index"] + 1))
        assert {frozenset(item) for item in items} == {frozenset({"index", "name", "at", "data"})}
        paged, start = [], 0
        while start is not None:
            page = (await http.get(f"{finished.path}/events", params={"from": start, "limit": 7})).json()
            assert len(page["items"]) <= 7
            paged += page["items"]
            start = page["next"]
        assert paged == items
        beyond = (await http.get(f"{finished.path}/events", params={"from": 10_000})).json()
        assert beyond == {"items": [], "next": None}
        assert len((await http.get(f"{finished.path}/events")).json()["items"]) == min(500, len(items))

        # As a player: what this player saw, event for event.
        for player in finished.players:
            params = {"limit": 5000, "as": player.id}
            seen = (await http.get(f"{finished.path}/events", params=params)).json()["items"]
            assert seen == [{key: event[key] for key in ("index", "name", "at", "data")} for event in player.events]

        # Other forms of the same.
        for accept, decode in (
            ("application/x-ndjson", lambda body: [json.loads(line) for line in body.splitlines()]),
            ("application/vnd.msgpack", lambda body: msgpack.unpackb(body)["items"]),
        ):
            answer = await http.get(f"{finished.path}/events?limit=5000", headers={"Accept": accept})
            assert answer.headers["content-type"].startswith(accept)
            assert decode(answer.content) == items
        answer = await http.get(
            f"{finished.path}/events", params={"limit": 3}, headers={"Accept": "application/vnd.msgpack"}
        )
        assert msgpack.unpackb(answer.content)["next"] == 3


async def test_a_completed_game_is_cached_for_ever(finished: Finished, guests: Guests) -> None:
    async with guests.http() as http:
        first = await http.get(f"{finished.path}/events")
        tag = first.headers["etag"]
        assert "immutable" in first.headers["cache-control"]
        for given in (tag, f'"other", {tag}', f"W/{tag}"):
            again = await http.get(f"{finished.path}/events", headers={"If-None-Match": given})
            assert (again.status_code, again.content) == (304, b"")
        assert (await http.get(f"{finished.path}/events", headers={"If-None-Match": '"x"'})).status_code == 200
        tags = {tag}
        for query in ("from=1", "limit=5", f"as={finished.players[0].id}"):
            tags.add((await http.get(f"{finished.path}/events?{query}")).headers["etag"])
        packed = await http.get(f"{finished.path}/events", headers={"Accept": "application/vnd.msgpack"})
        tags.add(packed.headers["etag"])
        assert len(tags) == 5


async def test_state_at_an_index_is_the_live_state(finished: Finished) -> None:
    assert len(finished.states) > 50
    for player, live in finished.states[:: 7 if len(finished.states) > 70 else 1]:
        viewer = {} if player is finished.watcher else {"as": player.id}
        told = await player.http.get(f"{finished.path}/state", at=live["index"], **viewer)
        assert set(told) == {"index", "view", "state_hash"}
        # No event says when a turn's time is up: that was a promise of the moment.
        assert told["view"]["turn"]["deadline_at"] is None
        told["view"]["turn"]["deadline_at"] = live["view"]["turn"]["deadline_at"]
        assert {k: (v, live["view"].get(k)) for k, v in told["view"].items() if v != live["view"].get(k)} == {}
        assert (told["index"], told["view"]) == (live["index"], live["view"])
    newest = await finished.watcher.http.get(f"{finished.path}/state")
    assert newest["index"] == finished.watcher.events[-1]["index"]
    assert newest["view"]["session_seed"] == finished.watcher.events[-1]["data"]["session_seed"]
    answer = await finished.watcher.http.client.get(f"{finished.path}/state", params={"at": newest["index"] + 1})
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, "at")


async def test_a_completed_game_reveals_its_seed(finished: Finished, guests: Guests) -> None:
    async with guests.http() as http:
        told = (await http.get(f"{finished.path}/fairness")).json()
    created = finished.watcher.events[0]["data"]
    assert told["commitment"] == created["seed_commitment"]
    text = f"parlor-shuffle-v1:{finished.game_id}:{told['session_seed']}"
    assert hashlib.sha256(text.encode()).hexdigest() == told["commitment"]
    assert [(entry["seat"], entry["player_id"]) for entry in told["client_seeds"][:2]] == [
        (seat, player.id) for seat, player in enumerate(finished.players)
    ]
    assert told["client_seeds"][0]["client_seed"] == f"seed of {finished.players[0].id[:4]}"
    assert told["client_seeds"][2]["client_seed"] == ""
    assert [sorted(deck) for deck in told["decks"]] == [sorted(set(told["decks"][0]))] * 2
    assert len(told["decks"][0]) == 52
    assert told["verified"]["ok"] is True


async def test_a_completed_game_shows_in_statistics_and_history(finished: Finished, guests: Guests) -> None:
    player = finished.players[0]
    score = finished.watcher.events[-1]["data"]["final_scores"][player.id]
    async with guests.http() as http:
        stats = (await http.get(f"/api/players/{player.id}/stats")).json()
        assert stats.items() >= {"player_id": player.id, "games_played": 1, "total_points": score}.items()
        assert stats.keys() >= {
            "games_won", "highest_score", "lowest_score", "total_tricks_won", "most_consecutive_wins",
            "most_consecutive_losses", "last_game_at",
        }  # fmt: skip
        played = (await http.get(f"/api/players/{player.id}/games")).json()
        assert played["next_cursor"] is None
        assert [(game["game_id"], game["score"]) for game in played["items"]] == [(finished.game_id, score)]
        # A bot's are told like anybody's.
        bot = next(p["player_id"] for p in (await http.get(finished.path)).json()["players"] if p["is_bot"])
        assert (await http.get(f"/api/players/{bot}")).json()["is_bot"] is True
        assert (await http.get(f"/api/players/{bot}/stats")).json()["games_played"] >= 1


async def test_a_running_game_shows_each_player_their_own_view(guests: Guests) -> None:
    players, room = await guests.playing(3)
    player, _ = await mover(players)
    ack = await player.ask("bid", value=1)
    watcher = await guests.new()
    for other in players:
        await heard(other, ack["last"])
    path = f"/api/games/{room['game_id']}"
    async with guests.http() as anybody:
        for client, mine in [(p.http.client, p) for p in players] + [(watcher.http.client, None), (anybody, None)]:
            answer = await client.get(f"{path}/events")
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
            assert "etag" not in answer.headers
            items = answer.json()["items"]
            deal = next(item for item in items if item["name"] == "cards_dealt")
            assert set(deal["data"]["hands"]) == ({mine.id} if mine else set())
            assert deal["data"]["hand_counts"] == {p.id: 10 for p in players}
            assert "undealt_hash" not in deal["data"]
            if mine is not None:
                assert items == [{k: event[k] for k in ("index", "name", "at", "data")} for event in mine.events]
                live = await state_of(mine)
                assert (await client.get(f"{path}/state", params={"as": mine.id})).json() == {
                    "index": live["index"],
                    "view": live["view"],
                }
                assert (await client.get(f"{path}/events", params={"as": mine.id})).json()["items"] == items
            else:
                view = (await client.get(f"{path}/state")).json()["view"]
                assert (view["hand"], view["you"]["seat"], view.get("join_code")) == (None, None, None)
            for other in players:
                if other is not mine:
                    for what in ("events", "state"):
                        answer = await client.get(f"{path}/{what}", params={"as": other.id})
                        assert answer.status_code == 403, (what, answer.text)
                        assert answer.json()["error"]["code"] == "forbidden"
            told = (await client.get(f"{path}/fairness")).json()
            assert (told["session_seed"], told["decks"]) == (None, None)
            game = (await client.get(path)).json()
            assert (game["status"], game["head"], game["summary"]) == ("in_progress", ack["last"], None)


async def test_a_running_game_does_not_reveal_its_seed(guests: Guests) -> None:
    players, room = await guests.playing(2)
    ((seed,),) = guests.server.rows("select session_seed from play.games where id = %s", room["game_id"])
    path = f"/api/games/{room['game_id']}"
    texts = [json.dumps(player.frames) for player in players]
    for player in players:
        paths = [path + what for what in ("", "/events", "/state", "/fairness")]
        texts += [(await player.http.client.get(p)).text for p in (*paths, f"/api/rooms/{room['game_id']}")]
    assert len(seed) == 64
    assert not [text for text in texts if seed in text]
    assert seed not in guests.server.log


@pytest.mark.parametrize(
    "what", ["", "/events", "/events?limit=1", "/events?from=0&limit=2", "/state", "/state?at=0", "/fairness"]
)
async def test_a_private_game_is_for_its_members(guests: Guests, what: str) -> None:
    (host, guest), room = await guests.table(2, is_public=False)
    stranger = await guests.new()
    path = f"/api/games/{room['game_id']}{what}"
    for member in (host, guest):
        answer = await member.http.client.get(path)
        assert answer.status_code == 200, answer.text
    async with guests.http() as anybody:
        for client in (stranger.http.client, anybody):
            assert (await client.get(path)).status_code in (403, 404)
    # A removed player is no member any more, not even of the game's past.
    await host.connect(room["ws_url"])
    assert (await host.ask("remove_player", player_id=guest.id))["type"] == "ack"
    assert (await guest.http.client.get(path)).status_code in (403, 404)


async def test_the_state_before_a_player_joined_is_readable(guests: Guests) -> None:
    (host, guest), room = await guests.table(2)
    path = f"/api/games/{room['game_id']}/state"
    counts = [len((await guest.http.get(path, at=index))["view"]["players"]) for index in range(3)]
    assert counts == [0, 1, 2]
    assert (await guest.http.get(path, at=2))["view"]["you"] == {"player_id": guest.id, "seat": 1, "role": "player"}
    assert host.id


async def test_client_seeds_are_hidden_until_the_start(guests: Guests) -> None:
    players, room = await guests.table(2, config={"round_pause_ms": 0})
    for player in players:
        await player.connect(room["ws_url"])
    ack = await players[0].ask("set_client_seed", client_seed="only mine")
    mine, other = await heard(players[0], ack["first"]), await heard(players[1], ack["first"])
    assert (mine["name"], mine["data"]) == ("client_seed_set", {"player_id": players[0].id, "client_seed": "only mine"})
    assert (other["name"], other["data"]) == ("hidden", {})
    path = f"/api/games/{room['game_id']}"
    for what in ("/events", "/state", "/fairness", ""):
        assert "only mine" not in (await players[1].http.client.get(path + what)).text
    for player in players:
        await player.ask("set_ready", ready=True)
    await players[0].ask("start_game")
    told = await players[1].http.get(f"{path}/fairness")
    assert [seed["client_seed"] for seed in told["client_seeds"]] == ["only mine", ""]
    assert (await players[0].ask("set_client_seed", client_seed="too late"))["code"] == "already_started"


async def test_another_spelling_of_the_id_reads_the_same_game(guests: Guests) -> None:
    (host,), room = await guests.table(1)
    async with entered(room["ws_url"], host) as line:
        for spelling in (room["game_id"].upper(), room["game_id"].replace("-", "")):
            assert (await host.http.get(f"/api/games/{spelling}"))["game_id"] == room["game_id"]
            assert (await host.http.post(f"/api/rooms/{spelling}/join"))["game_id"] == room["game_id"]
        assert (await line.ask("1", "set_ready", ready=True))["type"] == "ack"
