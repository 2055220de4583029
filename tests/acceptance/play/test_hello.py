"""Hello and welcome: who is let in, who is refused, and what a client is told first."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
import pytest

from tests.support.client import JSON, MSGPACK, Frame
from tests.support.guests import NOBODY, Guests
from tests.support.server import HostedProcess
from tests.support.socket_client import dial, entered

EVENT = {"type", "index", "name", "at", "data"}


async def refusal(url: str, frame: Any, protocol: str | None = JSON) -> tuple[int, list[Frame]]:
    """Close code and frames after one first frame."""
    async with dial(url, protocol) as line:
        await line.send(frame)
        code, _, frames = await line.end()
    return code, frames


def assert_error_before_close(frames: list[Frame]) -> None:
    assert [frame["type"] for frame in frames] == ["error"]
    assert set(frames[0]) == {"type", "code", "message"}
    assert isinstance(frames[0]["code"], str) and isinstance(frames[0]["message"], str)


def altered(token: str) -> str:
    """The same token for another player, with the old signature."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["sub"] = NOBODY
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
@pytest.mark.parametrize("token", [None, "", "abc", "a.b.c", "x" * 5000, "ü", 7, ["a"], "altered", "unsigned"])
async def test_a_bad_token_is_named_and_closes(guests: Guests, protocol: str, token: Any) -> None:
    (player,), room = await guests.table(1)
    if token == "altered":
        token = altered(player.token)
    elif token == "unsigned":
        claims = {"iss": "parlor", "sub": player.id, "iat": 0, "exp": int(time.time()) + 60}
        token = jwt.encode(claims, None, algorithm="none")
    hello = {"type": "hello"} if token is None else {"type": "hello", "token": token}
    code, frames = await refusal(room["ws_url"], hello, protocol)
    assert code == 4401
    assert_error_before_close(frames)


async def test_expired_and_altered_tokens_are_refused(guests: Guests, shared_server: HostedProcess) -> None:
    """These are signed with the server's own key."""
    (player,), room = await guests.table(1)
    key = shared_server.token_key
    now = int(time.time())
    good = {"iss": "parlor", "sub": player.id, "iat": now, "exp": now + 60}
    bad = [
        {**good, "exp": now - 1},
        {**good, "exp": "tomorrow"},
        {**good, "iss": "somebody"},
        {**good, "sub": NOBODY},  # a player who does not exist
        {**good, "sub": 5},
        {key: value for key, value in good.items() if key != "exp"},
    ]
    for claims in bad:
        token = jwt.encode(claims, key, algorithm="HS256") if claims.get("sub") != 5 else unchecked(claims, key)
        code, frames = await refusal(room["ws_url"], {"type": "hello", "token": token})
        assert code == 4401, claims
        assert_error_before_close(frames)
    async with dial(room["ws_url"]) as line:
        await line.send({"type": "hello", "token": jwt.encode(good, key, algorithm="HS256")})
        assert (await line.frame())["type"] == "welcome"


def unchecked(claims: dict[str, Any], key: bytes) -> str:
    """Signed as it is: the library refuses to encode a subject that is no string."""
    return jwt.api_jws.encode(json.dumps(claims).encode(), key, algorithm="HS256")


@pytest.mark.parametrize(
    "first",
    [
        {"type": "ping"},
        {"type": "sync"},
        {"type": "command", "id": "a", "name": "leave", "args": {}},
        {"type": "welcome"},
        {"type": "HELLO"},
    ],
)
async def test_a_first_frame_other_than_hello_closes(guests: Guests, first: Frame) -> None:
    (player,), room = await guests.table(1)
    code, frames = await refusal(room["ws_url"], {**first, "token": player.token})
    assert code == 4401
    assert_error_before_close(frames)


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_index": "3"},
        {"last_index": 1.5},
        {"last_index": True},
        {"last_index": -2},
        {"last_index": []},
        {"epoch": "1"},
        {"epoch": 1.0},
        {"epoch": {}},
        {"role": "admin"},
        {"role": 1},
        {"role": ["player"]},
    ],
    ids=str,
)
async def test_a_hello_with_fields_of_the_wrong_type_is_malformed(guests: Guests, wrong: Frame) -> None:
    (player,), room = await guests.table(1)
    code, frames = await refusal(room["ws_url"], {"type": "hello", "token": player.token, **wrong})
    assert code == 4400
    assert_error_before_close(frames)


async def test_null_fields_count_as_absent(guests: Guests) -> None:
    (player,), room = await guests.table(1)
    async with entered(room["ws_url"], player, last_index=None, epoch=None, role=None, more={"x": 1}) as line:
        assert (line.frames[0]["mode"], line.frames[0]["role"]) == ("replay", "player")


@pytest.mark.parametrize("game_id", [NOBODY, "abc", "", "..", "%00", "a" * 300, "00000000-0000-0000-0000-000000000000"])
async def test_an_unknown_room_is_refused(guests: Guests, game_id: str) -> None:
    player = await guests.new()
    code, frames = await refusal(f"{guests.server.ws_url}/ws/rooms/{game_id}", {"type": "hello", "token": player.token})
    assert code == 4404
    assert_error_before_close(frames)
    assert frames[0]["code"] == "room_not_found"


@pytest.mark.parametrize("spelling", [str.upper, lambda text: text.replace("-", ""), lambda text: f"{{{text}}}"])
async def test_another_spelling_of_the_id_reaches_the_same_room(guests: Guests, spelling: Any) -> None:
    """Whatever it is answered with, the players who are inside must not lose their room."""
    (host, guest), room = await guests.relay(2)
    url = f"{guests.server.ws_url}/ws/rooms/{spelling(room['game_id'])}"
    async with dial(url) as line:
        await line.send({"type": "hello", "token": guest.token})
        first = await line.frame()
        if first["type"] == "welcome":
            assert (first["game_id"], first["epoch"]) == (room["game_id"], host.epoch)
        else:
            assert (await line.end())[0] == 4404
    assert (await host.ask("say", data="still here"))["type"] == "ack"
    assert host.close_code is None


async def test_hello_as_player_needs_a_seat(guests: Guests) -> None:
    _, room = await guests.table(1)
    stranger = await guests.new()
    code, frames = await refusal(room["ws_url"], {"type": "hello", "token": stranger.token, "role": "player"})
    assert code == 4403
    assert_error_before_close(frames)
    assert frames[0]["code"] == "forbidden"


@pytest.mark.parametrize("role", [None, "player", "spectator"])
async def test_private_rooms_are_for_their_members(guests: Guests, role: str | None) -> None:
    (host,), room = await guests.table(1, is_public=False)
    stranger = await guests.new()
    hello = {"type": "hello", "token": stranger.token, "role": role}
    code, frames = await refusal(room["ws_url"], hello)
    assert code == 4403
    assert_error_before_close(frames)
    async with entered(room["ws_url"], host, role=role) as line:
        assert line.frames[0]["seat"] == 0


async def test_spectators_of_a_private_room_may_watch(guests: Guests) -> None:
    _, room = await guests.table(1, is_public=False)
    watcher = await guests.new()
    joined = await watcher.http.post("/api/join", {"join_code": room["join_code"], "role": "spectator"})
    assert joined["seat"] is None
    async with entered(room["ws_url"], watcher) as line:
        assert (line.frames[0]["role"], line.frames[0]["seat"]) == ("spectator", None)


async def test_a_removed_player_cannot_connect(guests: Guests) -> None:
    (host, guest), room = await guests.relay(2)
    assert (await host.ask("remove_player", player_id=guest.id))["type"] == "ack"
    assert await guest.closed() == 4403
    for role in (None, "player", "spectator"):
        code, frames = await refusal(room["ws_url"], {"type": "hello", "token": guest.token, "role": role})
        assert code == 4403
        assert_error_before_close(frames)


async def test_a_second_connection_replaces_the_first(guests: Guests) -> None:
    (host, guest), room = await guests.relay(2)
    async with entered(room["ws_url"], guest, MSGPACK) as second:
        assert await guest.closed() == 4409
        assert (await host.ask("say", data="who is there"))["type"] == "ack"
        while (await second.next("event"))["data"].get("data") != "who is there":
            pass
        # The first one's end is no leaving: the others are told nothing.
        assert not [event for event in host.events if event["name"] == "player_disconnected"]
        assert (await second.ask("mine", "say", data="me"))["type"] == "ack"


async def test_welcome_has_every_field(guests: Guests) -> None:
    (host, guest), room = await guests.table(2)
    before = int(time.time() * 1000)
    async with entered(room["ws_url"], guest) as line:
        welcome = line.frames[0]
    assert welcome.pop("type") == "welcome"
    assert abs(welcome.pop("server_time") - before) < 60_000
    assert welcome == {
        "protocol": 1,
        "game_id": room["game_id"],
        "game": "eldorado",
        "player_id": guest.id,
        "seat": 1,
        "role": "player",
        "epoch": 1,
        "head": 2,
        "mode": "replay",
        "limits": {"heartbeat_s": 20, "max_frame": 16384, "commands_per_s": 5000, "burst": 10000},
    }
    async with entered(room["ws_url"], await guests.new()) as line:
        welcome = line.frames[0]
        assert (welcome["seat"], welcome["role"]) == (None, "spectator")
    async with entered(room["ws_url"], host, role="spectator") as line:
        assert line.frames[0]["role"] == "spectator"


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_a_newcomer_gets_every_event_in_order(guests: Guests, protocol: str) -> None:
    (host, guest), room = await guests.relay(2)
    for number in range(5):
        await host.ask("say", data=number)
    async with entered(room["ws_url"], guest, protocol) as line:
        head = line.frames[0]["head"]
        events = await line.settle()
        assert [event["type"] for event in events] == ["event"] * (head + 1)
        assert [event["index"] for event in events] == list(range(head + 1))
        for event in events:
            assert set(event) == EVENT
            assert isinstance(event["name"], str) and isinstance(event["data"], dict)
            assert isinstance(event["at"], int) and abs(event["at"] - time.time() * 1000) < 600_000
        assert events[0]["name"] == "game_created"
        assert [event["data"]["data"] for event in events if event["name"] == "said"] == list(range(5))


async def test_up_to_500_missed_events_are_replayed_and_more_become_a_state(guests: Guests) -> None:
    (host,), room = await guests.relay(1)
    for number in range(600):  # a hundred at a time: a room takes 512 that are not yet committed
        await (host.ask if number % 100 == 99 else host.command)("say", data=number)
    head, said = host.events[-1]["index"], 600
    gaps = [(0, "replay"), (1, "replay"), (500, "replay"), (501, "state"), (-1, "state"), (-(10**12), "state")]
    for gap, mode in gaps:
        async with entered(room["ws_url"], host, last_index=head - gap) as line:
            welcome = line.frames[0]
            assert (welcome["mode"], welcome["head"]) == (mode, head), gap
            after = await line.settle()
            if mode == "replay":
                assert [frame["index"] for frame in after] == list(range(head - gap + 1, head + 1))
                assert [frame["data"]["data"] for frame in after] == list(range(said - gap, said))
            else:
                assert [(frame["type"], frame["index"]) for frame in after] == [("state", head)]
                assert set(after[0]) == {"type", "index", "view"}
                assert (after[0]["view"]["said"], after[0]["view"]["you"]["player_id"]) == (said, host.id)
            # Then what happens live follows without a gap.
            ack = await line.ask(f"gap {gap}", "say", data=said)
            assert (ack["first"], line.frames[-2]["index"], line.frames[-2]["data"]["data"]) == (
                head + 1,
                head + 1,
                said,
            )
        head, said = head + 1, said + 1
    async with entered(room["ws_url"], host) as line:  # nothing applied: more than 500 events are missing
        assert line.frames[0]["mode"] == "state"


@pytest.mark.parametrize(("epoch", "mode"), [(1, "replay"), (0, "replay"), (2, "state"), (2**40, "state")])
async def test_an_epoch_of_the_future_gets_a_state(guests: Guests, epoch: int, mode: str) -> None:
    (host,), room = await guests.relay(1)
    async with entered(room["ws_url"], host, last_index=1, epoch=epoch) as line:
        assert line.frames[0]["mode"] == mode
        after = await line.settle()
        assert [frame["type"] for frame in after] == ([] if mode == "replay" else ["state"])


@pytest.mark.parametrize("last_index", [-1, 10**6])
async def test_turn_comes_after_the_events_or_the_state(guests: Guests, last_index: int) -> None:
    players, room = await guests.playing(2)
    told = [player for player in players if player.of_type("turn")]
    assert len(told) == 1
    player = told[0]
    live = player.of_type("turn")[-1]
    async with entered(room["ws_url"], player, last_index=last_index) as line:
        frames = await line.settle()
        assert frames[-1] == live
        assert [frame["type"] for frame in frames[:-1]].count("turn") == 0
        assert set(live) == {"type", "index", "deadline_at", "actions"}
        assert live["index"] == line.frames[0]["head"]
        assert live["deadline_at"] > time.time() * 1000
        assert live["actions"] == [{"name": "bid", "args": {"value": bid}} for bid in range(11)]
    waiting = next(other for other in players if other is not player)
    async with entered(room["ws_url"], waiting, last_index=last_index) as line:
        assert "turn" not in [frame["type"] for frame in await line.settle()]


async def test_no_turn_timer_means_no_deadline(guests: Guests) -> None:
    players, _ = await guests.playing(2, turn_seconds=0)
    turns = [turn for player in players for turn in player.of_type("turn")]
    assert [turn["deadline_at"] for turn in turns] == [None]
