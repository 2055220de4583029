"""Lobby churn: guests open a room, join it, get ready, and leave again."""

from __future__ import annotations

import asyncio
import random
from time import perf_counter
from typing import Any

from loadtest.api import Api, Seat
from loadtest.connection import Connection, ConnectionFailed, FrameHandler, connect
from loadtest.load.share import Share
from loadtest.load.work import CheckResult, Work
from loadtest.pacing import Schedule

_PATIENCE_S = 30.0


class _Visitor(FrameHandler):
    """A guest who sends one command at a time and waits for its answer."""

    def __init__(self, seat: Seat, work: LobbyWork) -> None:
        self.seat = seat
        self.connection: Connection
        self._work = work
        self._answer: asyncio.Future[dict[str, Any]] | None = None

    def on_connection(self, connection: Connection) -> None:
        self.connection = connection

    def on_event(self, frame: dict[str, Any]) -> None:
        self._work.metrics.deliveries += 1

    def on_ack(self, frame: dict[str, Any]) -> None:
        self._answered(frame)

    def on_reject(self, frame: dict[str, Any]) -> None:
        self._work.metrics.rejects[frame["code"]] += 1
        self._answered(frame)

    def on_closed(self, code: int, reason: str) -> None:
        self._answered({"type": "closed", "code": code})

    async def ask(self, name: str, args: dict[str, Any]) -> None:
        metrics = self._work.metrics
        metrics.commands += 1
        self._answer = asyncio.get_running_loop().create_future()
        began_s = perf_counter()
        self.connection.command(name, name, args)
        async with asyncio.timeout(_PATIENCE_S):
            answer = await self._answer
        metrics = self._work.metrics
        if answer["type"] == "ack":
            metrics.acks += 1
            metrics.events += answer["last"] - answer["first"] + 1
            metrics.to_ack.add(self.connection.received_at_s - began_s)
        elif answer["type"] == "closed":
            self._work.checked.problems.append(f"room {self.seat.game_id}: {name} was never answered")
        else:
            self._work.checked.problems.append(f"room {self.seat.game_id}: {name} was refused: {answer['code']}")

    def _answered(self, frame: dict[str, Any]) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(frame)


class LobbyWork(Work):
    def __init__(self, share: Share, api: Api) -> None:
        super().__init__(share, api)
        self.checked = CheckResult()
        self._random = random.Random(share.seed)
        self._is_over = False

    async def open(self) -> None:
        """See `Work.open`: does nothing, because opening rooms is the work."""

    async def run(self) -> None:
        """See `Work.run`."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self.share.rooms):
                tasks.create_task(self._open_and_leave_repeatedly())

    async def _open_and_leave_repeatedly(self) -> None:
        rate = self.share.rate
        schedule = Schedule(None if rate is None else rate / self.share.rooms, self._random.random())
        while not self._is_over:
            due_s = schedule.next_due_s()
            await asyncio.sleep(max(0.0, due_s - perf_counter()))
            await asyncio.shield(self._visit())
            self.metrics.games += 1
            self.metrics.to_end.add(perf_counter() - due_s)

    async def _visit(self) -> None:
        guests = [await self.api.guest(f"Guest {number + 1}") for number in range(self.share.players)]
        config = {"min_players": len(guests), "max_players": len(guests)} if len(guests) > 1 else {}
        seats = await self.api.full_room(guests, game=self.share.game, config=config, is_public=True)
        self.rooms += 1
        visitors = [_Visitor(seat, self) for seat in seats]
        for visitor in visitors:
            try:
                await connect(visitor.seat.ws_url, visitor.seat.guest.token, visitor, codec=self.codec)
            except ConnectionFailed as error:
                self.metrics.rejects[f"connect: {error}"] += 1
                raise
            self.connections += 1
        for visitor in visitors[1:]:
            await visitor.ask("set_ready", {"ready": True})
            await visitor.ask("leave", {})
        await visitors[0].ask("leave", {})
        self.checked.acked += sum(len(visitor.connection.journal.acks) for visitor in visitors)
        for visitor in visitors:
            await visitor.connection.close()
            self.checked.problems += visitor.connection.journal.problems
            self.connections -= 1
        self.rooms -= 1

    async def finish(self) -> None:
        """See `Work.finish`: waits until all guests have left."""
        self._is_over = True
        async with asyncio.timeout(_PATIENCE_S):
            while self.rooms:  # noqa: ASYNC110  # a counter, polled once in a run
                await asyncio.sleep(0.02)

    async def check(self) -> CheckResult:
        """See `Work.check`: the guests' journals only, because the log of a closed lobby can't be read."""
        return self.checked

    async def close(self) -> None:
        """See `Work.close`."""
