"""Sessions that watch a replay, in virtual time: no sockets, no database."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from persistence.errors import Unavailable
from server import limits
from server.metrics import Metrics
from server.play.sockets.replay import ReplaySession, ReplaySessions
from server.replays.reader import NotFinished
from server.replays.recordings import Recording
from server.sessions.tokens import Tokens
from server.settings import Settings
from server.testing.clock import VirtualClock
from server.wire.encoders import JSON
from tests.support.whole_games import GAME_ID, play_game
from tests.unit.play.sockets.test_room import KEY
from tests.unit.play.sockets.test_room import Outlet as OneFrame
from tests.unit.replays.test_recordings import Log, recording

EVENTS = play_game(3, "replay").events
LAST = len(EVENTS) - 1


class Outlet(OneFrame):
    """Takes several frames in one write."""

    def write(self, data: bytes) -> None:
        while data:
            long = data[1] == 126
            size = 4 + int.from_bytes(data[2:4], "big") if long else 2 + data[1]
            super().write(data[:size])
            data = data[size:]


class Shelf:
    """`Reader` with one game on it. `failure`: raised in its place."""

    def __init__(self, log: Log) -> None:
        self.recording = recording(log)
        self.failure: Exception | None = None
        self.viewers = 0

    async def open(self, game_id: str, caller: str | None) -> Recording | None:
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        self.viewers += 1
        return self.recording

    def leave(self, left: Recording) -> None:
        self.viewers -= 1


class House:
    """Everything around replays. One event a second was played."""

    def __init__(self, **settings: Any) -> None:
        self.clock = VirtualClock()
        self.log = Log(EVENTS)
        self.shelf = Shelf(self.log)
        self.metrics = Metrics()
        given = Settings(database_url=None, **settings)
        tokens = Tokens(KEY, self.clock)
        rest: Any = (None, tokens, self.clock, self.metrics, given, {"heartbeat_s": 20})
        self.sessions = ReplaySessions(self.shelf, *rest)  # type: ignore[arg-type]

    def enter(self) -> tuple[ReplaySession, Outlet]:
        outlet = Outlet()
        return ReplaySession(self.sessions, outlet, GAME_ID, JSON, None), outlet

    async def welcomed(self) -> tuple[ReplaySession, Outlet]:
        session, outlet = self.enter()
        await say(session, type="hello")
        assert [frame["type"] for frame in outlet.frames] == ["welcome", "state", "replay"]
        outlet.frames.clear()
        return session, outlet


async def settled(session: ReplaySession) -> None:
    """Wait until nothing is being read for it."""
    while session._task is not None and not session._task.done():
        await session._task


async def say(session: ReplaySession, **frame: Any) -> None:
    session.receive(orjson.dumps(frame), binary=False)
    await settled(session)


async def passes(house: House, session: ReplaySession, seconds: float, step_s: float = 0.25) -> None:
    """Time, with pauses for what is read."""
    for _ in range(round(seconds / step_s)):
        house.clock.advance(step_s)
        await settled(session)


def indexes(outlet: Outlet) -> list[int]:
    return [frame["index"] for frame in outlet.frames if frame["type"] == "event"]


@pytest.mark.parametrize("speed", [0.25, 1, 8])
async def test_events_come_at_the_chosen_speed(speed: float) -> None:
    house = House()
    session, outlet = await house.welcomed()
    await say(session, type="play", speed=speed)
    await passes(house, session, 8)
    assert indexes(outlet) == list(range(1, int(8 * speed) + 1))


async def test_the_replay_stops_at_its_end() -> None:
    house = House()
    session, outlet = await house.welcomed()
    await say(session, type="play", speed=64)
    await passes(house, session, LAST / 64 + 1, step_s=0.5)
    assert indexes(outlet) == list(range(1, LAST + 1))
    assert outlet.frames[-1] == {"type": "replay", "index": LAST, "playing": False, "speed": 64}
    outlet.frames.clear()
    await passes(house, session, 60)
    assert outlet.frames == []


async def test_a_pause_lasts_until_play() -> None:
    house = House()
    session, outlet = await house.welcomed()
    await say(session, type="play")
    await passes(house, session, 2.5)
    await say(session, type="pause")
    await passes(house, session, 30)
    assert indexes(outlet) == [1, 2]
    await say(session, type="play")
    await passes(house, session, 0.5)
    assert indexes(outlet) == [1, 2, 3]


async def test_at_most_one_chunk_is_in_memory() -> None:
    house = House()
    session, _ = await house.welcomed()
    house.log.asked.clear()
    await say(session, type="play", speed=64)
    await passes(house, session, 3)
    assert max(house.log.asked) <= limits.REPLAY_CHUNK_EVENTS
    assert len(session._playback._next) <= limits.REPLAY_CHUNK_EVENTS


async def test_the_tape_waits_for_a_slow_reader() -> None:
    house = House()
    session, outlet = await house.welcomed()
    await say(session, type="play")
    await passes(house, session, 3)
    assert session.skip(), "what follows is dropped"
    await passes(house, session, 30)
    at = outlet.frames[-1]["index"]
    outlet.frames.clear()
    session.caught_up()
    await settled(session)
    state, told = outlet.frames[:2]
    assert (state["type"], told["type"], told["playing"]) == ("state", "replay", True)
    assert at <= state["index"] <= at + 1
    outlet.frames.clear()
    await passes(house, session, 3)
    assert indexes(outlet)[:2] == [state["index"] + 1, state["index"] + 2]
    assert len(indexes(outlet)) <= 4, "the time of the wait is not made up for"


async def test_frames_before_the_welcome_wait_for_it() -> None:
    house = House()
    session, outlet = house.enter()
    for frame in ({"type": "hello"}, {"type": "seek", "index": 9}, {"type": "ping", "nonce": 5}, {"type": "play"}):
        session.receive(orjson.dumps(frame), binary=False)
    await settled(session)
    await passes(house, session, 1)
    kinds = [frame["type"] for frame in outlet.frames]
    assert kinds[0] == "welcome"
    assert {"pong", "state", "replay"} <= set(kinds)
    assert indexes(outlet) == [10]


async def test_viewers_beyond_the_limit_are_refused() -> None:
    house = House(replay_viewers_max=2)
    first, _ = await house.welcomed()
    await house.welcomed()
    third, outlet = house.enter()
    await say(third, type="hello")
    assert outlet.closed == (1012, str(limits.RESTART_DELAY_MS_MAX))
    assert outlet.frames[-1]["code"] == "unavailable"
    third.gone()
    first.gone()
    await house.welcomed()
    assert house.sessions.viewers == 2 == house.shelf.viewers


async def test_a_connection_that_ends_at_any_moment_leaves_nothing_behind() -> None:
    house = House()
    for said in range(4):
        session, _ = house.enter()
        for frame in ({"type": "hello"}, {"type": "play"}, {"type": "seek", "index": LAST})[:said]:
            session.receive(orjson.dumps(frame), binary=False)
            await asyncio.sleep(0)
        session.gone()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (house.sessions.viewers, house.shelf.viewers) == (0, 0), said
    house.clock.advance(60)


@pytest.mark.parametrize(
    ("failure", "closed", "code"),
    [
        (Unavailable("gone"), (1012, "1000"), "unavailable"),
        (NotFinished(), (4404, "invalid_phase"), "invalid_phase"),
        (ZeroDivisionError(), (1001, "internal"), "internal"),
    ],
)
async def test_failures_close_the_connection(failure: Exception, closed: tuple[int, str], code: str) -> None:
    house = House()
    house.shelf.failure = failure
    session, outlet = house.enter()
    await say(session, type="hello")
    assert (outlet.closed, outlet.frames[-1]["code"]) == (closed, code)


async def test_a_log_that_fails_during_the_replay_closes_the_connection() -> None:
    house = House()
    session, outlet = await house.welcomed()
    del house.log.rows[60:]
    await say(session, type="play", speed=64)
    await passes(house, session, 5)
    assert outlet.closed == (1012, "1000")
    assert indexes(outlet) == list(range(1, 51))


async def test_too_many_frames_end_the_connection() -> None:
    house = House()
    session, outlet = await house.welcomed()
    for _ in range(limits.COMMANDS_BURST + limits.RATE_REJECTS_MAX + 5):
        session.receive(b'{"type": "sync"}', binary=False)
    await settled(session)
    assert outlet.closed == (4429, "rate_limited")
    assert next(frame["code"] for frame in outlet.frames if frame["type"] == "reject") == "rate_limited"
