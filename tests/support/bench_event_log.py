"""Prints what the event log does on the embedded server: python -m tests.support.bench_event_log [seconds]"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import uvloop

from migrations import runner
from persistence.database import Database
from persistence.embedded import postgres
from persistence.event_log.log import Committed, Lost, NewEvent, Stream
from persistence.event_log.writer import PostgresLog
from persistence.ids import new_game_id

PAYLOAD = '{"_v":1,"card":"d0:hearts:K","forced":false,"player_id":"0198f3c2-7b1e-7c60-9a55-3f0c2d1e4b5a"}'


class Room:
    """Appends its next event as soon as the last one is committed."""

    def __init__(self, log: PostgresLog, until: float) -> None:
        self.log, self.until = log, until
        self.stream: Stream
        self.sent_at = 0.0
        self.waits: list[float] = []
        self.actor = str(uuid4())
        self.done = asyncio.Event()

    def play(self) -> None:
        self.sent_at = time.perf_counter()
        command = f"c{len(self.waits)}"
        event = NewEvent("card_played", PAYLOAD, int(time.time() * 1000), self.actor, command)
        self.log.append(self.stream, [event])

    def committed(self, proof: Committed) -> None:
        now = time.perf_counter()
        self.waits.append(now - self.sent_at)
        if now < self.until:
            self.play()
        else:
            self.done.set()

    def lost(self, loss: Lost) -> None:
        raise AssertionError(loss)


async def measure(dsn: str, rooms: int, seconds: float) -> None:
    database = await Database.open(dsn)
    log = PostgresLog(database)
    await log.start()
    ids = [new_game_id() for _ in range(rooms)]
    async with database.connection() as connection:
        await connection.execute(
            "insert into play.games (id, game, rules_version, config, session_seed) "
            "select unnest($1::uuid[]), 'relay', 1, '{}', 'x'",
            ids,
        )
    began = time.perf_counter()
    cpu = time.process_time()
    players = [Room(log, began + seconds) for _ in ids]
    for room, game_id in zip(players, ids, strict=True):
        room.stream = log.open(game_id, -1, 1, room)
        room.play()
    for room in players:
        await room.done.wait()
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    counted = log.statistics()
    waits = sorted(wait for room in players for wait in room.waits)
    print(
        f"{rooms:4} rooms: {counted.events / took:8,.0f} events/s, {counted.commits / took:6,.0f} commits/s,"
        f" append to committed p50 {statistics.median(waits) * 1e3:.2f} ms,"
        f" p99 {waits[int(len(waits) * 0.99)] * 1e3:.2f} ms, client CPU {cpu / counted.events * 1e6:.1f} us an event"
    )
    await log.close()
    await database.close()


async def main(dsn: str, seconds: float) -> None:
    for rooms in (1, 10, 100, 500):
        await measure(dsn, rooms, seconds)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = postgres.start(Path(folder) / "db")
        try:
            runner.upgrade(server.dsn)
            uvloop.run(main(server.dsn, float(sys.argv[1]) if len(sys.argv) > 1 else 3.0))
        finally:
            server.stop()
