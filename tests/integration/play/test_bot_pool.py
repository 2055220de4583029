"""The processes in which bots think: they answer, are replaced when they die, and nobody waits for them for ever."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from server import limits
from server.clock import SystemClock
from server.games.rules import Command
from server.metrics import Metrics, ThoughtOutcome
from server.rooms.bots.pool import ProcessPool, processes
from server.rooms.machine.thought import Thought
from tests.support.thoughts import ByHand, WorkersTable

DEAF = (sys.executable, "-c", "import sys; sys.stdin.buffer.read()")
DEAD = (sys.executable, "-c", "")


def thought() -> Thought:
    """A bid of El Dorado."""
    workers = ByHand()
    table = WorkersTable(workers, players=0, bots=3, level="strong")
    table.advance(1)
    return workers.requests[0].thought


class Pool:
    """A pool, and what it answers."""

    def __init__(self, **how: Any) -> None:
        self.metrics = Metrics()
        self.pool = ProcessPool(
            SystemClock(), self.metrics, **{"processes": 1, "think_ms": 20, "deadline_s": 60, **how}
        )

    async def ask(self, request: Thought) -> Command | None:
        return await self.begin(request)[0]

    def begin(self, request: Thought) -> tuple[asyncio.Future[Command | None], Callable[[], None]]:
        answer: asyncio.Future[Command | None] = asyncio.get_running_loop().create_future()
        return answer, self.pool.think(request, answer.set_result)

    def count(self, outcome: ThoughtOutcome) -> float:
        return self.metrics.registry.get_sample_value("parlor_bot_thoughts_total", {"outcome": outcome}) or 0.0


@asynccontextmanager
async def opened(**how: Any) -> AsyncIterator[Pool]:
    pool = Pool(**how)
    try:
        yield pool
    finally:
        await pool.pool.close()
    assert not pool.pool.pids


async def test_a_worker_that_dies_is_replaced() -> None:
    request = thought()
    async with opened() as pool:
        assert not pool.pool.pids, "no process before it is needed"
        assert await pool.ask(request) in request.actions
        (first,) = pool.pool.pids
        assert os.getpriority(os.PRIO_PROCESS, first) >= limits.BOT_NICENESS
        answers = [pool.begin(request)[0] for _ in range(5)]
        assert all(command in request.actions for command in await asyncio.gather(*answers))
        assert pool.pool.pids == {first}
        os.kill(first, signal.SIGINT)  # as Ctrl-C in a terminal does
        assert await pool.ask(request) in request.actions
        os.kill(first, signal.SIGKILL)
        assert await pool.ask(request) is None or first not in pool.pool.pids
        assert await pool.ask(request) in request.actions
        (second,) = pool.pool.pids
        assert second != first
        broken = Thought("eldorado", "strong", {}, request.actions, request.stream)
        assert await pool.ask(broken) is None, "a bot that fails"
        assert await pool.ask(request) in request.actions
        assert pool.pool.pids == {second}, "is no reason for another process"
        assert pool.count(ThoughtOutcome.FAILED) >= 1
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


async def test_a_room_that_fails_on_an_answer_does_not_block_others() -> None:
    request, failed = thought(), []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: failed.append(context["exception"]))

    def fail(command: Command | None) -> None:
        raise ValueError(command)

    async with opened() as pool:
        pool.pool.think(request, fail)
        assert await pool.ask(request) in request.actions
    assert [type(error) for error in failed] == [ValueError]


async def test_a_worker_that_dies_at_once_answers_nothing() -> None:
    async with opened(command=DEAD) as pool:
        assert await pool.ask(thought()) is None
        assert await pool.ask(thought()) is None
        assert pool.count(ThoughtOutcome.FAILED) == 2


async def test_a_worker_that_cannot_start_answers_nothing() -> None:
    async with opened(command=("/nowhere/at/all",)) as pool:
        assert await pool.ask(thought()) is None
        assert pool.count(ThoughtOutcome.FAILED) == 1


async def test_late_answers_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request waits no longer than its deadline, whether it is worked on or queued behind another; and a process that
    does not come back is ended."""
    monkeypatch.setattr(limits, "BOT_HUNG_S", 0.05)
    request = thought()
    async with opened(command=DEAF, deadline_s=0.05) as pool:
        assert await asyncio.gather(*(pool.ask(request) for _ in range(3))) == [None] * 3
        assert pool.count(ThoughtOutcome.LATE) == 3
        async with asyncio.timeout(30):
            while pool.pool.pids:  # noqa: ASYNC110  # the end of another process
                await asyncio.sleep(0.01)


async def test_thoughts_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "THOUGHTS_WAITING_MAX", 4)
    request = thought()
    async with opened(command=DEAF) as pool:
        asked = [pool.begin(request)[0] for _ in range(10)]
        done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        assert {answer.result() for answer in done} == {None}
        assert len(waiting) >= 4
        assert pool.count(ThoughtOutcome.CROWDED) >= len(done)


async def test_a_withdrawn_thought_is_not_answered_and_takes_no_place() -> None:
    request = thought()
    async with opened(command=DEAF) as pool:
        pool.begin(request)
        await asyncio.sleep(0)
        answer, withdraw = pool.begin(request)
        withdraw()
        withdraw()
        assert not pool.pool._waiting
        assert pool.count(ThoughtOutcome.WITHDRAWN) == 1
    assert not answer.done()


async def test_without_processes_no_bot_searches() -> None:
    async with opened(processes=0) as pool:
        assert await pool.ask(thought()) is None
        assert not pool.pool.pids


def test_the_number_of_processes_follows_the_setting() -> None:
    assert processes(0) == 0
    assert processes(7) == 7
    assert 1 <= processes(None) <= (os.cpu_count() or 1)
