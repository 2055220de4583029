"""The rooms of a run and their clients: relay rooms at a steady rate, El Dorado with clients, El Dorado with bots."""

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
_BACKLOG_MAX = 8  # unanswered commands of a client; above this it sends no new ones
_RELAY_EVENTS_MAX = 2000  # then a new room replaces it: an ever-growing log would be slow to load
_FULL_OF_BOTS = {"bots": SEATS, "as": "spectator", "autostart": True}


@dataclass(slots=True)
class Room:
    """A room and its clients. `leaving`: no new commands are sent; `closed`: all clients have disconnected."""

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
        """Wait until all commands are answered and all clients have the same newest event."""
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
    """Call `open`, run `talk` and `renew` as tasks, then `close`. `rooms`: all that were ever opened, in this order."""

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
        """The clients of the open rooms."""
        return [client for room in self.open_rooms for client in room.clients]

    async def open(self, relay: int, eldorado: int, of_bots: int) -> None:
        """Open so many rooms of each kind. Returns when all clients are connected."""
        for _ in range(relay):
            await self.relay()
        for _ in range(eldorado):
            await self.eldorado()
        for _ in range(of_bots):
            await self.bots()
        await wait_until(lambda: all(client.connection for client in self.clients))

    async def relay(self, padding: int = 0) -> Room:
        """Open a relay room. With `padding` (extra characters of each message) `talk` sends nothing in it."""
        config = {"min_players": 1, "max_players": SEATS, "durability": self._durability}
        seats = await self.api.full_room(await self._guests(), game="relay", config=config)
        name = "large relay" if padding else "relay"
        return self._enter(name, [RelayPlayer(seat, *self._client_arguments(), padding) for seat in seats])

    async def eldorado(self) -> Room:
        config = {"min_players": SEATS, "max_players": SEATS, "round_pause_ms": 0, "autostart": True}
        seats = await self.api.full_room(await self._guests(), game="eldorado", config=config)
        return self._enter("eldorado", [CardPlayer(seat, *self._client_arguments()) for seat in seats])

    async def bots(self) -> Room:
        """Open a room of bots with one spectator."""
        config: dict[str, Any] = {"round_pause_ms": 0, "bot_delay_ms": 40}
        (host,) = await self._guests(1)
        seat = await self.api.create_room(host, game="eldorado", config=config, **_FULL_OF_BOTS)
        return self._enter("bots", [CardPlayer(seat, *self._client_arguments(), role="spectator")])

    async def _guests(self, count: int = SEATS) -> list[Guest]:
        return [await self.api.guest(f"Player {seat + 1}") for seat in range(count)]

    def _client_arguments(self) -> tuple[RunCounts, random.Random, Any]:
        return self.counts, random.Random(self._draw.getrandbits(64)), next(self._codecs)

    def _enter(self, game: str, clients: list[Any]) -> Room:
        room = Room(clients[0].seat.game_id, game, clients)
        room.tasks = [asyncio.create_task(client.run()) for client in clients]
        self.rooms.append(room)
        return room

    async def talk(self, per_s: float) -> None:
        """Send so many commands a second over all relay rooms, whether answers come or not. Runs until cancelled."""
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
        """Half of the rate that the server's limits allow: the other half is for commands that are sent again."""
        return sum(relay_player.limits["commands_per_s"] / 2 for relay_player in self._relay_players())

    async def renew(self) -> None:
        """Replace rooms that are over by new ones. Runs until cancelled."""
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
        """Wait until all rooms have settled, including those that are being left."""
        await asyncio.gather(*(room.settle() for room in self.rooms if not room.closed))

    async def close(self) -> None:
        await asyncio.gather(*(room.close() for room in self.rooms if not room.closed))
