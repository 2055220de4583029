"""The runner of jobs: again and again, whatever a run raises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from persistence.errors import Unavailable
from server import limits
from server.clock import SystemClock
from server.metrics import Metrics
from server.workers.job import Job, Runner


class Taken:
    """Leases that somebody else has, or nobody."""

    def __init__(self, is_ours: bool) -> None:
        self.asked: list[str] = []
        self._is_ours = is_ours

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[bool]:
        self.asked.append(name)
        yield self._is_ours


class Runs:
    """Runs of a job: each has the next outcome, the last one for ever. `enough` is set by run number `until`."""

    def __init__(self, *outcomes: Exception | None, until: int) -> None:
        self.count = 0
        self.enough = asyncio.Event()
        self._outcomes = outcomes
        self._until = until

    async def __call__(self) -> None:
        outcome = self._outcomes[min(self.count, len(self._outcomes) - 1)]
        self.count += 1
        if self.count == self._until:
            self.enough.set()
        if outcome is not None:
            raise outcome


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> Metrics:
    monkeypatch.setattr(limits, "JOB_RETRY_S", 0.001)
    return Metrics()


def runner(metrics: Metrics, leases: Taken | None = None) -> Runner:
    return Runner(leases or Taken(is_ours=True), SystemClock(), metrics)


def counted(metrics: Metrics, what: str) -> float | None:
    return metrics.registry.get_sample_value(f"parlor_job_{what}", {"job": "test"})


async def started(jobs: Runner, job: Job, until: Callable[[], asyncio.Event]) -> None:
    jobs.start([job])
    await asyncio.wait_for(until().wait(), 10)
    await jobs.stop()


async def test_a_job_runs_again_and_again(metrics: Metrics) -> None:
    runs = Runs(None, until=3)
    await started(runner(metrics), Job("test", 0.001, runs), lambda: runs.enough)
    assert counted(metrics, "runs_total") == runs.count == 3
    assert counted(metrics, "failures_total") == 0
    assert counted(metrics, "duration_seconds_count") == 3


@pytest.mark.parametrize("error", [RuntimeError("a bug"), Unavailable("no database"), TimeoutError()])
async def test_a_run_that_raises_is_repeated(metrics: Metrics, error: Exception) -> None:
    runs = Runs(error, error, None, until=3)
    await started(runner(metrics), Job("test", 3600, runs), lambda: runs.enough)
    assert (counted(metrics, "runs_total"), counted(metrics, "failures_total")) == (3, 2)


async def test_an_outage_is_logged_once_and_a_bug_each_time(metrics: Metrics, caplog: pytest.LogCaptureFixture) -> None:
    gone = Unavailable("no database")
    runs = Runs(gone, gone, gone, RuntimeError("a bug"), RuntimeError("a bug"), None, until=6)
    await started(runner(metrics), Job("test", 3600, runs), lambda: runs.enough)
    told = [record.message for record in caplog.records]
    assert told[:3] == ["job test waits for the database: no database", "bug in job test", "bug in job test"]


async def test_a_job_that_is_done_for_good_is_not_repeated(metrics: Metrics) -> None:
    runs, other = Runs(RuntimeError("a bug"), None, until=2), Runs(None, until=5)
    jobs = runner(metrics)
    jobs.start([Job("test", None, runs)])
    await asyncio.wait_for(runs.enough.wait(), 10)
    await started(jobs, Job("other", 0.001, other), lambda: other.enough)
    assert runs.count == 2


@pytest.mark.parametrize("is_ours", [True, False])
async def test_a_job_that_must_be_alone_runs_only_with_its_lease(metrics: Metrics, is_ours: bool) -> None:
    leases, runs, other = Taken(is_ours), Runs(None, until=1), Runs(None, until=5)
    jobs = runner(metrics, leases)
    jobs.start([Job("test", 3600, runs, alone=True)])
    await started(jobs, Job("other", 0.001, other), lambda: other.enough)
    assert leases.asked == ["test"]
    assert runs.count == counted(metrics, "runs_total") == int(is_ours)


async def test_stopping_ends_a_run_that_is_under_way(metrics: Metrics) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
            raise RuntimeError("not even this reaches who stops")

    await started(runner(metrics), Job("test", 1, run), lambda: began)
    assert ended.is_set()
