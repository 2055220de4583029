"""A client process: `python -m loadtest.load.worker`.

Reads its share (a line of JSON), then the words "measure", "read" and "stop". Prints lines of JSON: {"ready": {...}}
when all rooms are open, {"tick": {...}} every second, {"done": {...}} or {"failed": "why"} at the end.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from typing import Any

import uvloop

from loadtest import machine
from loadtest.api import Api, ApiError
from loadtest.connection import ConnectionFailed
from loadtest.load.bot_work import BotWork
from loadtest.load.game_reads import GameReads
from loadtest.load.lobby_work import LobbyWork
from loadtest.load.relay_work import RelayWork
from loadtest.load.share import Share
from loadtest.load.table_work import TableWork
from loadtest.load.work import RateNotAllowed, Work

TICK_S = 1.0
_EXPECTED = (ApiError, ConnectionFailed, RateNotAllowed, OSError, TimeoutError)
_TOO_MANY_FILES = 24


def make(share: Share, api: Api) -> Work:
    if share.work == "bots":
        return BotWork(share, api)
    if share.work == "lobby":
        return LobbyWork(share, api)
    return RelayWork(share, api) if share.game == "relay" else TableWork(share, api)


async def serve(share: Share) -> int:
    api = Api(share.url)
    work = make(share, api)
    ticking = asyncio.create_task(_tick(work))
    try:
        await work.open()
        say(ready={"rooms": work.rooms, "connections": work.connections})
        await _work_until_told(work)
        ticking.cancel()
        await work.finish()
        checked = await work.check()
        say(done={**checked.as_json(), "notes": work.notes})
        await work.close()
    except ExceptionGroup as group:
        say(failed=describe(_first(group)))
        return 1
    except _EXPECTED as error:
        say(failed=describe(error))
        return 1
    finally:
        ticking.cancel()
        await api.close()
    return 0


async def _work_until_told(work: Work) -> None:
    """Run the work until standard input says "stop". Raises the error of the work."""
    running = asyncio.create_task(work.run())
    reading = asyncio.create_task(_listen(work))
    await asyncio.wait({running, reading}, return_when=asyncio.FIRST_COMPLETED)
    if not reading.done():
        # A closed loop continues by itself: its `run` returns at once.
        running.result()
        await reading
    running.cancel()
    await asyncio.wait({running})
    if not running.cancelled() and (error := running.exception()) is not None:
        raise error


async def _listen(work: Work) -> None:
    """Follow the words on standard input until "stop", then end the reads."""
    reads: asyncio.Task[None] | None = None
    while (word := (await asyncio.to_thread(sys.stdin.readline)).strip()) not in ("stop", ""):
        if word == "measure":
            work.take()
        elif word == "read":
            reads = asyncio.create_task(GameReads(work, work.share.url, work.share.reads_per_s).run())
    if reads is not None:
        reads.cancel()
        await asyncio.wait({reads})
        if not reads.cancelled():
            reads.result()


async def _tick(work: Work) -> None:
    loop = asyncio.get_running_loop()
    due_s, began_s, cpu_s = loop.time(), loop.time(), time.process_time()
    while True:
        due_s += TICK_S
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        now_s, used_s = loop.time(), time.process_time()
        figures: dict[str, Any] = {"rooms": work.rooms, "connections": work.connections}
        figures["cpu"] = round((used_s - cpu_s) / (now_s - began_s), 3)
        say(tick={**figures, **work.take().as_json()})
        began_s, cpu_s = now_s, used_s


def say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def describe(error: BaseException) -> str:
    """The error as text for people."""
    if isinstance(error, OSError) and error.errno == _TOO_MANY_FILES:
        return "this machine allows no more open files (ulimit -n): a limit of the clients, not of the server"
    if isinstance(error, RateNotAllowed):
        return str(error)
    return f"{type(error).__name__}: {error}"


def main() -> int:
    machine.allow_many_files()
    line = sys.stdin.readline()
    if not line:
        return 1
    gc.disable()  # pauses of the clients would be measured as the server's; there are hardly any cycles
    return uvloop.run(serve(Share(**json.loads(line))))


if __name__ == "__main__":
    sys.exit(main())
