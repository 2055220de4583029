"""Executes one run and reports it: `chaos` is what the command line calls."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import signal
import sys
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from loadtest import machine
from loadtest.api import Api, ApiError
from loadtest.chaos.audit import audit, settle
from loadtest.chaos.check import OTHER, Findings
from loadtest.chaos.faults import Faults
from loadtest.chaos.plan import InvalidOption, Plan, counts, make_plan, possible
from loadtest.chaos.progress import Progress
from loadtest.chaos.reconnecting_client import RunCounts
from loadtest.chaos.recovery import NotServed, Recoveries
from loadtest.chaos.report import ChaosReport
from loadtest.chaos.rooms import Rooms
from loadtest.chaos.system import System
from loadtest.chaos.targets import require_loopback
from loadtest.launch import LaunchFailed

_PATIENCE_S = 60.0
_WARM_UP_S = 1.0
_IN_DOUBT = "the outcome of a commit is unknown"
"""What the server logs when it has to look up whether a commit succeeded."""
_DONE, _BROKEN, _INVALID, _STOPPED = 0, 1, 2, 130


@dataclass(frozen=True, slots=True)
class ChaosOptions:
    """The options of the command line. `rate`: commands a second over all relay rooms. `rooms`: relay rooms."""

    faults: str = "all"
    cycles: int = 20
    rooms: int = 8
    rate: float = 400.0
    seed: int | None = None
    freeze_s: float = 5.0
    url: str | None = None
    database_url: str | None = None
    durability: str = "strict"
    target: Path | None = None


def chaos(options: ChaosOptions, *, production: bool) -> int:
    """Execute a run. Exit code: 0 every guarantee held, 1 broken or not completed, 2 invalid options, 130 stopped."""
    try:
        plan = _plan(options, production=production)
    except InvalidOption as error:
        print(f"parlor chaos: {error}", file=sys.stderr)
        return _INVALID
    print(f"seed {plan.seed}: {_summary(plan)}", file=sys.stderr, flush=True)
    report = ChaosReport(plan, RunCounts(), Findings())
    # Neither signal may end this process without cleaning up, nor be ignored because a script started it.
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
    machine.allow_many_files()
    try:
        asyncio.run(_run(options, plan, report))
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return _STOPPED
    except LaunchFailed as error:
        print(f"parlor chaos: {error}", file=sys.stderr)
        return _BROKEN
    print(report.text())
    if options.target is not None:
        options.target.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    return _DONE if report.ok else _BROKEN


def _plan(options: ChaosOptions, *, production: bool) -> Plan:
    """Raises BadRequest."""
    if production:
        raise InvalidOption("PARLOR_ENV is production: chaos is for test systems only")
    require_loopback(options.url, options.database_url)
    if options.rooms < 1 or not 0 < options.rate <= 20_000 or not 0 < options.freeze_s <= 300:
        raise InvalidOption("--rooms at least 1, --rate up to 20000, --freeze-s up to 300")
    own_server = options.url is None
    available = possible(own_server=own_server, own_postgres=own_server and options.database_url is None)
    wanted = counts(options.faults, options.cycles, available)
    return make_plan(wanted, secrets.randbits(32) if options.seed is None else options.seed, options.freeze_s)


def _summary(plan: Plan) -> str:
    kinds = Counter(injection.fault.value for injection in plan.injections)
    return ", ".join(f"{count} x {name}" for name, count in kinds.items())


async def _run(options: ChaosOptions, plan: Plan, report: ChaosReport) -> None:
    began_s = monotonic()
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: report.findings.add(OTHER, f"in a client: {context.get('exception') or context['message']}")
    )
    try:
        async with asyncio.timeout(plan.deadline_s), System(options.url, options.database_url) as system:
            api = Api(system.url, patience_s=_PATIENCE_S)
            try:
                await Run(options, plan, report, system, api).go()
            except (ApiError, LaunchFailed, OSError, EOFError) as error:
                report.findings.add(OTHER, f"{type(error).__name__}: {error}\n{system.log_tail()}")
            finally:
                await api.close()
    except TimeoutError:
        report.findings.add(
            OTHER, f"the run was not completed after {plan.deadline_s:.0f} s, at cycle {report.done + 1}"
        )
    report.seconds = monotonic() - began_s


class Run:
    def __init__(self, options: ChaosOptions, plan: Plan, report: ChaosReport, system: System, api: Api) -> None:
        self._options = options
        self._plan = plan
        self._report = report
        self._system = system
        self._crowd = Rooms(api, random.Random(plan.seed), report.counts, options.durability)

    async def go(self) -> None:
        """Play, inject faults, check. Raises ApiError, LaunchFailed, OSError, EOFError if the system is gone."""
        crowd, report = self._crowd, self._report
        background: list[asyncio.Task[Any]] = []
        try:
            await crowd.open(self._options.rooms, 2, 1)
            background = [asyncio.create_task(crowd.talk(self._options.rate)), asyncio.create_task(crowd.renew())]
            began_s = monotonic()
            await asyncio.sleep(_WARM_UP_S)
            report.memory["before"] = self._system.memory()
            try:
                await self._inject()
            except NotServed as error:
                report.findings.add(OTHER, f"{error}\n{self._system.log_tail()}")
            report.memory["after"] = self._system.memory()
            report.load_seconds = monotonic() - began_s
            report.in_doubt = self._system.logged(_IN_DOUBT)
            await _end(background)
            await settle(crowd, report.findings)
            await crowd.close()
            report.audited = await audit(crowd, report.findings)
        finally:
            report.rooms = dict(Counter(room.game for room in crowd.rooms))
            await _end(background)
            await crowd.close()

    async def _inject(self) -> None:
        recoveries = Recoveries(self._crowd)
        self._report.recoveries = recoveries.by_fault
        faults = Faults(self._system, self._crowd, self._report.findings)
        progress = Progress(self._report)
        for injection in self._plan.injections:
            await asyncio.sleep(injection.pause_s)
            span = await faults.inject(injection)
            served_s = await recoveries.wait(injection.fault, span, _PATIENCE_S)
            self._report.done += 1
            progress.cycle(injection, served_s)
        progress.end()


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    """Cancel the tasks. Raises the error of a task that failed."""
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome
    tasks.clear()
