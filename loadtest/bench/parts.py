"""The parts of the bench: what is measured on a server."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from time import perf_counter

from loadtest.api import Api
from loadtest.bench.finished_games import measure_reads
from loadtest.bench.recovery import measure_recovery
from loadtest.bench.report import BenchReport, Goal
from loadtest.bench.spectators import measure_spectators
from loadtest.client_metrics import ClientMetrics
from loadtest.latency import LatencyHistogram
from loadtest.launch import LocalServer
from loadtest.machine import CpuTimes
from loadtest.relay import RelayLoad
from loadtest.tables import TableLoad, bot_game
from loadtest.wire import CODECS

PARTS = ("relay", "bots", "tables", "reads", "spectators", "recovery")

_WARM_S = 1.5
_SWEEP_WINDOWS = (1, 2, 4, 8, 16, 32)
_SWEEP_S = 2.0
_SANE_ACK_MS = 50.0  # a larger window only makes commands wait longer
_SOCKETS = 4  # in each room
_PER_CPU = "  the same for each second of CPU that they got"
"""Steadier than the rate itself where other processes use the machine."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The options of a run. `window`: commands in flight in each room in the closed loop."""

    seconds: float = 10.0
    repeat: int = 3
    rooms: int = 100
    window: int = 8
    sweep: bool = False
    rate: float = 2000.0
    games: int = 20
    running: int = 1000
    spectators: int = 2000
    codec: str = "json"
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """What clients measured in an interval, and the CPU time it cost."""

    seconds: float
    cpu: CpuTimes
    metrics: ClientMetrics

    @property
    def acks_per_s(self) -> float:
        return self.metrics.acks / self.seconds

    @property
    def cpu_s(self) -> float:
        """Of the server and Postgres together; they share one core."""
        return self.cpu.server + self.cpu.database

    def shares(self) -> str:
        """Which processes used the two cores. (The kernel counts in hundredths of a second.)"""
        others = max(0.0, self.cpu.core_busy - self.cpu_s)
        beside_clients = max(0.0, self.cpu.clients_core_busy - self.cpu.clients)
        parts = {"server": self.cpu.server, "Postgres": self.cpu.database, "others": others}
        told = [f"{name} {seconds / self.seconds:.0%}" for name, seconds in parts.items()]
        told.append(f"beside the clients {beside_clients / self.seconds:.0%}")
        return ", ".join(told)


class Bench:
    def __init__(self, server: LocalServer, plan: Plan, report: BenchReport) -> None:
        self._server = server
        self._plan = plan
        self._report = report
        self._api = Api(server.url)
        self._codec = CODECS[plan.codec]

    async def run(self, part: str) -> None:
        """One of `PARTS`."""
        if part == "relay":
            await self._relay()
        elif part == "bots":
            await self._bot_games()
        elif part == "tables":
            await self._tables()
        elif part == "reads":
            _say("finished games, read back ...")
            await measure_reads(self._api, self._plan.repeat, self._report)
        elif part == "spectators":
            _say(f"one room without spectators, then with {self._plan.spectators:,} ...")
            counts = (0, self._plan.spectators)
            await measure_spectators(self._server, counts, self._plan.seconds, self._report)
        else:
            _say(f"recovery: {self._plan.running:,} running rooms ...")
            await measure_recovery(self._server, self._plan.running, self._report)
        await self._api.close()

    # Relay.

    async def _relay(self) -> None:
        plan = self._plan
        load = RelayLoad()
        _say(f"relay: {plan.rooms} rooms x {_SOCKETS} sockets ...")
        await load.open(self._api, plan.rooms, _SOCKETS, self._codec)
        window = await self._sweep(load) if plan.sweep else plan.window
        self._report.facts["window"] = window
        spans = [await self._saturated(load, window, plan.seconds) for _ in range(plan.repeat)]
        self._tell_saturated(spans, window)
        spans = [await self._paced(load) for _ in range(plan.repeat)]
        self._tell_paced(spans)
        await load.close()
        self._check("relay", load.problems(), sum(len(client.acked) for client in load.clients))

    async def _sweep(self, load: RelayLoad) -> int:
        """The window with the most actions a second, among those with an acceptable median latency."""
        best, best_per_s = _SWEEP_WINDOWS[0], 0.0
        for window in _SWEEP_WINDOWS:
            span = await self._saturated(load, window, _SWEEP_S)
            if span.acks_per_s > best_per_s and _ms(span.metrics.to_ack, 0.5) < _SANE_ACK_MS:
                best, best_per_s = window, span.acks_per_s
        return best

    async def _saturated(self, load: RelayLoad, window: int, seconds: float) -> Interval:
        load.start_talking(window)
        await asyncio.sleep(_WARM_S)
        span = await self._span(load, seconds)
        await load.drain()
        metrics = span.metrics
        if not metrics.acks:
            told = [*load.problems()[:3], self._server.log_tail()]
            raise RuntimeError("\n".join(["nothing was acked", *told]))
        _say(
            f"  window {window} per room: {span.acks_per_s:,.0f} actions/s, ack p50 {_ms(metrics.to_ack, 0.5):.1f} ms, "
            f"p99 {_ms(metrics.to_ack, 0.99):.1f} ms; core: {span.shares()}"
        )
        return span

    async def _paced(self, load: RelayLoad) -> Interval:
        pacing = asyncio.create_task(load.pace(self._plan.rate, _WARM_S + self._plan.seconds))
        await asyncio.sleep(_WARM_S)
        span = await self._span(load, self._plan.seconds - 0.5)
        await pacing
        await load.drain()
        metrics = span.metrics
        _say(
            f"  open loop {span.acks_per_s:,.0f}/s: broadcast p50 {_ms(metrics.to_broadcast, 0.5):.2f} ms, "
            f"p99 {_ms(metrics.to_broadcast, 0.99):.2f} ms; core: {span.shares()}; "
            f"sent late by p99 {_ms(metrics.lateness, 0.99):.2f} ms"
        )
        return span

    async def _span(self, load: RelayLoad, seconds: float) -> Interval:
        cpu = self._server.cpu()
        load.begin()
        began_s = perf_counter()
        await asyncio.sleep(seconds)
        metrics, took_s = load.metrics, perf_counter() - began_s
        load.begin()
        return Interval(took_s, self._server.cpu().since(cpu), metrics)

    def _tell_saturated(self, spans: list[Interval], window: int) -> None:
        tell = self._report.add
        rooms = f"{self._plan.rooms} rooms x {_SOCKETS}"
        goal = Goal(">= 20,000/s", 20_000)
        tell("relay_per_s", f"durable relay actions, {rooms} sockets", [s.acks_per_s for s in spans], "/s", goal)
        tell("relay_per_cpu_s", _PER_CPU, [s.metrics.acks / (s.cpu_s or s.seconds) for s in spans], "/s")
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            samples = [_ms(span.metrics.to_ack, share) for span in spans]
            tell(f"relay_ack_{name}_ms", f"  command to ack {name}, saturated (window {window})", samples, "ms")
        for key, name in (("server", "server"), ("database", "Postgres")):
            samples = [1e6 * getattr(s.cpu, key) / s.metrics.deliveries for s in spans]
            tell(f"relay_{key}_us", f"  {name}'s CPU per delivered message", samples, "us")

    def _tell_paced(self, spans: list[Interval]) -> None:
        goals = {"p50": Goal("< 3 ms", 3, least=False), "p99": Goal("< 15 ms", 15, least=False)}
        for key, what in (("to_broadcast", "command to broadcast"), ("to_ack", "command to ack")):
            for name, share in (("p50", 0.5), ("p99", 0.99)):
                samples = [_ms(getattr(span.metrics, key), share) for span in spans]
                goal = goals[name] if key == "to_broadcast" else None
                self._report.add(
                    f"paced_{key}_{name}_ms", f"{what} {name} at {self._plan.rate:,.0f}/s", samples, "ms", goal
                )

    # El Dorado.

    async def _bot_games(self) -> None:
        _say(f"bots: {self._plan.games} games of 4, one by one ...")
        guest = await self._api.guest("Watcher")
        await bot_game(self._api, guest)  # the first one finds cold caches
        games = [await bot_game(self._api, guest) for _ in range(self._plan.games)]
        goal = Goal("< 60 ms", 60, least=False)
        self._report.add("bot_game_ms", "a 4-bot game, durable", [game.seconds * 1e3 for game in games], "ms", goal)
        self._report.add("bot_game_events", "  its events", [game.events for game in games], "")

    async def _tables(self) -> None:
        spans = [await self._one_tables() for _ in range(self._plan.repeat)]
        tell = self._report.add
        what = f"El Dorado events, {self._plan.rooms} rooms x {_SOCKETS} playing sockets"
        goal = Goal(">= 10,000/s", 10_000)
        tell("eldorado_per_s", what, [span.metrics.events / span.seconds for span in spans], "/s", goal)
        tell("eldorado_per_cpu_s", _PER_CPU, [s.metrics.events / (s.cpu_s or s.seconds) for s in spans], "/s")
        for key, name in (("server", "server"), ("database", "Postgres")):
            samples = [1e6 * getattr(span.cpu, key) / span.metrics.deliveries for span in spans]
            tell(f"eldorado_{key}_us", f"  {name}'s CPU per delivered event", samples, "us")

    async def _one_tables(self) -> Interval:
        """Play many games. The interval ends when no game is left to start, so it contains no idle end."""
        rooms = self._plan.rooms
        load = TableLoad()
        _say(f"El Dorado: {3 * rooms} games, {rooms} at a time ...")
        await load.open(self._api, 3 * rooms, _SOCKETS, self._codec)
        load.start(rooms)
        await asyncio.sleep(_WARM_S)
        cpu, began_s, events, deliveries = self._server.cpu(), perf_counter(), load.events, load.deliveries
        async with asyncio.timeout(60 + self._plan.seconds):
            await load.used_up.wait()
        metrics = ClientMetrics()
        metrics.events, metrics.deliveries = load.events - events, load.deliveries - deliveries
        span = Interval(perf_counter() - began_s, self._server.cpu().since(cpu), metrics)
        await load.finish()
        _say(f"  {metrics.events / span.seconds:,.0f} events/s over {span.seconds:.1f} s; core: {span.shares()}")
        acked = sum(len(player.connection.journal.acks) for table in load.tables for player in table.players)
        self._check("El Dorado", load.problems(), acked)
        return span

    # The check.

    def _check(self, what: str, problems: list[str], acked: int) -> None:
        self._report.problems += problems
        checked = self._report.facts.setdefault("acked_commands_checked", {})
        checked[what] = checked.get(what, 0) + acked
        verdict = f"{len(problems)} PROBLEMS" if problems else "each once, in order, without gaps"
        _say(f"  checked {acked:,} acked commands: {verdict}")


def _ms(times: LatencyHistogram, share: float) -> float:
    return times.quantile(share) * 1e3


def _say(line: str) -> None:
    load = os.getloadavg()[0]
    print(f"{line}  [load {load:.1f}]" if line.startswith(" ") else line, flush=True)
