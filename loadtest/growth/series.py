"""The series that are measured, each on a server of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any, TypeAlias

from loadtest.api import Api, Guest, Seat
from loadtest.bench.report import BenchReport
from loadtest.bench.spectators import measure_spectators
from loadtest.connection import FrameHandler, connect
from loadtest.growth.fill import Filling
from loadtest.launch import LocalServer
from loadtest.load.server_metrics import parse_metrics
from loadtest.peers.load import PeerLoad
from loadtest.peers.parlor import open_rooms
from loadtest.tables import bot_game

Row: TypeAlias = dict[str, float]
Series: TypeAlias = Callable[[LocalServer, "Sizes"], Coroutine[Any, Any, list[Row]]]

_IN_FLIGHT = 800  # messages over all rooms, whatever their number
_PER_ROOM = 256  # a room accepts at most 512 uncommitted events
_WARM_S = 1.0
_REPLAYS = 50
_START_S = 300.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of each series. `seconds`: of each measurement."""

    seconds: float = 4.0
    rate: float = 1000.0
    rooms: Sequence[int] = (1, 10, 100, 1000, 5000)
    players: Sequence[int] = (2, 4, 6, 8, 10)
    spectators: Sequence[int] = (0, 100, 1000, 5000)
    events: Sequence[int] = (0, 1_000_000, 20_000_000)
    idle_rooms: int = 1000
    unfinished: Sequence[int] = (0, 1000, 10_000)


SMALL = Sizes(1.0, 50.0, (1, 5), (2, 3), (0, 5), (0, 5_000), 20, (0, 20))
"""Tiny sizes, to check that the command works."""


async def rooms(server: LocalServer, sizes: Sizes) -> list[Row]:
    """Relay rooms of 4 (of 2 beyond a thousand, for the clients' sake)."""
    return [await _talk(server, sizes, count, 4 if count <= 1000 else 2, "rooms") for count in sizes.rooms]


async def players(server: LocalServer, sizes: Sizes) -> list[Row]:
    """A hundred relay rooms with so many players."""
    count = min(100, max(sizes.rooms))
    return [await _talk(server, sizes, count, seats, "players") for seats in sizes.players]


async def spectators(server: LocalServer, sizes: Sizes) -> list[Row]:
    """One room of four with ten commands a second and so many spectators."""
    report = BenchReport()
    await measure_spectators(server, tuple(sizes.spectators), sizes.seconds, report)
    if report.problems:
        raise RuntimeError(report.problems[0])
    values = {figure.key: figure.value for figure in report.figures}
    return [
        {
            "spectators": count,
            "ack_p50_ms": values[f"spectators_{count}_ack_p50_ms"],
            "ack_p99_ms": values[f"spectators_{count}_ack_p99_ms"],
            "deliveries_per_s": values.get(f"spectators_{count}_deliveries", 0.0),
            "server_cpu_percent": values[f"spectators_{count}_server_cpu"],
        }
        for count in sizes.spectators
    ]


async def log(server: LocalServer, sizes: Sizes) -> list[Row]:
    """Appends and replays with so many events of finished games in the table."""
    api = Api(server.url)
    guest = await api.guest("Watcher")
    await bot_game(api, guest)
    filling = Filling(server.database_url())
    rows = []
    for wanted in sizes.events:
        events = await asyncio.to_thread(filling.finished_games, wanted)
        row = await _talk(server, sizes, min(100, max(sizes.rooms)), 4, "events")
        row["events"] = events
        reads = []
        for game_id in await asyncio.to_thread(filling.some_finished, _REPLAYS):
            began_s = perf_counter()
            await api.call("GET", f"/api/games/{game_id}/events?limit=1000")
            reads.append((perf_counter() - began_s) * 1e3)
        rows.append({**row, "replay_p50_ms": median(reads), "replay_max_ms": max(reads)})
    await api.close()
    return rows


async def memory(server: LocalServer, sizes: Sizes) -> list[Row]:
    """Memory of idle rooms and connections."""
    api = Api(server.url)
    guests = [await api.guest(f"Guest {number + 1}") for number in range(4)]
    await _open_room(api, guests)  # so that one-time allocations are not counted
    at_first, _ = server.memory()
    seats = [await _open_room(api, guests) for _ in range(sizes.idle_rooms)]
    with_rooms, _ = server.memory()
    connections = [await connect(seat.ws_url, seat.guest.token, FrameHandler()) for room in seats for seat in room]
    with_sockets, _ = server.memory()
    await asyncio.gather(*(connection.close() for connection in connections))
    await api.close()
    return [
        {
            "rooms": sizes.idle_rooms,
            "sockets": len(connections),
            "kib_per_room": (with_rooms - at_first) / 1024 / sizes.idle_rooms,
            "kib_per_socket": (with_sockets - with_rooms) / 1024 / len(connections),
        }
    ]


async def start(server: LocalServer, sizes: Sizes) -> list[Row]:
    """Start after a crash with so many running games."""
    api = Api(server.url, patience_s=60.0)
    guests = [await api.guest(f"Player {number + 1}") for number in range(4)]
    config = {"min_players": 4, "max_players": 4, "autostart": True, "turn_seconds": 120}
    await api.full_room(guests, game="eldorado", config=config, is_public=False)
    filling = Filling(server.database_url())
    rows = []
    for wanted in sizes.unfinished:
        games = await asyncio.to_thread(filling.unfinished_games, wanted)
        server.crash()
        began_s = perf_counter()
        await asyncio.to_thread(server.start_again)
        ready_s = perf_counter() - began_s
        await _until_rooms(api, games)
        told, _ = server.memory()
        all_s = perf_counter() - began_s
        rows.append({"games": games, "ready_s": ready_s, "all_rooms_s": all_s, "server_mib": told / 2**20})
    await api.close()
    return rows


SERIES: dict[str, Series] = {
    "rooms": rooms,
    "players": players,
    "spectators": spectators,
    "log": log,
    "memory": memory,
    "start": start,
}


async def _talk(server: LocalServer, sizes: Sizes, count: int, seats: int, key: str) -> Row:
    load = PeerLoad()
    await open_rooms(load, server.url, "strict", count, seats)
    span, took_s = await load.saturate(min(max(1, _IN_FLIGHT // count), _PER_ROOM), _WARM_S, sizes.seconds)
    paced, _ = await load.pace(sizes.rate, _WARM_S, sizes.seconds)
    await load.close()
    return {
        key: count if key == "rooms" else seats,
        "actions_per_s": span.acks / took_s,
        "deliveries_per_s": span.deliveries / took_s,
        "p50_ms": paced.to_broadcast.quantile(0.5) * 1e3,
        "p99_ms": paced.to_broadcast.quantile(0.99) * 1e3,
    }


async def _open_room(api: Api, guests: list[Guest]) -> list[Seat]:
    return await api.full_room(guests, game="relay", config={"min_players": 1, "max_players": 4}, is_public=False)


async def _until_rooms(api: Api, count: int) -> None:
    """Wait until the server has loaded `count` rooms. Raises TimeoutError."""
    deadline_s = time.monotonic() + _START_S
    while time.monotonic() < deadline_s:
        raw = await api.call("GET", "/metrics")
        if parse_metrics(raw.decode()).get(("parlor_rooms", ""), 0) >= count:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(f"{count} rooms were not loaded in {_START_S:.0f} s")
