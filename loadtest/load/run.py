"""Runs one load test and reports it: `loadtest` is what the command line calls."""

from __future__ import annotations

import asyncio
import json
import math
import signal
import sys
import threading
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from loadtest import machine
from loadtest.api import Api, ApiError
from loadtest.launch import LaunchFailed, LocalServer, is_ready
from loadtest.load.client_processes import ClientProcesses, ClientProcessFailed
from loadtest.load.html_report import html_report
from loadtest.load.progress import Progress
from loadtest.load.report import LoadReport
from loadtest.load.server_metrics import ServerMetrics, spare_cores
from loadtest.load.settings import InvalidOption, LoadSettings, load_settings
from loadtest.load.share import divide
from loadtest.load.timeline import Timeline

_DONE, _BROKEN, _INVALID, _STOPPED = 0, 1, 2, 130
_OPENING_S = 600.0


def loadtest(scenario: str | None, json_file: Path | None, html_file: Path | None, options: dict[str, Any]) -> int:
    """Run a load test. Exit code: 0 no problems, 1 broken guarantees or a failed run, 2 invalid options, 130 stopped.

    `*_file` not None: the report is also written to this file.
    """
    try:
        settings = load_settings(scenario, options)
        _writable(json_file, html_file)
    except InvalidOption as error:
        print(f"parlor loadtest: {error}", file=sys.stderr)
        return _INVALID
    if threading.current_thread() is threading.main_thread():
        signal.signal(
            signal.SIGTERM, signal.default_int_handler
        )  # by default it would end this process without stopping the server
    machine.allow_many_files()
    report = LoadReport(settings, {"machine": machine.model(), "python": sys.version.split()[0]})
    report.facts["began"] = time.strftime("%Y-%m-%d %H:%M:%S %z")
    try:
        with LocalServer(machine.Cores(None, None)) if settings.url is None else nullcontext() as server:
            asyncio.run(_measure(settings, server, report))
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return _STOPPED
    except (ClientProcessFailed, LaunchFailed, ApiError, OSError, TimeoutError) as error:
        print(f"parlor loadtest: {str(error) or type(error).__name__}", file=sys.stderr)
        return _BROKEN
    print(report.text())
    if json_file is not None:
        json_file.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    if html_file is not None:
        html_file.write_text(html_report(report))
    return _DONE if report.is_clean else _BROKEN


def _writable(*files: Path | None) -> None:
    """Check before the measurement that the files can be written. Raises InvalidOption."""
    for file in files:
        if file is not None and not file.parent.is_dir():
            raise InvalidOption(f"there is no folder {file.parent}")


async def _measure(settings: LoadSettings, server: LocalServer | None, report: LoadReport) -> None:
    url = settings.url or (server.url if server is not None else "")
    if not await asyncio.to_thread(is_ready, url, timeout_s=10.0):
        raise LaunchFailed(f"no server that is ready answers at {url}/readyz")
    shares = divide(settings, url, settings.processes or spare_cores())
    report.facts["processes"] = len(shares)
    timeline = Timeline(len(shares))
    api = Api(url, connections=1)
    server_metrics = ServerMetrics(api, server)
    try:
        with Progress() as progress:
            progress.phase(f"opening {settings.rooms:,} rooms")
            async with ClientProcesses(shares, timeline.tick) as processes:
                async with asyncio.timeout(_OPENING_S + settings.ramp_s):
                    await processes.ready()
                progress.phase("measuring")
                processes.measure()
                timeline.begin()
                report.reads_from = await _watch(settings, processes, timeline, server_metrics, progress)
                progress.phase("waiting for the last answers, then comparing with the log")
                done = await processes.stop()
    finally:
        await api.close()
    # The first second also contains what the clients did before the measurement began.
    report.seconds = timeline.complete[1 : 1 + math.ceil(settings.duration_s)]
    report.reads_from = None if report.reads_from is None else report.reads_from - 1
    for second in report.seconds:
        report.total.add(second.metrics)
    report.add_checks(done)
    if server_metrics.is_missing:
        report.notes.append("the server has no /metrics: its commits and its event loop are unknown")


async def _watch(
    settings: LoadSettings,
    processes: ClientProcesses,
    timeline: Timeline,
    server_metrics: ServerMetrics,
    progress: Progress,
) -> int | None:
    """Collect metrics until the time is over.

    Returns the number of complete seconds before the reads began; None: no reads. Raises ClientProcessFailed.
    """
    reads_from: int | None = None
    failing = asyncio.create_task(processes.failed())
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    try:
        await server_metrics.read()
        # One second more than the duration, because the first one is left out.
        while (elapsed_s := loop.time() - began_s) < settings.duration_s + 1.5:
            next_s = min(1.0 - elapsed_s % 1.0, settings.duration_s + 1.5 - elapsed_s)
            done, _ = await asyncio.wait({failing}, timeout=max(next_s, 0.05))
            if done:
                failing.result()
            told = await server_metrics.read()
            if settings.reads_per_s and reads_from is None and loop.time() - began_s >= settings.duration_s / 2 + 1:
                processes.read()
                progress.phase("measuring, with reads")
                reads_from = len(timeline.complete)
            if timeline.complete:
                newest = timeline.complete[-1]
                newest.server_figures = newest.server_figures or told
                progress.second(newest, settings.duration_s)
    finally:
        failing.cancel()
        with suppress(asyncio.CancelledError, ClientProcessFailed):
            await failing
    return reads_from
