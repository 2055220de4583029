"""Games of El Dorado with a client at every seat; after a game the same players begin the next one."""

from __future__ import annotations

import asyncio
import random

from loadtest.api import Api, ApiError, Guest
from loadtest.connection import connect
from loadtest.load.event_times import read_log
from loadtest.load.match import Match, Move, PacedPlayer, Spectator
from loadtest.load.reconnect import reconnect
from loadtest.load.share import Share
from loadtest.load.work import LOG_EVENTS_MAX, CheckResult, Work, all_delivered
from loadtest.pacing import Schedule
from loadtest.tables import Table

_PATIENCE_S = 15.0
_LOOK_S = 0.02


class TableWork(Work):
    def __init__(self, share: Share, api: Api) -> None:
        super().__init__(share, api)
        self._random = random.Random(share.seed)
        self._guests: dict[int, list[Guest]] = {}
        self._spectator_guests: dict[int, list[Guest]] = {}
        self._matches: list[Match | None] = [None] * share.rooms
        self._finished: list[Match] = []
        self._rate: float | None = None

    @property
    def running_games(self) -> list[str]:
        """See `Work.running_games`."""
        return [match.players[0].seat.game_id for match in self._running]

    async def open(self) -> None:
        """See `Work.open`: opens all guests and the first game of each table."""
        await self.spread(self._open_first)
        first = self._matches[0]
        assert first is not None
        limits = first.players[0].connection.welcome["limits"]
        self._rate = self.rate_within(limits, self.share.rooms * self.share.players)

    async def _open_first(self, number: int) -> None:
        self._guests[number] = [await self.api.guest(f"Player {seat + 1}") for seat in range(self.share.players)]
        self._spectator_guests[number] = [await self.api.guest("Spectator") for _ in range(self.share.spectators)]
        await self._open_match(number)
        self.rooms += 1
        self.connections += self.share.players + self.share.spectators

    async def _open_match(self, number: int) -> Match:
        guests = self._guests[number]
        config = {"max_players": len(guests), "turn_seconds": 0, "round_pause_ms": 0}
        watched = bool(self._spectator_guests[number]) or self.share.reads_per_s > 0
        seats = await self.api.full_room(guests, game="eldorado", config=config, is_public=watched)
        schedule = Schedule()
        due_by_move: dict[Move, float] = {}
        players = [PacedPlayer(seat, self._random.getrandbits(32), self, schedule, due_by_move) for seat in seats]
        spectators = [Spectator(seats[0].for_guest(guest), self) for guest in self._spectator_guests[number]]
        match = Match(players, spectators, schedule)
        for one, role in match.connected:
            await connect(one.seat.ws_url, one.seat.guest.token, one, role=role, codec=self.codec)
        self._matches[number] = match
        return match

    async def run(self) -> None:
        """See `Work.run`."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(self.share.rooms):
                tasks.create_task(self._play(number))
            if self.share.cut_every_s:
                tasks.create_task(self._cut_repeatedly())

    async def _play(self, number: int) -> None:
        match = self._matches[number]
        assert match is not None
        rate = None if self._rate is None else self._rate / self.share.rooms
        while True:
            match.schedule.restart(rate, self._random.random())
            Table([player.seat for player in match.players], match.players).start()
            await asyncio.wait([player.done for player in match.players])
            self.metrics.games += 1
            await self._leave(match)
            self._finished.append(match)
            self._matches[number] = None
            match = await self._open_match(number)

    async def _cut_repeatedly(self) -> None:
        while True:
            await asyncio.sleep(self.share.cut_every_s)
            present = [pair for match in self._matches if match is not None for pair in match.connected]
            await asyncio.shield(asyncio.gather(*(self._cut_and_reconnect(one, role) for one, role in present)))

    async def _cut_and_reconnect(self, one: PacedPlayer | Spectator, role: str | None) -> None:
        took_s, refused = await reconnect(one.connection, one, one.seat, self.codec, role, self._random.random())
        self.metrics.resumed += 1
        self.metrics.to_resume.add(took_s)
        self.metrics.rejects.update(f"connect: {reason}" for reason in refused)

    async def finish(self) -> None:
        """See `Work.finish`: running games are not played to their end."""
        for match in self._running:
            match.schedule.stop()
        for _ in range(int(_PATIENCE_S / _LOOK_S)):
            if not any(player.is_waiting for match in self._running for player in match.players):
                break
            await asyncio.sleep(_LOOK_S)
        await all_delivered(lambda: [[one.connection.journal for one, _ in match.connected] for match in self._running])

    @property
    def _running(self) -> list[Match]:
        return [match for match in self._matches if match is not None]

    async def check(self) -> CheckResult:
        """See `Work.check`."""
        checked = CheckResult()
        for match in [*self._finished, *self._running]:
            host = match.players[0]
            checked.acked += sum(len(player.connection.journal.acks) for player in match.players)
            events = host.connection.journal.next_index
            log = None
            try:
                if checked.compared + events <= LOG_EVENTS_MAX:
                    log = await read_log(self.api, host.seat.game_id, host.seat.guest.token)
            except ApiError as error:
                checked.problems.append(f"the log of {host.seat.game_id} can't be read: {error}")
            if log is None:
                checked.not_compared += events
            else:
                checked.compared += len(log)
            checked.problems += [f"game {host.seat.game_id}: {problem}" for problem in match.problems(log)]
        return checked

    async def close(self) -> None:
        """See `Work.close`."""
        await asyncio.gather(*(self._leave(match) for match in self._running))

    async def _leave(self, match: Match) -> None:
        await asyncio.gather(*(one.connection.close() for one, _ in match.connected))
