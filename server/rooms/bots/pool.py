"""Where bots think: processes of low priority, so that the event loop, the players' path, never waits for them."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
from asyncio.subprocess import PIPE, Process
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from server import limits
from server.clock import Clock, Timer
from server.games.rules import Command
from server.metrics import Metrics, ThoughtOutcome
from server.rooms.bots.worker import COMMAND, HEAD, framed
from server.rooms.machine.thought import Answer, Thought, Withdraw

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Wish:
    """`answer` None: it was answered or withdrawn."""

    thought: Thought
    answer: Answer | None
    at_s: float
    timer: Timer | None = None


class ProcessPool:
    """`Thinkers` in at most `processes` processes, each started when it is first needed and again when it has died.

    `think_ms`: for one decision. When more wait than think, each gets less, so that none comes much later. A wish that
    finds the queue full, or is not answered within `patience_s`, is answered with None.
    """

    def __init__(
        self,
        clock: Clock,
        metrics: Metrics,
        *,
        processes: int,
        think_ms: int,
        patience_s: float | None = None,
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        self._clock = clock
        self._metrics = metrics
        self._processes = processes
        self._think_ms = think_ms
        self._patience_s = think_ms / 1000 + limits.BOT_ANSWER_S if patience_s is None else patience_s
        self._command = command
        self._waiting: deque[_Wish] = deque()
        self._wake = asyncio.Event()
        self._idle = 0
        self._workers: list[asyncio.Task[None]] = []
        self.pids: set[int] = set()  # of those that run

    def think(self, thought: Thought, answer: Answer) -> Withdraw:
        """See `Thinkers`."""
        wish = _Wish(thought, answer, self._clock.monotonic())
        if not self._processes or len(self._waiting) >= limits.THOUGHTS_WAITING_MAX:
            wish.timer = self._clock.call_later(0, lambda: self._settle(wish, None, ThoughtOutcome.CROWDED))
            return lambda: self._withdraw(wish)
        wish.timer = self._clock.call_later(self._patience_s, lambda: self._settle(wish, None, ThoughtOutcome.LATE))
        self._waiting.append(wish)
        if len(self._waiting) > self._idle and len(self._workers) < self._processes:
            self._workers.append(asyncio.create_task(self._work(), name="bots think"))
        self._wake.set()
        return lambda: self._withdraw(wish)

    async def close(self) -> None:
        """End the processes. Nothing is answered any more."""
        self._processes = 0
        for wish in tuple(self._waiting):
            self._withdraw(wish)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def _withdraw(self, wish: _Wish) -> None:
        wish.answer, answered = None, wish.answer is None
        if not answered:
            self._end(wish, ThoughtOutcome.WITHDRAWN)

    def _settle(self, wish: _Wish, command: Command | None, outcome: ThoughtOutcome) -> None:
        answer, wish.answer = wish.answer, None
        if answer is not None:
            self._end(wish, outcome)
            answer(command)

    def _end(self, wish: _Wish, outcome: ThoughtOutcome) -> None:
        if wish.timer is not None:
            wish.timer.cancel()
        with suppress(ValueError):
            self._waiting.remove(wish)
        self._metrics.bot_thoughts_total.labels(outcome).inc()
        self._metrics.bot_answer_seconds.observe(self._clock.monotonic() - wish.at_s)

    async def _next(self) -> _Wish:
        """The oldest wish."""
        self._idle += 1
        try:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            return self._waiting.popleft()
        finally:
            self._idle -= 1

    async def _work(self) -> None:
        """One process, and another one when it has died."""
        process: Process | None = None
        try:
            while True:
                wish = await self._next()
                try:
                    if process is None or process.returncode is not None:
                        await self._stop(process)
                        process = await self._start()
                    command = await self._ask(process, wish)
                except Exception as error:  # noqa: BLE001  # a bot of third parties may answer with anything
                    _log.warning("a process in which bots think is of no use any more: %r", error)
                    await self._stop(process)
                    process = command = None
                outcome = ThoughtOutcome.ANSWERED if command is not None else ThoughtOutcome.FAILED
                # Not from here: what goes wrong in a room must not end this task.
                asyncio.get_running_loop().call_soon(self._settle, wish, command, outcome)
        finally:
            await self._stop(process)

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE)
        self.pids.add(process.pid)
        self._metrics.bot_processes.set(len(self.pids))
        return process

    async def _stop(self, process: Process | None) -> None:
        if process is None:
            return
        self.pids.discard(process.pid)
        self._metrics.bot_processes.set(len(self.pids))
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    async def _ask(self, process: Process, wish: _Wish) -> Command | None:
        """What it thinks of. Raises whatever says that it doesn't any more."""
        assert process.stdin is not None
        assert process.stdout is not None
        share = self._processes / (self._processes + len(self._waiting))
        think_ms = max(limits.BOT_THINK_MS_MIN, self._think_ms * share)
        process.stdin.write(framed((wish.thought, think_ms)))
        async with asyncio.timeout(self._patience_s + limits.BOT_HUNG_S):
            head = await process.stdout.readexactly(HEAD.size)
            body = await process.stdout.readexactly(HEAD.unpack(head)[0])
        command: Command | None = pickle.loads(body)  # noqa: S301  # from a child of our own
        return command


def processes(wanted: int | None) -> int:
    """So many as the setting says; without one: a core is left for the server, and at least one process thinks."""
    return max(1, (os.cpu_count() or 1) - 1) if wanted is None else wanted
