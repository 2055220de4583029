"""Injects the faults, one after the other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from time import monotonic

from loadtest.chaos.check import OTHER, Findings
from loadtest.chaos.garbage import GarbageSenders
from loadtest.chaos.plan import Fault, Injection
from loadtest.chaos.proxy import AfterBytes, BeforeAnswer, Cut, LateRequest
from loadtest.chaos.recovery import FaultPeriod, NotServed
from loadtest.chaos.rooms import Rooms
from loadtest.chaos.slow_readers import SlowReaders
from loadtest.chaos.system import System, finish_in_thread

_CUT_S = 15.0  # for the writer to send as much as a cut waits for
_LATE_S = 0.02


class Faults:
    """`inject` returns when the cause of the fault is gone, with its period. Raises NotServed, LaunchFailed."""

    def __init__(self, system: System, crowd: Rooms, findings: Findings) -> None:
        self._system = system
        self._crowd = crowd
        self._findings = findings

    async def inject(self, injection: Injection) -> FaultPeriod:
        match injection.fault:
            case Fault.KILL_SERVER:
                return await self._kill_server(injection.detail["held_s"])
            case Fault.KILL_POSTGRES:
                return await self._kill_postgres(backends_too=injection.detail["processes"] == "all")
            case Fault.FREEZE_POSTGRES:
                return await self._freeze_postgres(injection.detail["seconds"])
            case Fault.CUT_CONNECTION:
                return await self._cut(_cut_of(injection))
            case Fault.DROP_SOCKETS:
                return self._drop(injection)
            case Fault.SLOW_READERS:
                return await self._without_disturbing(SlowReaders(self._crowd).run(injection.detail["readers"]))
            case Fault.GARBAGE:
                garbage_senders = GarbageSenders(self._crowd, random.Random(injection.detail["seed"]))
                return await self._without_disturbing(garbage_senders.run(injection.detail["connections"]))

    async def _kill_server(self, held_s: float) -> FaultPeriod:
        """`held_s`: how long before the kill the server's requests to the database are held. They arrive after it."""
        assert self._system.proxy is not None  # the plan has this fault only for a server that was started here
        began_s = monotonic()
        self._system.proxy.hold()
        try:
            await asyncio.sleep(held_s)
            self._system.kill_server()
        finally:
            self._system.proxy.release()
        await self._system.start_server()
        return FaultPeriod(began_s, monotonic())

    async def _kill_postgres(self, *, backends_too: bool) -> FaultPeriod:
        postgres = self._system.postgres
        assert postgres is not None  # likewise, for Postgres
        began_s = monotonic()
        postgres.kill(backends_too=backends_too)
        await finish_in_thread(postgres.start)
        return FaultPeriod(began_s, monotonic())

    async def _freeze_postgres(self, seconds: float) -> FaultPeriod:
        postgres = self._system.postgres
        assert postgres is not None  # likewise
        began_s = monotonic()
        postgres.freeze()
        try:
            await asyncio.sleep(seconds)
        finally:
            postgres.thaw()
        return FaultPeriod(began_s, monotonic())

    async def _cut(self, cut: Cut) -> FaultPeriod:
        assert self._system.proxy is not None  # likewise
        try:
            await self._system.proxy.cut(cut, _CUT_S)
        except TimeoutError:
            raise NotServed(f"the server sent nothing to its database for {_CUT_S:.0f} s") from None
        now_s = monotonic()
        return FaultPeriod(now_s, now_s)

    def _drop(self, injection: Injection) -> FaultPeriod:
        clients = self._crowd.clients
        count = max(1, round(len(clients) * injection.detail["share"]))
        began_s = monotonic()
        for client in random.Random(injection.detail["seed"]).sample(clients, count):
            client.drop()
        return FaultPeriod(began_s, monotonic())

    async def _without_disturbing(self, trouble: Awaitable[list[str]]) -> FaultPeriod:
        """Run something that may not cost other clients their connections."""
        closes = self._crowd.counts.closes.total()
        began_s = monotonic()
        for server_fault in await trouble:
            self._findings.add(OTHER, server_fault)
        lost = self._crowd.counts.closes.total() - closes
        self._findings.add(OTHER, f"{lost} clients lost their connections because of others", lost)
        if not self._system.is_server_running:
            self._findings.add(OTHER, "the server has ended")
        return FaultPeriod(began_s, monotonic())


def _cut_of(injection: Injection) -> Cut:
    where = injection.detail["where"]
    match where:
        case "commit":
            return BeforeAnswer()
        case "late":
            return LateRequest(_LATE_S)
        case _:
            return AfterBytes(injection.detail["bytes"], of_requests=where == "requests")
