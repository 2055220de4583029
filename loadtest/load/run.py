"""One load test from its start to its report: `loadtest` is what the command line calls."""

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
from loadtest.load.client_processes import Crew, CrewFailed
from loadtest.load.html_report import page
from loadtest.load.progress import Shown
from loadtest.load.report import Outcome
from loadtest.load.server_metrics import Gauges, spare_cores
from loadtest.load.settings import Asked, BadRequest, asked
from loadtest.load.share import divide
from loadtest.load.timeline import Timeline

_DONE, _BROKEN, _ASKED_WRONG, _STOPPED = 0, 1, 2, 130
_OPENING_S = 600.0


def loadtest(scenario: str | None, json_file: Path | None, html_file: Path | None, options: dict[str, Any]) -> int:
    """Run it. Exit code: 0 all was true, 1 it was not or could not be done, 2 asked for the wrong thing, 130 stopped.

    A `*_file` that is not None: the report is also written there.
    """
    try:
        wanted = asked(scenario, options)
        _writable(json_file, html_file)
    except BadRequest as error:
        print(f"parlor loadtest: {error}", file=sys.stderr)
        return _ASKED_WRONG
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # it must not end us without ending our server
    machine.allow_many_files()
    outcome = Outcome(wanted, {"machine": machine.model(), "python": sys.version.split()[0]})
    outcome.facts["began"] = time.strftime("%Y-%m-%d %H:%M:%S %z")
    try:
        with LocalServer(machine.Cores(None, None)) if wanted.url is None else nullcontext() as server:
            asyncio.run(_measure(wanted, server, outcome))
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return _STOPPED
    except (CrewFailed, LaunchFailed, ApiError, OSError, TimeoutError) as error:
        print(f"parlor loadtest: {str(error) or type(error).__name__}", file=sys.stderr)
        return _BROKEN
    print(outcome.text())
    if json_file is not None:
        json_file.write_text(json.dumps(outcome.as_json(), indent=2) + "\n")
    if html_file is not None:
        html_file.write_text(page(outcome))
    return _DONE if outcome.is_true else _BROKEN


def _writable(*files: Path | None) -> None:
    """Known before the measurement, not after it. Raises BadRequest."""
    for file in files:
        if file is not None and not file.parent.is_dir():
            raise BadRequest(f"there is no folder {file.parent}")


async def _measure(wanted: Asked, server: LocalServer | None, outcome: Outcome) -> None:
    url = wanted.url or (server.url if server is not None else "")
    if not await asyncio.to_thread(is_ready, url):
        raise LaunchFailed(f"no server that is ready answers at {url}/readyz")
    processes = wanted.processes or spare_cores()
    shares = divide(wanted, url, processes)
    outcome.facts["processes"] = len(shares)
    timeline = Timeline(len(shares))
    api = Api(url, connections=1)
    gauges = Gauges(api, server)
    try:
        with Shown() as shown:
            shown.phase(f"opening {wanted.rooms:,} rooms")
            async with Crew(shares, timeline.tick) as crew:
                async with asyncio.timeout(_OPENING_S + wanted.ramp_s):
                    await crew.ready()
                shown.phase("measuring")
                crew.measure()
                timeline.begin()
                outcome.reads_from = await _watch(wanted, crew, timeline, gauges, shown)
                shown.phase("waiting for the last answers, and comparing with the log")
                done = await crew.stop()
    finally:
        await api.close()
    # The first second also holds what the clients did before they were told to measure.
    outcome.seconds = timeline.whole[1 : 1 + math.ceil(wanted.duration_s)]
    outcome.reads_from = None if outcome.reads_from is None else outcome.reads_from - 1
    for second in outcome.seconds:
        outcome.total.add(second.tally)
    outcome.took_in(done)
    if gauges.is_missing:
        outcome.notes.append("the server shows no /metrics: nothing is known of its commits and its loop")


async def _watch(wanted: Asked, crew: Crew, timeline: Timeline, gauges: Gauges, shown: Shown) -> int | None:
    """Until the time is over. Returns how many whole seconds there were when the reads began. Raises CrewFailed."""
    reads_from: int | None = None
    failing = asyncio.create_task(crew.failed())
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    try:
        await gauges.read()
        # One second more than asked for, because the first one is left out.
        while (elapsed_s := loop.time() - began_s) < wanted.duration_s + 1.5:
            next_s = min(1.0 - elapsed_s % 1.0, wanted.duration_s + 1.5 - elapsed_s)
            done, _ = await asyncio.wait({failing}, timeout=max(next_s, 0.05))
            if done:
                failing.result()
            told = await gauges.read()
            if wanted.reads_per_s and reads_from is None and loop.time() - began_s >= wanted.duration_s / 2 + 1:
                crew.read()
                shown.phase("measuring, with reads")
                reads_from = len(timeline.whole)
            if timeline.whole:
                newest = timeline.whole[-1]
                newest.gauges = newest.gauges or told
                shown.second(newest, wanted.duration_s)
    finally:
        failing.cancel()
        with suppress(asyncio.CancelledError, CrewFailed):
            await failing
    return reads_from
