"""Relay rooms: every message goes to all clients of the room."""

from __future__ import annotations

import asyncio
import math
import random

from loadtest.api import Api, ApiError
from loadtest.client_metrics import ClientMetrics
from loadtest.connection import connect
from loadtest.journal import Journal
from loadtest.load.event_times import read_log
from loadtest.load.reconnect import reconnect
from loadtest.load.share import Share
from loadtest.load.work import LOG_EVENTS_MAX, CheckResult, Work, all_delivered
from loadtest.relay import OTHER_EVENT, UNKNOWN, RelayClient, RelayLoad, room_problems


class RelayWork(Work):
    def __init__(self, share: Share, api: Api) -> None:
        super().__init__(share, api)
        self._load = RelayLoad()
        self._spectators: dict[str, list[RelayClient]] = {}  # by the game's id
        self._random = random.Random(share.seed)

    def take(self) -> ClientMetrics:
        """See `Work.take`."""
        taken, self._load.metrics = self._load.metrics, ClientMetrics()
        return taken

    @property
    def running_games(self) -> list[str]:
        """See `Work.running_games`."""
        return [room[0].seat.game_id for room in self._load.rooms]

    @property
    def current(self) -> ClientMetrics:
        """See `Work.current`."""
        return self._load.metrics

    @property
    def _connected(self) -> list[tuple[RelayClient, str | None]]:
        connected: list[tuple[RelayClient, str | None]] = [(client, None) for client in self._load.clients]
        return connected + [(spectator, "spectator") for room in self._spectators.values() for spectator in room]

    async def open(self) -> None:
        """See `Work.open`."""
        await self.spread(self._open_room)

    async def _open_room(self, number: int) -> None:
        share = self.share
        guests = [await self.api.guest(f"Speaker {seat + 1}") for seat in range(share.players)]
        is_public = share.spectators > 0 or share.reads_per_s > 0
        room = await self._load.open_room(self.api, guests, self.codec, is_public=is_public)
        self.rooms += 1
        self.connections += len(room)
        spectators = []
        for _ in range(share.spectators):
            guest = await self.api.guest("Spectator")
            spectator = RelayClient(self._load, room[0].seat.for_guest(guest))
            await connect(spectator.seat.ws_url, guest.token, spectator, role="spectator", codec=self.codec)
            spectators.append(spectator)
            self.connections += 1
        self._spectators[room[0].seat.game_id] = spectators

    async def run(self) -> None:
        """See `Work.run`."""
        load = self._load
        limits = load.clients[0].connection.welcome["limits"]
        rate = self.rate_within(limits, len(load.clients))
        async with asyncio.TaskGroup() as tasks:
            if self.share.cut_every_s:
                tasks.create_task(self._cut_repeatedly())
            if rate is None:
                load.start_talking(self.share.window)
            else:
                tasks.create_task(load.pace(rate, math.inf))

    async def _cut_repeatedly(self) -> None:
        while True:
            await asyncio.sleep(self.share.cut_every_s)
            await asyncio.shield(asyncio.gather(*(self._cut_and_reconnect(one, role) for one, role in self._connected)))

    async def _cut_and_reconnect(self, one: RelayClient, role: str | None) -> None:
        took_s, refused = await reconnect(one.connection, one, one.seat, self.codec, role, self._random.random())
        self._load.metrics.resumed += 1
        self._load.metrics.to_resume.add(took_s)
        self._load.metrics.rejects.update(f"connect: {reason}" for reason in refused)

    async def finish(self) -> None:
        """See `Work.finish`."""
        await self._load.drain()
        await all_delivered(self._journals)

    def _journals(self) -> list[list[Journal]]:
        return [[one.connection.journal for one in self._in(room)] for room in self._load.rooms]

    def _in(self, room: list[RelayClient]) -> list[RelayClient]:
        """All clients of this room, spectators included."""
        return [*room, *self._spectators.get(room[0].seat.game_id, ())]

    async def check(self) -> CheckResult:
        """See `Work.check`."""
        checked = CheckResult()
        for room in self._load.rooms:
            checked.acked += sum(len(client.acked) for client in room)
            found = room_problems(self._in(room))
            events = room[0].connection.journal.next_index
            if checked.compared + events <= LOG_EVENTS_MAX:
                found += await self._log_problems(room)
                checked.compared += events
            else:
                checked.not_compared += events
            checked.problems += [f"room {room[0].seat.game_id}: {problem}" for problem in found]
        return checked

    async def _log_problems(self, room: list[RelayClient]) -> list[str]:
        """Differences between the first client and the log. (`room_problems` compares the clients with each other.)"""
        first = room[0]
        try:
            log = await read_log(self.api, first.seat.game_id, first.seat.guest.token)
        except ApiError as error:
            return [f"its log can't be read: {error}"]
        kept = [event["data"]["data"]["n"] if event["name"] == "said" else OTHER_EVENT for event in log]
        told = first.received.tolist()
        place = kept[first.first_index :]
        if len(place) != len(told):
            return [f"the log has {len(place)} events, a client received {len(told)}"]
        if any(mine not in (UNKNOWN, theirs) for mine, theirs in zip(told, place, strict=True)):
            return ["the log has other events than its clients received"]
        return []

    async def close(self) -> None:
        """See `Work.close`."""
        await asyncio.gather(*(one.connection.close() for one, _ in self._connected))
