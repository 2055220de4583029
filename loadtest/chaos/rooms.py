"""Everybody who plays during a run: relay rooms at a steady rate, El Dorado by sockets, El Dorado by bots alone."""

from __future__ import annotations

import asyncio
import itertools
import random
from dataclasses import dataclass, field
from typing import Any

from loadtest.api import Api, Guest
from loadtest.chaos.players import CardPlayer, Player, RelayPlayer
from loadtest.chaos.reconnecting_client import RunCounts
from loadtest.chaos.waiting import wait_until
from loadtest.pacing import Schedule
from loadtest.wire import CODECS

SEATS = 4
_TICK_S = 0.01
_RENEW_S = 0.1
_BACKLOG_MAX = 8  # commands without an answer, per client; above it nothing new is said
_RELAY_EVENTS_MAX = 2000  # then a room is given up for a new one: a log that grew for ever would be slow to load
_FULL_OF_BOTS = {"bots": SEATS, "as": "spectator", "autostart": True}


@dataclass(slots=True)
class Room:
    """A room and its clients. `leaving`: nothing new is said in it; `closed`: nobody is connected any more."""

    game_id: str
    game: str
    clients: list[Player]
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    leaving: bool = False
    closed: bool = False

    @property
    def is_over(self) -> bool:
        if self.game == "relay":
            return len(self.clients[0].history.digests) >= _RELAY_EVENTS_MAX
        return any(isinstance(client, CardPlayer) and client.over.is_set() for client in self.clients)

    @property
    def unanswered(self) -> int:
        return sum(len(client.outbox) for client in self.clients)

    async def settle(self) -> None:
        """Until all commands are answered and everybody has seen the same end."""
        await wait_until(
            lambda: not self.unanswered and len({len(client.history.digests) for client in self.clients}) == 1
        )

    async def close(self) -> None:
        self.leaving = self.closed = True
        await asyncio.gather(*(client.stop() for client in self.clients))
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


class Rooms:
    """`open` it, `talk` as a task, `close` it. `rooms`: all there have been, in the order of their beginning."""

    def __init__(self, api: Api, draw: random.Random, counts: RunCounts, durability: str = "strict") -> None:
        self.api = api
        self._durability = durability  # of the relay rooms
        self.counts = counts
        self.rooms: list[Room] = []
        self._draw = draw
        self._codecs = itertools.cycle(CODECS.values())

    @property
    def open_rooms(self) -> list[Room]:
        return [room for room in self.rooms if not room.leaving]

    @property
    def clients(self) -> list[Player]:
        """All that are playing now."""
        return [client for room in self.open_rooms for client in room.clients]

    async def open(self, relay: int, eldorado: int, of_bots: int) -> None:
        """So many rooms of each kind, and everybody in them connected."""
        for _ in range(relay):
            await self.relay()
        for _ in range(eldorado):
            await self.eldorado()
        for _ in range(of_bots):
            await self.bots()
        await wait_until(lambda: all(client.connection for client in self.clients))

    async def relay(self, padding: int = 0) -> Room:
        """With `padding` (characters in all that is said) it is one in which `talk` says nothing."""
        config = {"min_players": 1, "max_players": SEATS, "durability": self._durability}
        seats = await self.api.full_room(await self._guests(), game="relay", config=config)
        name = "large relay" if padding else "relay"
        return self._enter(name, [RelayPlayer(seat, *self._means(), padding) for seat in seats])

    async def eldorado(self) -> Room:
        config = {"min_players": SEATS, "max_players": SEATS, "round_pause_ms": 0, "autostart": True}
        seats = await self.api.full_room(await self._guests(), game="eldorado", config=config)
        return self._enter("eldorado", [CardPlayer(seat, *self._means()) for seat in seats])

    async def bots(self) -> Room:
        """Bots alone, and somebody who watches them."""
        config: dict[str, Any] = {"round_pause_ms": 0, "bot_delay_ms": 40}
        (host,) = await self._guests(1)
        seat = await self.api.create_room(host, game="eldorado", config=config, **_FULL_OF_BOTS)
        return self._enter("bots", [CardPlayer(seat, *self._means(), role="spectator")])

    async def _guests(self, count: int = SEATS) -> list[Guest]:
        return [await self.api.guest(f"Player {seat + 1}") for seat in range(count)]

    def _means(self) -> tuple[RunCounts, random.Random, Any]:
        return self.counts, random.Random(self._draw.getrandbits(64)), next(self._codecs)

    def _enter(self, game: str, clients: list[Any]) -> Room:
        room = Room(clients[0].seat.game_id, game, clients)
        room.tasks = [asyncio.create_task(client.run()) for client in clients]
        self.rooms.append(room)
        return room

    async def talk(self, per_s: float) -> None:
        """So many commands a second over all relay rooms, whether answers come or not. Until it is cancelled."""
        per_s = min(per_s, self._allowed_per_s())
        schedule = Schedule(per_s)
        while True:
            relay_players = [c for c in self._relay_players() if len(c.outbox) < _BACKLOG_MAX]
            for _ in range(min(schedule.take_due(), len(relay_players))):
                self._draw.choice(relay_players).say()
            await asyncio.sleep(max(_TICK_S, 1 / per_s))

    def _relay_players(self) -> list[RelayPlayer]:
        rooms = [room for room in self.open_rooms if room.game == "relay"]
        return [client for room in rooms for client in room.clients if isinstance(client, RelayPlayer)]

    def _allowed_per_s(self) -> float:
        """Half of what the server's limits allow: the other half is for what is sent again."""
        return sum(relay_player.limits["commands_per_s"] / 2 for relay_player in self._relay_players())

    async def renew(self) -> None:
        """Put new rooms into the places of those that are over. Until it is cancelled."""
        again = {"relay": self.relay, "eldorado": self.eldorado, "bots": self.bots}
        while True:
            for room in self.open_rooms:
                if room.is_over:
                    room.leaving = True
                    await room.settle()
                    await room.close()
                    await again[room.game]()
            await asyncio.sleep(_RENEW_S)

    async def settle(self) -> None:
        """Until everything is answered and seen, also in the rooms that are being left."""
        await asyncio.gather(*(room.settle() for room in self.rooms if not room.closed))

    async def close(self) -> None:
        await asyncio.gather(*(room.close() for room in self.rooms if not room.closed))
