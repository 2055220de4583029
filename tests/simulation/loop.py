"""Virtual time for asyncio: the real event loop, but when nothing is ready it jumps to the next timer.

No sockets and no threads. `asyncio.sleep`, timeouts and timers take no real time and always happen in the same order.
"""

from __future__ import annotations

import asyncio
import os
import random as global_random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from random import Random
from types import SimpleNamespace
from typing import Any

import persistence.ids

START_MS = 1_800_000_000_000
"""The wall clock at the beginning of every simulation."""


class Deadlock(RuntimeError):
    """All tasks wait, and no timer is set."""


class _TimeSelector:
    """In place of the selector: advances the time instead of waiting for sockets."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise Deadlock("nothing is ready and no timer is set")
        self._loop.now_s += timeout
        return []


class VirtualLoop(asyncio.BaseEventLoop):
    """`now_s`: virtual seconds since the beginning."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self._selector = _TimeSelector(self)

    def time(self) -> float:
        return self.now_s

    def now_ms(self) -> int:
        """The wall clock, milliseconds since 1970."""
        return START_MS + int(self.now_s * 1000)

    def _process_events(self, event_list: list[Any]) -> None:
        """There are no events."""

    def _write_to_self(self) -> None:
        """There is no other thread."""


class NodeClock:
    """The `Clock` of one node: its timers end with the node."""

    def __init__(self, loop: VirtualLoop, context: Context) -> None:
        self._loop = loop
        self._context = context
        self.stopped = False

    def now_ms(self) -> int:
        return self._loop.now_ms()

    def monotonic(self) -> float:
        return self._loop.now_s

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> asyncio.Handle:
        def due() -> None:
            if not self.stopped:
                callback()

        return self._loop.call_later(max(0.0, delay_s), due, context=self._context)


@contextmanager
def all_randomness_from(random: Random, loop: VirtualLoop) -> Iterator[None]:
    """Draw all random values of the process from `random`: backoffs, batch ids, seeds, join codes, ids of games."""
    names = ((os, "urandom"), (global_random, "_urandom"), (persistence.ids, "time"), (persistence.ids, "_last"))
    before = [getattr(module, name) for module, name in names]
    state = global_random.getstate()
    fakes = (random.randbytes, random.randbytes, SimpleNamespace(time_ns=lambda: loop.now_ms() * 1_000_000), 0)
    try:
        for (module, name), fake in zip(names, fakes, strict=True):
            setattr(module, name, fake)
        global_random.seed(random.getrandbits(64))
        yield
    finally:
        for (module, name), real in zip(names, before, strict=True):
            setattr(module, name, real)
        global_random.setstate(state)
