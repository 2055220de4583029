"""Recovery from a crash: many running rooms, kill -9, and the time until each room has committed a command again."""

from __future__ import annotations

import asyncio
from time import perf_counter

from loadtest.api import Api, Seat
from loadtest.bench.report import BenchReport, Goal
from loadtest.connection import Connection, ConnectionFailed, FrameHandler, connect
from loadtest.launch import LocalServer

_OPENING_AT_ONCE = 20
_AGAIN_S = 0.05
_PATIENCE_S = 60.0


class _AckWaiter(FrameHandler):
    """A player who waits for an ack."""

    def __init__(self) -> None:
        self.acked = asyncio.Event()

    def on_ack(self, frame: dict[str, object]) -> None:
        self.acked.set()


async def measure_recovery(server: LocalServer, rooms: int, report: BenchReport) -> None:
    """Kill the server while `rooms` rooms with one player and three bots wait for the player's move."""
    api = Api(server.url)
    seats = await _open(api, rooms)
    await api.close()
    connections = [await connect(seat.ws_url, seat.guest.token, _AckWaiter()) for seat in seats]
    await asyncio.to_thread(server.crash)
    await asyncio.gather(*(connection.ended for connection in connections))
    began_s = perf_counter()
    await asyncio.to_thread(server.start_again)
    ready_s = perf_counter()
    async with asyncio.timeout(_PATIENCE_S):
        answered = sorted(await asyncio.gather(*(_reconnected(*each) for each in zip(seats, connections, strict=True))))
    report.problems += [
        f"{s.game_id}: {p}"
        for s, connection in zip(seats, connections, strict=True)
        for p in connection.journal.problems
    ]
    tell, goal = report.add, Goal("< 5 s", 5, least=False)
    tell("recovery_s", f"kill -9 with {rooms:,} running rooms: to the last ack", [answered[-1] - began_s], "s", goal)
    tell("recovery_p50_s", "  to the ack in half of them", [answered[len(answered) // 2] - began_s], "s")
    tell("recovery_ready_s", "  of that, until the new process was ready", [ready_s - began_s], "s")


async def _open(api: Api, rooms: int) -> list[Seat]:
    free = asyncio.Semaphore(_OPENING_AT_ONCE)

    async def one(number: int) -> Seat:
        async with free:
            guest = await api.guest(f"P{number}")
            config = {"min_players": 4, "max_players": 4, "turn_seconds": 120}
            return await api.create_room(guest, game="eldorado", bots=3, autostart=True, config=config)

    return await asyncio.gather(*(one(number) for number in range(rooms)))


async def _reconnected(seat: Seat, before: Connection) -> float:
    """Reconnect and send a command; returns the perf_counter of its ack."""
    waiter = _AckWaiter()
    while True:
        try:
            connection = await connect(
                seat.ws_url, seat.guest.token, waiter, journal=before.journal, epoch=before.welcome["epoch"]
            )
        except (ConnectionFailed, OSError):
            await asyncio.sleep(_AGAIN_S)
            continue
        connection.command("back", "update_profile", {"color": "#123456"})
        acked = asyncio.create_task(waiter.acked.wait())
        await asyncio.wait((acked, asyncio.ensure_future(connection.ended)), return_when=asyncio.FIRST_COMPLETED)
        acked.cancel()
        if waiter.acked.is_set():
            answered_s = perf_counter()
            connection.abort()
            return answered_s
