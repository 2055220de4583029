"""Rooms with constant traffic, while a fault hits another room or the database."""

from __future__ import annotations

import asyncio

from tests.support.client import JSON, MSGPACK, Frame, Player
from tests.support.guests import Guests
from tests.support.reconnecting_client import Memory, visit
from tests.support.server import HostedProcess

OTHERS = 20
WINDOW = 4  # words of one room that are under way


class TalkingRoom:
    """The only player of another room. Has always some words under way."""

    def __init__(self, room: Frame, player: Player) -> None:
        self.memory = Memory(room["ws_url"], player.token)
        self.game_id = room["game_id"]
        self.words = 0
        self.enough = False

    async def talk(self, protocol: str) -> None:
        async with visit(self.memory, protocol) as here:
            while not self.enough:
                await here.command(f"word {self.words}", "say", data=self.words)
                self.words += 1
                await here.until(lambda: self.words - len(self.memory.acks) < WINDOW)
                assert not here.closed, here.close_code
            await here.until(lambda: self.words == len(self.memory.acks))

    async def hears(self, more: int) -> None:
        """So many more words are acknowledged."""
        goal = len(self.memory.acks) + more
        await self.memory.until(lambda: len(self.memory.acks) >= goal)


class OtherRooms:
    def __init__(self, rooms: list[TalkingRoom]) -> None:
        self.all = rooms
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> OtherRooms:
        self._tasks = [asyncio.create_task(n.talk((JSON, MSGPACK)[i % 2])) for i, n in enumerate(self.all)]
        await self.go_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        for other in self.all:
            other.enough = True
        await asyncio.gather(*self._tasks)

    async def go_on(self) -> None:
        """All of them say more and are heard."""
        await asyncio.gather(*(other.hears(20) for other in self.all))


async def other_rooms(guests: Guests) -> OtherRooms:
    players = await guests.several(OTHERS)
    rooms = [await player.http.post("/api/rooms", {"game": "relay"}) for player in players]
    return OtherRooms([TalkingRoom(room, player) for room, player in zip(rooms, players, strict=True)])


def assert_complete(server: HostedProcess, other: TalkingRoom) -> None:
    """Every word is in the log once, and was told."""
    memory = other.memory
    # The player has left: after the grace period, which a slow run may reach, that is an event too, told to nobody.
    head = "select max(event_index) from play.game_events where game_id = %s and type <> 'player_disconnected'"
    memory.complete(server.rows(head, other.game_id)[0][0])
    said = [data["data"] for _, (name, _, data) in sorted(memory.events.items()) if name == "said"]
    assert said == list(range(other.words))
    assert not memory.rejects
