"""A session in virtual time: hello in five seconds, silence, and what is said before a close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pytest

from persistence.errors import Unavailable
from server.errors import RoomUnavailable
from server.gateway.door import Door, Opener
from server.gateway.heartbeat import Heartbeat
from server.metrics import Metrics
from server.play.sockets.room import RoomSession, RoomSessions
from server.sessions.tokens import Tokens
from server.settings import Settings
from server.testing.clock import VirtualClock
from server.wire.encoders import JSON

KEY = b"k" * 32


class Outlet:
    """Keeps what was written."""

    def __init__(self) -> None:
        self.waited_for = True
        self.frames: list[dict[str, Any]] = []
        self.closed: tuple[int, str] | None = None

    def write(self, data: bytes) -> None:
        start = 4 if data[1] == 126 else 2
        self.frames.append(orjson.loads(data[start:]))

    def close(self, code: int, reason: str) -> None:
        assert self.closed is None
        self.closed = (code, reason)

    def greeted(self) -> None:
        self.waited_for = False


class Rooms:
    """A directory that does one thing."""

    def __init__(self, answer: Callable[[str], Any]) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def get(self, game_id: str) -> Any:
        self.asked.append(game_id)
        return self.answer(game_id)


class House:
    """A door and its heartbeat, without sockets and without a database."""

    def __init__(self, answer: Callable[[str], Any] = lambda game_id: None) -> None:
        self.clock = VirtualClock()
        self.tokens = Tokens(KEY, self.clock)
        self.rooms = Rooms(answer)
        metrics, settings = Metrics(), Settings(database_url=None)
        sessions = RoomSessions(self.rooms, None, self.tokens, self.clock, metrics, settings)  # type: ignore[arg-type]
        paths: dict[str, Opener] = {
            "/ws/rooms/": lambda outlet, who: RoomSession(sessions, outlet, who.name, JSON, None)
        }
        self.door = Door(paths, settings, metrics)
        self.heartbeat = Heartbeat(self.door, self.clock, metrics)
        self.heartbeat.start()

    def enter(self, game_id: str = "") -> tuple[RoomSession, Outlet]:
        outlet = Outlet()
        session = self.door.enter(outlet, f"/ws/rooms/{game_id or uuid4()}", "127.0.0.1", JSON, None)
        assert isinstance(session, RoomSession)
        return session, outlet

    def hello(self, **more: Any) -> bytes:
        return orjson.dumps({"type": "hello", "token": self.tokens.issue(str(uuid4())), **more})


async def ended(session: RoomSession) -> None:
    """Let `enter` come to its end."""
    assert session._task is not None
    await session._task


def test_without_hello_the_connection_ends_after_five_seconds() -> None:
    house = House()
    _, outlet = house.enter()
    house.clock.advance(5.0)
    assert outlet.closed is None
    house.clock.advance(1.1)
    assert outlet.closed == (4401, "unauthorized")
    assert [frame["type"] for frame in outlet.frames] == ["error"]


def test_signs_of_life_do_not_extend_the_time_for_hello() -> None:
    house = House()
    session, outlet = house.enter()
    for _ in range(7):
        house.clock.advance(1.0)
        session.heard()  # a ping of the protocol below
    assert outlet.closed == (4401, "unauthorized")


async def test_hello_in_the_last_moment_is_accepted() -> None:
    house = House(answer=lambda game_id: 1 / 0)
    session, outlet = house.enter()
    house.clock.advance(4.9)
    session.receive(house.hello(), binary=False)
    house.clock.advance(10)
    assert outlet.closed is None
    session.gone()


async def test_a_silence_of_two_and_a_half_heartbeats_ends_the_connection() -> None:
    house = House()
    session, outlet = house.enter()
    session.receive(house.hello(), binary=False)
    house.clock.advance(49)
    session.heard()
    house.clock.advance(49)
    assert outlet.closed is None
    house.clock.advance(2.1)
    assert outlet.closed == (4408, "idle")
    assert [frame["type"] for frame in outlet.frames] == ["error"]
    session.gone()


@pytest.mark.parametrize("game_id", ["x", "%00", "01890000-0000-7000-8000-00000000000g"])
async def test_impossible_ids_are_not_looked_up(game_id: str) -> None:
    house = House()
    session, outlet = house.enter(game_id)
    session.receive(house.hello(), binary=False)
    await ended(session)
    assert outlet.closed == (4404, "room_not_found")
    assert house.rooms.asked == []


async def test_every_spelling_of_an_id_finds_the_room() -> None:
    house = House()
    game_id = str(uuid4())
    for spelling in (game_id, game_id.upper(), game_id.replace("-", ""), f"urn:uuid:{game_id}"):
        session, _ = house.enter(spelling)
        session.receive(house.hello(), binary=False)
        await ended(session)
    assert house.rooms.asked == [game_id] * 4


@pytest.mark.parametrize("error", [RoomUnavailable("moving"), Unavailable("gone")])
async def test_a_room_that_can_not_be_served_now_tells_the_client_to_come_back(error: Exception) -> None:
    def fail(game_id: str) -> None:
        raise error

    session, outlet = House(answer=fail).enter()
    session.receive(orjson.dumps({"type": "hello", "token": ""}), binary=False)
    assert outlet.closed == (4401, "unauthorized")
    house = House(answer=fail)
    session, outlet = house.enter()
    session.receive(house.hello(), binary=False)
    await ended(session)
    assert outlet.closed is not None
    assert outlet.closed[0] == 1012
    assert int(outlet.closed[1]) > 0
    assert [(frame["type"], frame["code"]) for frame in outlet.frames] == [("error", "unavailable")]


async def test_a_room_that_can_not_be_loaded_ends_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    house = House(answer=lambda game_id: 1 / 0)
    session, outlet = house.enter()
    session.receive(house.hello(), binary=False)
    await ended(session)
    assert outlet.closed == (1001, "internal")
    assert [(frame["type"], frame["code"]) for frame in outlet.frames] == [("error", "internal")]
    assert "ZeroDivisionError" in caplog.text


async def test_a_closed_connection_sends_and_handles_nothing() -> None:
    house = House()
    session, outlet = house.enter("x")
    session.receive(house.hello(), binary=False)
    await ended(session)
    said = len(outlet.frames)
    session.receive(b'{"type":"ping"}', binary=False)
    session.receive(b"nonsense", binary=False)
    session.send(b"\x81\x02{}")
    session.close(1000)  # type: ignore[arg-type]
    assert len(outlet.frames) == said
    session.gone()
