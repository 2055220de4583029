"""Background jobs: what a wing gives (`Job`), and what runs them all (`Runner`)."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from persistence.errors import PersistenceError
from server import limits
from server.clock import Clock
from server.metrics import Metrics

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that a server does by itself, again and again. The first run begins at once.

    `name`: a label of metrics and a word in the log. `run`: one run; it may raise anything, and may be cancelled.
    `every_s`: seconds from the end of a run to the next one, give or take JOB_JITTER; None: done for good once a run
    has succeeded. `alone`: never on two servers of a database at once; while another one is at it, a run is skipped.
    """

    name: str
    every_s: float | None
    run: Callable[[], Awaitable[None]]
    alone: bool = False


class Leases(Protocol):
    """Who may run a job that must be alone: see persistence/lease.py."""

    def hold(self, name: str) -> AbstractAsyncContextManager[bool]: ...


class Runner:
    """Runs jobs side by side. A run that fails is tried again, later and later; no job ends by its own fault."""

    def __init__(self, leases: Leases, clock: Clock, metrics: Metrics) -> None:
        self._leases = leases
        self._clock = clock
        self._metrics = metrics
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    def start(self, jobs: Iterable[Job]) -> None:
        """Begin each of these jobs. Their names are distinct."""
        for job in jobs:
            self._metrics.job_runs_total.labels(job.name)
            self._metrics.job_failures_total.labels(job.name)
            self._tasks.append(asyncio.create_task(self._keep(job), name=f"job {job.name}"))

    async def stop(self) -> None:
        """Cancel every job and wait until it has ended. Never raises because of a job."""
        self._stopping = True  # a run may answer its cancellation with an error of its own
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _keep(self, job: Job) -> None:
        failures = 0
        while True:
            try:
                await self._run(job)
            except Exception as error:  # noqa: BLE001  # whatever a run raises, the job goes on
                if self._stopping:
                    return
                self._tell(job, error, failures)
                failures += 1
                await asyncio.sleep(_retry_s(error, failures))
                continue
            if failures:
                _log.info("job %s: works again", job.name)
            failures = 0
            if job.every_s is None:
                return
            await asyncio.sleep(job.every_s * random.uniform(1 - limits.JOB_JITTER, 1 + limits.JOB_JITTER))  # noqa: S311  # no secret

    async def _run(self, job: Job) -> None:
        if not job.alone:
            await self._measured(job)
            return
        async with self._leases.hold(job.name) as is_ours:
            if is_ours:
                await self._measured(job)

    async def _measured(self, job: Job) -> None:
        began_s = self._clock.monotonic()
        try:
            await job.run()
        finally:
            self._metrics.job_runs_total.labels(job.name).inc()
            self._metrics.job_duration_seconds.labels(job.name).observe(self._clock.monotonic() - began_s)

    def _tell(self, job: Job, error: Exception, failures_before: int) -> None:
        """Log a failure. An outage of the database is one line, not one for each try."""
        self._metrics.job_failures_total.labels(job.name).inc()
        if not isinstance(error, PersistenceError):
            _log.error("bug in job %s", job.name, exc_info=error)
        elif failures_before == 0:
            _log.warning("job %s waits for the database: %s", job.name, error)


def _retry_s(error: Exception, failures: int) -> float:
    """How long to wait after so many failures in a row: doubling, with jitter, so that servers don't come together."""
    longest_s = limits.DATABASE_RETRY_S if isinstance(error, PersistenceError) else limits.JOB_RETRY_S_MAX
    wait_s: float = min(longest_s, limits.JOB_RETRY_S * 2 ** min(failures - 1, 16))
    return wait_s * random.uniform(0.5, 1.0)  # noqa: S311  # no secret
