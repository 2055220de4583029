"""Commands that are sent again and again, by many, over lines that break and a server that is killed: each counts once.

Every copy of a command has its id, so it is the same command, whatever connection it comes from and in whatever order.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack, suppress
from typing import Any

from tests.support.client import JSON, MSGPACK, Frame, Player
from tests.support.postgres import Server
from tests.support.reconnecting_client import GONE, Memory, Visit, visit
from tests.support.server import HostedProcess, serving
from tests.support.soak import amount

SEED = 20_260
ROOMS = 8
PLAYERS = 5  # the same ones in every room
EACH = amount(usual=80, soak=250)  # commands of one player in one room; all players use the same ids, in all rooms
COPIES_MAX = 5
AT_ONCE_MAX = 40
KILLS = (0.2, 0.5, 0.8)  # the share of all commands that is acknowledged when the server is killed
NO_LIMITS = {"PARLOR_COMMANDS_PER_S": "100000", "PARLOR_BURST": "100000"}


class Crowd:
    """The server and those who talk to it."""

    def __init__(self, server: HostedProcess) -> None:
        self.server = server
        self.speakers: list[Speaker] = []
        self.tally: Counter[str] = Counter()
        self._up = asyncio.Event()
        self._up.set()
        self._step = asyncio.Event()

    async def ready(self) -> None:
        """Called by a speaker before each visit."""
        self._step.set()
        await self._up.wait()

    async def kill_now_and_then(self) -> None:
        for share in KILLS:
            while sum(len(speaker.memory.acks) for speaker in self.speakers) < share * len(self.speakers) * EACH:
                self._step.clear()
                await self._step.wait()
            self._up.clear()
            await asyncio.to_thread(self.server.kill)
            await asyncio.to_thread(self.server.start)
            self._up.set()
            self.tally["kills"] += 1


class Speaker:
    """One player in one room, who sends each command one to five times, out of order."""

    def __init__(self, crowd: Crowd, room: Frame, player: Player, name: str) -> None:
        self.memory = Memory(room["ws_url"], player.token)
        self.game_id: str = room["game_id"]
        self.player_id = player.id
        self.ids = [str(number) for number in range(EACH)]
        self.name = name
        self._dice = random.Random(f"{SEED} {name}")
        self._crowd = crowd
        self._copies = self._shuffled()

    def said(self, command_id: str) -> str:
        return f"{self.name} says {command_id}"

    def _shuffled(self) -> list[str]:
        """Every id one to five times; copies are near each other or far apart. To be taken from the end."""
        places = [
            (number + self._dice.choice((0, 0, 3, 30, 200)) * self._dice.random(), command_id)
            for number, command_id in enumerate(self.ids)
            for _ in range(self._dice.randint(1, COPIES_MAX))
        ]
        return [command_id for _, command_id in sorted(places, reverse=True)]

    async def talk(self) -> None:
        """Until everything is said and acknowledged."""
        async with AsyncExitStack() as kept:
            while self._copies or len(self.memory.acks) < EACH:
                await self._crowd.ready()
                with suppress(*GONE):
                    await self._visit(kept)

    async def _visit(self, kept: AsyncExitStack) -> None:
        """One more connection; it may take the place of one that is still open."""
        dice, memory = self._dice, self.memory
        chunk = [self._copies.pop() for _ in range(min(len(self._copies), dice.randint(1, AT_ONCE_MAX)))]
        chunk += [command_id for command_id in self.ids if not self._copies and command_id not in memory.acks]
        dice.shuffle(chunk)
        ending = dice.choice(("wait", "wait", "wait", "close", "cut", "cut within a frame", "replace"))
        self._crowd.tally[ending] += 1
        stack = AsyncExitStack()
        here = await stack.enter_async_context(visit(memory, dice.choice((JSON, MSGPACK))))
        if ending == "replace":
            kept.push_async_callback(stack.aclose)
            await self._send(here, chunk[: len(chunk) // 2])
            late = asyncio.create_task(self._late(here, chunk[len(chunk) // 2 :]))
            kept.push_async_callback(asyncio.wait, {late})
            return
        async with stack:
            if dice.random() < 0.5:
                await here.until(lambda: here.welcome is not None)
            await self._send(here, chunk)
            if ending == "wait":
                await here.until(lambda: memory.acks.keys() >= set(chunk) or bool(memory.rejects))
            elif ending == "close":
                await here.close()
            elif ending == "cut within a frame":
                here.cut_within(self._frame("never whole"), dice.random())

    async def _late(self, here: Visit, chunk: list[str]) -> None:
        """Goes on talking on a connection that another one is about to replace, or has replaced."""
        with suppress(*GONE):
            await self._send(here, chunk)

    def _frame(self, command_id: str) -> Frame:
        return {"type": "command", "id": command_id, "name": "say", "args": {"data": self.said(command_id)}}

    async def _send(self, here: Visit, chunk: list[str]) -> None:
        for command_id in chunk:
            self._crowd.tally["sent"] += 1
            await here.send(self._frame(command_id))

    async def say_all_again(self) -> int:
        """Every id once more, with other words, none of which may be written; the head of the room."""
        acks = dict(self.memory.acks)
        async with visit(self.memory) as here:
            await here.settle("before")
            said = self._said()
            for command_id in self.ids:
                await here.command(command_id, "say", data="something else")
            await here.settle("after")
            assert self._said() == said
            assert here.acked == len(self.ids)
        assert self.memory.acks == acks
        return self.memory.applied

    def _said(self) -> int:
        """How many `said` events arrived; others may come at any time, as when a player is slow to connect."""
        return sum(name == "said" for name, _, _ in self.memory.events.values())


async def enter(server: HostedProcess) -> Crowd:
    crowd = Crowd(server)
    players = [await Player.create(server.url, f"Speaker {number}") for number in range(PLAYERS)]
    for number in range(ROOMS):
        room = await players[0].http.post("/api/rooms", {"game": "relay", "config": {"max_players": PLAYERS}})
        for player in players[1:]:
            await player.http.post(f"/api/rooms/{room['game_id']}/join")
        for seat, player in enumerate(players):
            crowd.speakers.append(Speaker(crowd, room, player, f"{number}/{seat}"))
    for player in players:
        await player.close()
    return crowd


async def test_every_command_counts_once_however_often_it_is_sent(postgres: Server) -> None:
    print(f"seed {SEED}")
    with serving(postgres, **NO_LIMITS) as server:
        crowd = await enter(server)
        async with asyncio.TaskGroup() as everybody:
            everybody.create_task(crowd.kill_now_and_then())
            for speaker in crowd.speakers:
                everybody.create_task(speaker.talk())
        assert crowd.tally["kills"] == len(KILLS)
        heads = [await speaker.say_all_again() for speaker in crowd.speakers]
        print(f"{len(crowd.speakers) * EACH} commands, {dict(crowd.tally)}")
        for speaker, head in zip(crowd.speakers, heads, strict=True):
            assert set(speaker.memory.rejects) <= {"unavailable"}
            speaker.memory.complete(head)
            assert_in_the_log(server, speaker)
        once = "select count(*), count(distinct (game_id, actor_id, command_id)) from play.game_events"
        assert server.rows(f"{once} where command_id is not null") == [(ROOMS * PLAYERS * EACH,) * 2]
        assert "Traceback" not in server.log


def assert_in_the_log(server: HostedProcess, speaker: Speaker) -> None:
    """The speaker's acks and events equal the log."""
    rows: list[Any] = server.rows(
        "select event_index, type, payload - '_v', actor_id::text, command_id from play.game_events"
        " where game_id = %s order by 1",
        speaker.game_id,
    )
    assert [row[0] for row in rows] == list(range(len(rows)))
    assert {index: (row[1], row[2]) for index, row in enumerate(rows) if index in speaker.memory.events} == {
        index: (name, data) for index, (name, _, data) in speaker.memory.events.items()
    }
    mine = {row[4]: (row[0], row[2]["data"]) for row in rows if row[3] == speaker.player_id and row[1] == "said"}
    assert mine == {
        command_id: (first, speaker.said(command_id)) for command_id, (first, _) in speaker.memory.acks.items()
    }
    assert len(mine) == EACH
