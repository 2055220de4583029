"""Rooms of bots only: a spectator watches each game to its end, then the next one is opened."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

from loadtest.api import Api, ApiError, Guest, Seat
from loadtest.connection import Connection, FrameHandler, connect
from loadtest.load.event_times import EventTimes, read_log
from loadtest.load.share import Share
from loadtest.load.work import LOG_EVENTS_MAX, CheckResult, Work

_PATIENCE_S = 15.0


class _Spectator(FrameHandler):
    def __init__(self, seat: Seat, work: BotWork) -> None:
        self.seat = seat
        self.event_times = EventTimes()
        self.over = asyncio.Event()
        self.connection: Connection
        self._work = work

    def on_connection(self, connection: Connection) -> None:
        self.connection = connection

    def on_event(self, frame: dict[str, Any]) -> None:
        self.event_times.event(frame)
        self._work.metrics.deliveries += 1
        if frame["name"] in ("game_completed", "game_aborted"):
            self.over.set()

    def on_other(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "state":
            self.event_times.state(frame["index"])
            if frame["view"]["phase"] in ("completed", "aborted"):
                self.over.set()

    def on_closed(self, code: int, reason: str) -> None:
        self.over.set()


class BotWork(Work):
    def __init__(self, share: Share, api: Api) -> None:
        super().__init__(share, api)
        self._guests: list[Guest] = []
        self._spectators: list[_Spectator] = []
        self._running: set[_Spectator] = set()

    async def open(self) -> None:
        """See `Work.open`: opens the guests who will watch."""
        await self.spread(self._open_guest)

    async def _open_guest(self, number: int) -> None:
        self._guests.append(await self.api.guest(f"Spectator {number + 1}"))

    async def run(self) -> None:
        """See `Work.run`."""
        async with asyncio.TaskGroup() as tasks:
            for guest in self._guests:
                tasks.create_task(self._watch_games(guest))

    async def _watch_games(self, guest: Guest) -> None:
        config = {"max_players": self.share.players, "bot_delay_ms": 0, "round_pause_ms": 0}
        options = {"game": self.share.game, "bots": self.share.players, "config": config, "as": "spectator"}
        self.rooms += 1
        self.connections += 1
        while True:
            began_s = perf_counter()
            seat = await self.api.create_room(guest, **options)
            spectator = _Spectator(seat, self)
            connection = await connect(seat.ws_url, guest.token, spectator, role="spectator", codec=self.codec)
            self._running.add(spectator)
            await spectator.over.wait()
            self.metrics.to_end.add(perf_counter() - began_s)
            self.metrics.games += 1
            self.metrics.events += connection.journal.next_index
            self._running.discard(spectator)
            self._spectators.append(spectator)
            await connection.close()

    async def finish(self) -> None:
        """See `Work.finish`: waits for the end of the running games."""
        if self._running:
            await asyncio.wait([asyncio.create_task(one.over.wait()) for one in self._running], timeout=_PATIENCE_S)

    async def check(self) -> CheckResult:
        """See `Work.check`."""
        checked = CheckResult()
        for spectator in self._spectators:
            found = list(spectator.connection.journal.problems)
            events = spectator.connection.journal.next_index
            if checked.compared + events <= LOG_EVENTS_MAX:
                try:
                    log = await read_log(self.api, spectator.seat.game_id, spectator.seat.guest.token)
                except ApiError as error:
                    found.append(f"its log can't be read: {error}")
                else:
                    checked.compared += len(log)
                    found += spectator.event_times.problems(log)
                    if len(log) != events:
                        found.append(f"the log ends with {len(log) - 1}, the spectator's newest event is {events - 1}")
            else:
                checked.not_compared += events
            checked.problems += [f"game {spectator.seat.game_id}: {problem}" for problem in found]
        return checked

    async def close(self) -> None:
        """See `Work.close`."""
        await asyncio.gather(*(spectator.connection.close() for spectator in self._running))
