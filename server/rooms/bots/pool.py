"""Processes in which bots think, of low priority: neither the event loop nor any player waits for them."""

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
class _Request:
    """`answer` None: it was answered or withdrawn."""

    thought: Thought
    answer: Answer | None
    at_s: float
    timer: Timer | None = None


class ProcessPool:
    """`Workers` in at most `processes` processes. Each is started when it is first needed, and again when it has died.

    `think_ms`: for one decision. When more requests wait than are worked on, each gets less time, so that no answer
    comes much later. A request that finds the queue full, or is not answered within `deadline_s`, gets None.
    """

    def __init__(
        self,
        clock: Clock,
        metrics: Metrics,
        *,
        processes: int,
        think_ms: int,
        deadline_s: float | None = None,
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        self._clock = clock
        self._metrics = metrics
        self._processes = processes
        self._think_ms = think_ms
        self._deadline_s = think_ms / 1000 + limits.BOT_ANSWER_S if deadline_s is None else deadline_s
        self._command = command
        self._waiting: deque[_Request] = deque()
        self._wake = asyncio.Event()
        self._idle = 0
        self._workers: list[asyncio.Task[None]] = []
        self.pids: set[int] = set()  # of the running processes

    def think(self, thought: Thought, answer: Answer) -> Withdraw:
        """See `Workers`."""
        request = _Request(thought, answer, self._clock.monotonic())
        if not self._processes or len(self._waiting) >= limits.THOUGHTS_WAITING_MAX:
            request.timer = self._clock.call_later(0, lambda: self._answer(request, None, ThoughtOutcome.CROWDED))
            return lambda: self._withdraw(request)
        request.timer = self._clock.call_later(
            self._deadline_s, lambda: self._answer(request, None, ThoughtOutcome.LATE)
        )
        self._waiting.append(request)
        if len(self._waiting) > self._idle and len(self._workers) < self._processes:
            self._workers.append(asyncio.create_task(self._work(), name="bots think"))
        self._wake.set()
        return lambda: self._withdraw(request)

    async def close(self) -> None:
        """End the processes. Nothing is answered after that."""
        self._processes = 0
        for request in tuple(self._waiting):
            self._withdraw(request)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def _withdraw(self, request: _Request) -> None:
        request.answer, answered = None, request.answer is None
        if not answered:
            self._end(request, ThoughtOutcome.WITHDRAWN)

    def _answer(self, request: _Request, command: Command | None, outcome: ThoughtOutcome) -> None:
        answer, request.answer = request.answer, None
        if answer is not None:
            self._end(request, outcome)
            answer(command)

    def _end(self, request: _Request, outcome: ThoughtOutcome) -> None:
        if request.timer is not None:
            request.timer.cancel()
        with suppress(ValueError):
            self._waiting.remove(request)
        self._metrics.bot_thoughts_total.labels(outcome).inc()
        self._metrics.bot_answer_seconds.observe(self._clock.monotonic() - request.at_s)

    async def _next(self) -> _Request:
        """The oldest request."""
        self._idle += 1
        try:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            return self._waiting.popleft()
        finally:
            self._idle -= 1

    async def _work(self) -> None:
        """Run one process, and another one when it has died."""
        process: Process | None = None
        try:
            while True:
                request = await self._next()
                try:
                    if process is None or process.returncode is not None:
                        await self._stop(process)
                        process = await self._start()
                    command = await self._ask(process, request)
                except Exception as error:  # noqa: BLE001  # a bot of third parties may answer with anything
                    _log.warning("a process in which bots think failed and is replaced: %r", error)
                    await self._stop(process)
                    process = command = None
                outcome = ThoughtOutcome.ANSWERED if command is not None else ThoughtOutcome.FAILED
                # Not from here: an error in a room must not end this task.
                asyncio.get_running_loop().call_soon(self._answer, request, command, outcome)
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

    async def _ask(self, process: Process, request: _Request) -> Command | None:
        """The bot's choice. Raises whatever shows that the process has failed."""
        assert process.stdin is not None
        assert process.stdout is not None
        share = self._processes / (self._processes + len(self._waiting))
        think_ms = max(limits.BOT_THINK_MS_MIN, self._think_ms * share)
        process.stdin.write(framed((request.thought, think_ms)))
        async with asyncio.timeout(self._deadline_s + limits.BOT_HUNG_S):
            head = await process.stdout.readexactly(HEAD.size)
            body = await process.stdout.readexactly(HEAD.unpack(head)[0])
        command: Command | None = pickle.loads(body)  # noqa: S301  # from a child of our own
        return command


def processes(wanted: int | None) -> int:
    """How many processes to run: as many as the setting says, else one for each core but one, and at least one."""
    return max(1, (os.cpu_count() or 1) - 1) if wanted is None else wanted
