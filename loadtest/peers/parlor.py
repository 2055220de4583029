"""Clients of Parlor for the same load."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

from loadtest.api import Api, Guest
from loadtest.connection import Connection, FrameHandler, connect
from loadtest.peers.load import PeerLoad
from loadtest.wire import CODECS

_AT_ONCE = 8  # rooms that are opened concurrently


class ParlorClient(FrameHandler):
    """One client of a room. The own event that comes back serves as the ack, as with Colyseus."""

    def __init__(self, load: PeerLoad) -> None:
        self.connection: Connection
        self._load = load

    def say(self, due_s: float | None = None) -> None:
        sent_s = perf_counter() if due_s is None else due_s
        number = self._load.sent()
        self.connection.command(str(number), "say", {"data": {"n": number, "t": sent_s}})

    def on_connection(self, connection: Connection) -> None:
        self.connection = connection

    def on_event(self, frame: dict[str, Any]) -> None:
        if frame["name"] == "said":
            data = frame["data"]
            took_s = self.connection.received_at_s - data["data"]["t"]
            is_own = data["player_id"] == self.connection.welcome["player_id"]
            self._load.received(self, took_s, is_own=is_own)

    def on_reject(self, frame: dict[str, Any]) -> None:
        raise RuntimeError(f"refused: {frame['code']} {frame['message']}")

    async def close(self) -> None:
        await self.connection.close()


async def open_rooms(load: PeerLoad, url: str, durability: str, rooms: int, sockets: int) -> None:
    """`durability`: strict or relaxed. Uses MessagePack, as Colyseus does."""
    api = Api(url)
    guests: list[Guest] = [await api.guest(f"Speaker {seat + 1}") for seat in range(sockets)]
    config = {"min_players": 1, "max_players": sockets, "durability": durability}
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one() -> None:
        async with slots:
            room = []
            for seat in await api.full_room(guests, game="relay", config=config, is_public=False):
                client = ParlorClient(load)
                await connect(seat.ws_url, seat.guest.token, client, codec=CODECS["msgpack"])
                room.append(client)
            load.rooms.append(room)

    await asyncio.gather(*(one() for _ in range(rooms)))
    await api.close()
