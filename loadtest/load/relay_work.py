"""Relay rooms: what one says all are told."""

from __future__ import annotations

import asyncio
import math
import random

from loadtest.api import Api, ApiError
from loadtest.client_metrics import Tally
from loadtest.connection import connect
from loadtest.journal import Journal
from loadtest.load.event_times import read_log
from loadtest.load.reconnect import come_back
from loadtest.load.share import Share
from loadtest.load.work import LOG_EVENTS_MAX, Checked, Work, all_told
from loadtest.relay import OTHER, UNKNOWN, RelayLoad, Speaker, room_problems


class RelayWork(Work):
    def __init__(self, share: Share, api: Api) -> None:
        super().__init__(share, api)
        self._load = RelayLoad()
        self._watchers: dict[str, list[Speaker]] = {}  # by the game's id
        self._random = random.Random(share.seed)

    def take(self) -> Tally:
        """See `Work.take`."""
        taken, self._load.tally = self._load.tally, Tally()
        return taken

    @property
    def running_games(self) -> list[str]:
        """See `Work.running_games`."""
        return [room[0].seat.game_id for room in self._load.rooms]

    @property
    def current(self) -> Tally:
        """See `Work.current`."""
        return self._load.tally

    @property
    def _everybody(self) -> list[tuple[Speaker, str | None]]:
        everybody: list[tuple[Speaker, str | None]] = [(speaker, None) for speaker in self._load.speakers]
        return everybody + [(watcher, "spectator") for room in self._watchers.values() for watcher in room]

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
        watchers = []
        for _ in range(share.spectators):
            guest = await self.api.guest("Spectator")
            watcher = Speaker(self._load, room[0].seat.for_guest(guest))
            await connect(watcher.seat.ws_url, guest.token, watcher, role="spectator", codec=self.codec)
            watchers.append(watcher)
            self.connections += 1
        self._watchers[room[0].seat.game_id] = watchers

    async def run(self) -> None:
        """See `Work.run`."""
        load = self._load
        limits = load.speakers[0].connection.welcome["limits"]
        rate = self.rate_within(limits, len(load.speakers))
        async with asyncio.TaskGroup() as tasks:
            if self.share.cut_every_s:
                tasks.create_task(self._storm())
            if rate is None:
                load.start_talking(self.share.window)
            else:
                tasks.create_task(load.pace(rate, math.inf))

    async def _storm(self) -> None:
        while True:
            await asyncio.sleep(self.share.cut_every_s)
            await asyncio.shield(asyncio.gather(*(self._cut(one, role) for one, role in self._everybody)))

    async def _cut(self, one: Speaker, role: str | None) -> None:
        took_s, refused = await come_back(one.connection, one, one.seat, self.codec, role, self._random.random())
        self._load.tally.resumed += 1
        self._load.tally.to_resume.add(took_s)
        self._load.tally.rejects.update(f"connect: {reason}" for reason in refused)

    async def finish(self) -> None:
        """See `Work.finish`."""
        await self._load.drain()
        await all_told(self._journals)

    def _journals(self) -> list[list[Journal]]:
        return [[one.connection.journal for one in self._in(room)] for room in self._load.rooms]

    def _in(self, room: list[Speaker]) -> list[Speaker]:
        """Everybody with a socket in this room."""
        return [*room, *self._watchers.get(room[0].seat.game_id, ())]

    async def check(self) -> Checked:
        """See `Work.check`."""
        checked = Checked()
        for room in self._load.rooms:
            checked.acked += sum(len(speaker.acked) for speaker in room)
            found = room_problems(self._in(room))
            events = room[0].connection.journal.next_index
            if checked.compared + events <= LOG_EVENTS_MAX:
                found += await self._log_problems(room)
                checked.compared += events
            else:
                checked.not_compared += events
            checked.problems += [f"room {room[0].seat.game_id}: {problem}" for problem in found]
        return checked

    async def _log_problems(self, room: list[Speaker]) -> list[str]:
        """Where the first socket's story differs from the log. (That all tell the same one is known.)"""
        first = room[0]
        try:
            log = await read_log(self.api, first.seat.game_id, first.seat.guest.token)
        except ApiError as error:
            return [f"its log can't be read: {error}"]
        kept = [event["data"]["data"]["n"] if event["name"] == "said" else OTHER for event in log]
        told = first.seen.tolist()
        place = kept[first.first_index :]
        if len(place) != len(told):
            return [f"the log has {len(place)} events where a socket was told of {len(told)}"]
        if any(mine not in (UNKNOWN, theirs) for mine, theirs in zip(told, place, strict=True)):
            return ["the log has other events than its sockets were told of"]
        return []

    async def close(self) -> None:
        """See `Work.close`."""
        await asyncio.gather(*(one.connection.close() for one, _ in self._everybody))
