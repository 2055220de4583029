"""Resumes that claim anything at all, and connections that replace each other, while somebody talks without a pause."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from tests.support.client import JSON, MSGPACK, Frame, Player
from tests.support.postgres import Server
from tests.support.reconnecting_client import Memory, Visit, visit
from tests.support.server import HostedProcess, serving

PAST = 700  # events before the first resume: more than are replayed
FURTHER = 30  # live events that each connection has to hear
WINDOW = 20  # words that are under way


@pytest.fixture(scope="module")
def server(postgres: Server) -> Iterator[HostedProcess]:
    with serving(postgres, PARLOR_COMMANDS_PER_S="100000", PARLOR_BURST="100000") as running:
        yield running


class Talker:
    """Has always some words under way."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.said = 0

    async def say(self, here: Visit, count: int) -> None:
        """So many words, each after one of those before it is acknowledged."""
        for _ in range(count):
            await here.command(f"word {self.said}", "say", data=self.said)
            self.said += 1
            await here.until(lambda: self.said - len(self.memory.acks) < WINDOW)

    async def talk(self, here: Visit) -> None:
        while True:
            await self.say(here, 1)


@asynccontextmanager
async def talking(talker: Talker) -> AsyncIterator[None]:
    """The player talks as long as the block lasts."""
    async with visit(talker.memory) as here:
        task = asyncio.create_task(talker.talk(here))
        yield
        task.cancel()
        await asyncio.wait({task})


async def room_with_a_past(server: HostedProcess) -> tuple[Talker, list[Player], Frame]:
    """A talker who has talked already, and a player and a spectator who have not yet come."""
    people = [await Player.create(server.url, name) for name in ("Talker", "Player", "Spectator")]
    room = await people[0].http.post("/api/rooms", {"game": "relay"})
    await people[1].http.post(f"/api/rooms/{room['game_id']}/join")
    talker = Talker(Memory(room["ws_url"], people[0].token))
    async with visit(talker.memory) as here:
        await talker.say(here, PAST)
        await here.until(lambda: len(talker.memory.acks) == talker.said)
    for player in people:
        await player.close()
    return talker, people[1:], room


def log_of(server: HostedProcess, room: Frame) -> dict[int, tuple[str, Any]]:
    rows = server.rows(
        "select event_index, type, payload - '_v' from play.game_events where game_id = %s", room["game_id"]
    )
    return {index: (name, data) for index, name, data in rows}


# What is claimed: how far behind the head (None: an index of its own), the epoch compared with that of the room, and
# how the gap is bridged.
CLAIMS: list[tuple[str, int | None, int | None, int | None, str]] = [
    ("nothing", None, -1, None, "state"),  # more than 500 events are missing
    ("the first event", None, 0, None, "state"),
    ("in the middle", 300, None, 0, "replay"),
    ("a little behind", 70, None, 0, "replay"),  # more than the room has in memory
    ("just behind", 1, None, 0, "replay"),
    ("the head", 0, None, 0, "replay"),
    ("no epoch", 10, None, None, "replay"),
    ("an older epoch", 10, None, -1, "replay"),
    ("a much older epoch", 10, None, -(10**6), "replay"),
    ("a newer epoch", 10, None, 1, "state"),
    ("a much newer epoch", 10, None, 10**12, "state"),
    ("far behind", 650, None, 0, "state"),
    ("beyond the head", -(10**6), None, 0, "state"),
    ("absurd", None, 2**63 - 1, 0, "state"),
]


@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
async def test_a_resume_from_any_index_misses_nothing(server: HostedProcess, restarted: bool) -> None:
    talker, people, room = await room_with_a_past(server)
    if restarted:
        server.kill()
        server.start()
    async with talking(talker):
        for number, (what, behind, own, epoch, mode) in enumerate(CLAIMS):
            known = talker.memory
            last_index = own if behind is None else known.applied - behind
            claimed = None if epoch is None or known.epoch is None else known.epoch + epoch
            memory = Memory(room["ws_url"], people[number % 2].token)
            async with visit(memory, (JSON, MSGPACK)[number // 2 % 2], last_index=last_index, epoch=claimed) as here:
                await here.hears(FURTHER + (behind or 0 if mode == "replay" else 0))
                assert here.welcome is not None and here.welcome["mode"] == mode, what
            log = log_of(server, room)
            assert {index: (name, data) for index, (name, _, data) in memory.events.items()} == {
                index: log[index] for index in memory.events
            }, what
            first = (last_index or 0) + 1 if mode == "replay" else memory.applied - len(memory.events) + 1
            assert sorted(memory.events) == list(range(first, memory.applied + 1)), what


@pytest.mark.parametrize("seat", [0, 1], ids=["player", "spectator"])
async def test_a_replacing_connection_continues_where_the_last_one_ended(server: HostedProcess, seat: int) -> None:
    talker, people, room = await room_with_a_past(server)
    memory = Memory(room["ws_url"], people[seat].token)
    ended: list[Visit] = []
    async with talking(talker), AsyncExitStack() as open_lines:
        for number in range(20):
            here = await open_lines.enter_async_context(visit(memory, (JSON, MSGPACK)[number % 2]))
            await here.hears(number + 1)
            for last in ended[-1:]:
                await last.ends()
            ended.append(here)
        assert [here.close_code for here in ended[:-1]] == [4409] * 19
        await here.settle("still here")
        assert not here.closed
    log = log_of(server, room)
    assert {index: (name, data) for index, (name, _, data) in memory.events.items()} == {
        index: log[index] for index in memory.events
    }
    assert set(memory.events) | memory.bridged == set(range(memory.applied + 1))
    assert memory.modes == {"state": 1, "replay": 19}


async def test_one_of_many_simultaneous_connections_stays(server: HostedProcess) -> None:
    talker, people, room = await room_with_a_past(server)
    memories = [Memory(room["ws_url"], people[0].token) for _ in range(12)]
    async with talking(talker), AsyncExitStack() as open_lines:
        lines = await asyncio.gather(*(open_lines.enter_async_context(visit(memory)) for memory in memories))
        ends = {asyncio.create_task(line.ends()): line for line in lines}
        left = set(ends)
        while len(left) > 1:
            _, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
        (alive,) = (ends[end] for end in left)
        heard = alive.events
        await alive.hears(heard + FURTHER)
        assert not alive.closed
        assert [line.close_code for line in lines if line is not alive] == [4409] * 11
        left.pop().cancel()
