"""Many spectators of one room, in a process of their own so that they take nothing from the players beside them.

`python -m loadtest.bench.spectator_process WS_URL COUNT` prints "here" when all are in the room. Then, for each line
that it reads, the index of an event, it waits until every spectator has received that event, and prints a line of
JSON: {"events", "problems"}.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any
from urllib.parse import urlsplit

import orjson
import uvloop

from loadtest import machine
from loadtest.api import Api
from loadtest.connection import Connection, FrameHandler, connect

_AT_ONCE = 20
_PATIENCE_S = 60.0
_LOOK_S = 0.02


class _Spectator(FrameHandler):
    """`head`: index of the newest event that this spectator has, from an event or a state."""

    def __init__(self) -> None:
        self.head = -1
        self.events = 0

    def on_event(self, frame: dict[str, Any]) -> None:
        self.head = frame["index"]
        self.events += 1

    def on_other(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "state":
            self.head = frame["index"]


async def spectate(ws_url: str, count: int) -> None:
    place = urlsplit(ws_url)
    api = Api(f"http://{place.hostname}:{place.port}")
    slots = asyncio.Semaphore(_AT_ONCE)
    spectators = [_Spectator() for _ in range(count)]

    async def enter(number: int) -> Connection:
        async with slots:
            guest = await api.guest(f"Watcher {number + 1}")
            return await connect(ws_url, guest.token, spectators[number], role="spectator")

    connections = await asyncio.gather(*(enter(number) for number in range(count)))
    await api.close()
    print("here", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        await _all_reach(int(line), spectators)
        problems = [problem for connection in connections for problem in connection.journal.problems]
        problems += ["a spectator was cut" for connection in connections if connection.ended.done()]
        found = {"events": sum(spectator.events for spectator in spectators), "problems": problems[:20]}
        print(orjson.dumps(found).decode(), flush=True)


async def _all_reach(index: int, spectators: list[_Spectator]) -> None:
    for _ in range(int(_PATIENCE_S / _LOOK_S)):
        if all(spectator.head >= index for spectator in spectators):
            return
        await asyncio.sleep(_LOOK_S)
    raise TimeoutError(f"not all spectators received event {index}")


if __name__ == "__main__":
    machine.allow_many_files()
    os.nice(5)  # on a shared core the players' process goes first
    uvloop.run(spectate(sys.argv[1], int(sys.argv[2])))
