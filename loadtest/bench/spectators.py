"""What spectators cost the players: the same load on one room, without spectators and with many of them."""

from __future__ import annotations

import asyncio
import sys
from time import perf_counter

import orjson

from loadtest.api import Api
from loadtest.bench.report import BenchReport, Goal
from loadtest.launch import LocalServer
from loadtest.relay import RelayLoad
from loadtest.wire import CODECS

_PLAYERS = 4
_PER_S = 10.0
"""Commands in one room: more than people send, and with 2,000 spectators 20,000 deliveries a second."""


class _SpectatorProcess:
    """A running `loadtest.bench.spectator_process`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def enter(cls, ws_url: str, count: int) -> _SpectatorProcess:
        arguments = ("-m", "loadtest.bench.spectator_process", ws_url, str(count))
        pipe = asyncio.subprocess.PIPE
        spectators = cls(await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=pipe, stdout=pipe))
        await spectators._line()
        return spectators

    async def received(self, index: int) -> tuple[int, list[str]]:
        """Wait until all spectators have event `index`; returns the events they received in all, and problems."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{index}\n".encode())
        found = orjson.loads(await self._line())
        return found["events"], found["problems"]

    async def leave(self) -> None:
        self._process.kill()
        await self._process.wait()

    async def _line(self) -> bytes:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process of the spectators has ended")
        return line


async def measure_spectators(server: LocalServer, counts: tuple[int, ...], seconds: float, report: BenchReport) -> None:
    """Measure a room of four players once for each number of spectators in `counts`."""
    api = Api(server.url)
    load = RelayLoad()
    await load.open(api, 1, _PLAYERS, CODECS["json"], is_public=True)
    (room,) = load.rooms
    for count in counts:
        spectators = await _SpectatorProcess.enter(room[0].seat.ws_url, count) if count else None
        try:
            await _measure(server, load, spectators, count, seconds, report)
        finally:
            if spectators is not None:
                await spectators.leave()
    await load.close()
    await api.close()
    report.problems += load.problems()


async def _measure(
    server: LocalServer,
    load: RelayLoad,
    spectators: _SpectatorProcess | None,
    count: int,
    seconds: float,
    report: BenchReport,
) -> None:
    (room,) = load.rooms
    before = 0
    if spectators is not None:
        before, _ = await spectators.received(room[0].connection.journal.last_index)
    cpu, began_s = server.cpu(), perf_counter()
    load.begin()
    await load.pace(_PER_S, seconds)
    await load.drain()
    metrics, took_s, spent = load.metrics, perf_counter() - began_s, server.cpu().since(cpu)
    told = f"{count:,} spectators"
    key = f"spectators_{count}"
    p50, p99 = (metrics.to_ack.quantile(share) * 1e3 for share in (0.5, 0.99))
    report.add(f"{key}_ack_p50_ms", f"{told}: command to ack p50", [p50], "ms")
    report.add(f"{key}_ack_p99_ms", "  command to ack p99", [p99], "ms", Goal("< 25 ms", 25, least=False))
    report.add(f"{key}_server_cpu", "  of one core the server used", [100 * spent.server / took_s], "%")
    if spectators is not None:
        after, problems = await spectators.received(room[0].connection.journal.last_index)
        report.add(f"{key}_deliveries", "  deliveries to them", [(after - before) / took_s], "/s")
        report.problems += problems
        if after - before != count * metrics.acks:
            report.problems.append(f"{told} received {after - before} events, not {count * metrics.acks}")
