"""A process in which bots think, started by `ProcessPool`.

Requests come over standard input and answers go over standard output, each pickled, behind its length. The process
ends with its parent, however the parent ends: then its input ends too, which a thread notices even while a bot thinks.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Any

from server import limits
from server.clock import SystemClock
from server.games.registry import Registry
from server.rooms.machine.thought import Thought

COMMAND = (
    sys.executable,
    "-c",
    "import sys; sys.path[:] = sys.argv[1:]; from server.rooms.bots.worker import main; main()",
    *sys.path,
)
"""Starts a worker. It finds the same modules as its parent, wherever the parent was started."""

HEAD = struct.Struct("!I")
"""The length of the body that follows, in bytes."""


def framed(value: Any) -> bytes:
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return HEAD.pack(len(body)) + body


def main() -> None:
    """Answer one request after the other: (thought, milliseconds) gives a command, or None if the bot failed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the server
    os.nice(limits.BOT_NICENESS)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a bot prints must not look like an answer
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, requests), daemon=True).start()
    registry, clock = Registry.installed(), SystemClock()
    while True:
        thought, think_ms = pickle.loads(requests.get())  # noqa: S301  # from the server whose child this is
        until = clock.monotonic() + think_ms / 1000
        answers.write(framed(_think(thought, registry, clock, until)))


def _think(thought: Thought, registry: Registry, clock: SystemClock, until: float) -> Any:
    try:
        return thought.think(registry, lambda: clock.monotonic() < until)
    except Exception as error:  # noqa: BLE001  # bots of third parties may raise anything
        print(f"a bot of level {thought.level} of {thought.game} failed: {error!r}", file=sys.stderr, flush=True)
        return None


def _read(requests: IO[bytes], into: SimpleQueue[bytes]) -> None:
    with suppress(OSError, struct.error):
        while head := requests.read(HEAD.size):
            into.put(requests.read(HEAD.unpack(head)[0]))
    os._exit(0)  # the server is gone
