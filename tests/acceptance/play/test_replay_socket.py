"""A finished game, watched again over `/ws/replays/{game_id}`: the same events and the same states as everywhere."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.acceptance.play.test_spectator_delay import finished as delayed
from tests.acceptance.play.test_spectator_delay import until
from tests.support.client import JSON, MSGPACK, Frame
from tests.support.guests import NOBODY, Guests
from tests.support.replays import finished, replay_url, seek, watched, watching
from tests.support.socket_client import dial


def shown(events: list[Frame]) -> list[dict[str, Any]]:
    """Frames as HTTP lists them."""
    return [{key: value for key, value in event.items() if key != "type"} for event in events]


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_the_replay_plays_the_events_of_http(guests: Guests, protocol: str) -> None:
    watcher, game_id = await finished(guests)
    seat = (await watcher.http.get(f"/api/games/{game_id}"))["players"][1]["player_id"]
    for viewer in ({}, {"as": seat}):
        listed = (await watcher.http.get(f"/api/games/{game_id}/events", limit=5000, **viewer))["items"]
        async with watching(guests, game_id, protocol, **viewer) as line:
            welcome = line.frames[0]
            assert welcome["replay"] == {
                "head": len(listed) - 1,
                "speed": 1.0,
                "playing": False,
                "as": viewer.get("as"),
            }
            assert (welcome["seat"], welcome["role"], welcome["mode"]) == (None, "spectator", "state")
            assert line.frames[1]["index"] == 0
            assert shown(await watched(line)) == listed[1:]


async def test_the_state_at_every_index_is_that_of_http(guests: Guests) -> None:
    watcher, game_id = await finished(guests)
    seat = (await watcher.http.get(f"/api/games/{game_id}"))["players"][0]["player_id"]
    for viewer in ({}, {"as": seat}):
        async with watching(guests, game_id, **viewer) as line, guests.http() as http:
            indexes = list(range(line.frames[0]["head"] + 1))
            random.Random(7).shuffle(indexes)
            for index in indexes:
                state = await seek(line, index)
                answer = await http.get(f"/api/games/{game_id}/state", params={"at": index, **viewer})
                assert state == {"type": "state", **answer.json()}


async def test_seeking_keeps_it_playing_or_paused(guests: Guests) -> None:
    _, game_id = await finished(guests, bot_delay_ms=60)
    async with watching(guests, game_id) as line:
        await line.send({"type": "play", "speed": 0.25})
        assert await line.next("replay") == {"type": "replay", "index": 0, "playing": True, "speed": 0.25}
        await line.send({"type": "seek", "index": 20})
        state = await line.next("state")
        told = await line.next("replay")
        assert (state["index"], told["index"], told["playing"]) == (20, 20, True)
        assert (await line.next("event"))["index"] == 21
        await line.send({"type": "pause"})
        paused = await line.next("replay")
        assert paused["playing"] is False
        assert not [f for f in await line.settle() if f["type"] == "event"]
        await seek(line, 5)
        assert line.frames[-1]["playing"] is False
        head = line.frames[0]["head"]
        await line.send({"type": "play", "speed": 64})
        events = []
        while (frame := await line.frame())["type"] != "replay" or frame["playing"]:
            events.append(frame)
        assert [f["index"] for f in events if f["type"] == "event"] == list(range(6, head + 1))


async def test_playing_at_the_end_needs_a_seek_first(guests: Guests) -> None:
    _, game_id = await finished(guests)
    async with watching(guests, game_id) as line:
        head = line.frames[0]["head"]
        await seek(line, head)
        await line.send({"type": "play"})
        assert await line.next("replay") == {"type": "replay", "index": head, "playing": False, "speed": 1.0}
        # Both without waiting: the seek is done first.
        await line.send({"type": "seek", "index": head - 2})
        await line.send({"type": "play", "speed": 64})
        while (frame := await line.next("replay"))["playing"] or frame["index"] != head:
            pass
        assert [f["index"] for f in line.frames if f["type"] == "event"] == [head - 1, head]


async def test_the_last_of_many_seeks_counts(guests: Guests) -> None:
    _, game_id = await finished(guests)
    async with watching(guests, game_id) as line:
        for index in (30, 3, 40, 11):
            await line.send({"type": "seek", "index": index})
        while (await line.next("state"))["index"] != 11:
            pass
        await line.next("replay")
        await line.send({"type": "sync"})
        assert (await line.next("state"))["index"] == 11


async def test_invalid_frames_are_rejected_and_playback_goes_on(guests: Guests) -> None:
    _, game_id = await finished(guests)
    async with watching(guests, game_id) as line:
        head = line.frames[0]["head"]
        wrong: list[tuple[Frame, str]] = [
            *(({"type": "play", "speed": speed}, "speed") for speed in (0, 0.2, 65, -1, True, "2", [], {}, 1e308)),
            *(({"type": "seek", "index": index}, "index") for index in (-1, head + 1, 1.5, "3", None, True, [], 2**63)),
            ({"type": "seek"}, "index"),
            ({"type": "command", "name": "bid", "args": {}}, "commands"),
            ({"type": "rewind"}, "rewind"),
            ({"type": "hello"}, "hello"),
        ]
        for number, (frame, named) in enumerate(wrong):
            await line.send({"id": f"w{number}", **frame})
            answer = await line.next("reject")
            assert answer["code"] == "invalid_command" and named in answer["message"], (frame, answer)
            assert answer["id"] in (f"w{number}", None)
        assert (await seek(line, 7))["index"] == 7
        await line.send({"type": "ping", "nonce": 1})
        assert (await line.next("pong"))["nonce"] == 1


@pytest.mark.parametrize("raw", ["", "x", "[]", '{"type": 1}', "{}", '"play"'])
async def test_malformed_frames_close(guests: Guests, raw: str) -> None:
    _, game_id = await finished(guests, rounds=1)
    async with watching(guests, game_id) as line:
        await line.socket.send(raw)
        code, _, rest = await line.end()
        assert (code, rest[-1]["code"]) == (4400, "malformed")


async def refusal(url: str, hello: Frame) -> tuple[int, str]:
    """Close code, and the code of the error."""
    async with dial(url) as line:
        await line.send(hello)
        code, _, frames = await line.end()
        return code, frames[-1]["code"]


async def test_invalid_hellos_are_refused_with_their_codes(guests: Guests) -> None:
    _, game_id = await finished(guests, rounds=1)
    url = replay_url(guests, game_id)
    hello: Frame = {"type": "hello"}
    assert await refusal(replay_url(guests, NOBODY), hello) == (4404, "room_not_found")
    assert await refusal(replay_url(guests, "x"), hello) == (4404, "room_not_found")
    assert await refusal(replay_url(guests, ""), hello) == (4404, "room_not_found")
    assert await refusal(url, {"type": "play"}) == (4401, "unauthorized")
    assert await refusal(url, {**hello, "token": "made up"}) == (4401, "unauthorized")
    assert await refusal(url, {**hello, "as": NOBODY}) == (4403, "forbidden")
    assert await refusal(url, {**hello, "as": 7}) == (4400, "malformed")
    assert await refusal(url, {**hello, "token": 7}) == (4400, "malformed")


async def test_a_running_game_has_no_replay(guests: Guests) -> None:
    players, room = await guests.playing(2)
    assert await refusal(replay_url(guests, room["game_id"]), {"type": "hello"}) == (4404, "invalid_phase")
    # Nor to those who play in it: their own room shows them what they may see.
    hello = {"type": "hello", "token": players[0].token, "as": players[0].id}
    assert await refusal(replay_url(guests, room["game_id"]), hello) == (4404, "invalid_phase")


async def test_a_private_running_game_is_not_revealed(guests: Guests) -> None:
    _, room = await guests.table(2, is_public=False)
    assert await refusal(replay_url(guests, room["game_id"]), {"type": "hello"}) == (4404, "room_not_found")


async def test_many_watch_at_their_own_speed_while_others_play(guests: Guests) -> None:
    watcher, game_id = await finished(guests)
    listed = (await watcher.http.get(f"/api/games/{game_id}/events", limit=5000))["items"]
    players, _ = await guests.relay(2)
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(watching(guests, game_id)) for _ in range(60)]
        starts = [random.Random(n).randrange(len(listed)) for n in range(len(lines))]
        for line, start in zip(lines, starts, strict=True):
            await line.send({"type": "seek", "index": start})
            await line.send({"type": "play", "speed": 64})
        said = [await players[0].ask("say", data=n) for n in range(20)]
        assert {answer["type"] for answer in said} == {"ack"}
        for line, start in zip(lines, starts, strict=True):
            while (frame := await line.next("replay"))["playing"] or frame["index"] != len(listed) - 1:
                pass
            own = shown([frame for frame in line.frames if frame["type"] == "event"])
            assert own[-3:] == listed[start + 1 :][-3:]
        assert "parlor_replay_viewers 60.0" in (await watcher.http.client.get("/metrics")).text
    async with asyncio.timeout(10):
        while "parlor_replay_viewers 0.0" not in (await watcher.http.client.get("/metrics")).text:
            pass


async def test_delayed_spectators_wait_for_the_end_and_players_do_not(guests: Guests) -> None:
    player, room, last = await delayed(guests)
    url = replay_url(guests, room["game_id"])
    assert await refusal(url, {"type": "hello"}) == (4404, "invalid_phase")
    stranger = await guests.new()
    assert await refusal(url, {"type": "hello", "token": stranger.token}) == (4404, "invalid_phase")
    async with watching(guests, room["game_id"], token=player.token, **{"as": player.id}) as line:
        assert (line.frames[0]["player_id"], line.frames[0]["head"]) == (player.id, last)

    async def is_open() -> bool:
        async with dial(url) as line:
            await line.send({"type": "hello"})
            return bool((await line.frame())["type"] == "welcome")

    await until(is_open)


async def test_answers_about_a_finished_game_are_cacheable(guests: Guests) -> None:
    watcher, game_id = await finished(guests, rounds=1)
    seat = (await watcher.http.get(f"/api/games/{game_id}"))["players"][0]["player_id"]
    tags = set()
    async with guests.http() as http:
        for query in ("at=3", "at=4", f"at=3&as={seat}"):
            path = f"/api/games/{game_id}/state?{query}"
            first = await http.get(path)
            assert "immutable" in first.headers["cache-control"]
            tags.add(first.headers["etag"])
            again = await http.get(path, headers={"If-None-Match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            assert (await http.get(path, headers={"If-None-Match": '"x"'})).status_code == 200
        own = await watcher.http.client.get(f"/api/games/{game_id}/state?at=3")
        tags.add(own.headers["etag"])
    assert len(tags) == 4, "another viewer gets another answer"


@pytest.mark.parametrize("viewer", ["", "x", "żółw", "a\nX-Injected: 1", '"', "\x00", "9" * 3000])
async def test_a_forged_viewer_is_ignored_over_http_and_refused_over_sockets(guests: Guests, viewer: str) -> None:
    watcher, game_id = await finished(guests, rounds=1)
    for path in ("events", "state"):
        answer = await watcher.http.client.get(f"/api/games/{game_id}/{path}", params={"as": viewer, "at": 3})
        assert answer.status_code == 200, answer.text
        assert "x-injected" not in answer.headers
    assert (await refusal(replay_url(guests, game_id), {"type": "hello", "as": viewer}))[0] == 4403
