"""Load on relay rooms: everything said by one goes to all. Each message carries its number and when it was sent."""

from __future__ import annotations

import asyncio
import itertools
from array import array
from collections import Counter
from time import perf_counter
from typing import Any

from loadtest.api import Api, Seat
from loadtest.client import Connection, Silent, connect
from loadtest.histogram import Histogram
from loadtest.wire import Codec

_AT_ONCE = 8  # rooms that are set up side by side
_DRAIN_S = 15.0
_DRAIN_LOOK_S = 0.02
_TICK_S = 0.001


class Tally:
    """What happened in one span of time."""

    def __init__(self) -> None:
        self.acks = 0
        self.events = 0
        self.deliveries = 0
        self.to_ack = Histogram()
        self.to_broadcast = Histogram()
        self.lateness = Histogram()  # of the open loop: how much later than planned a command was sent


class Speaker(Silent):
    """One socket of a room. Remembers every message that it was told of, for the check at the end."""

    __slots__ = ("_load", "acked", "closed", "connection", "first_index", "rejected", "seat", "seen", "waiting")

    def __init__(self, load: RelayLoad, seat: Seat) -> None:
        self._load = load
        self.seat = seat
        self.connection: Connection
        self.waiting: dict[str, float] = {}  # commands without an answer: id -> when it was sent
        self.acked: list[tuple[int, int]] = []  # (number of the message, index)
        self.rejected: list[int] = []
        self.first_index = -1
        self.seen = array("q")  # the message at each index from `first_index` on; -1: another event
        self.closed: str | None = None

    def say(self) -> None:
        now_s = perf_counter()
        number = next(self._load.numbers)
        command_id = str(number)
        self.waiting[command_id] = now_s
        self.connection.command(command_id, "say", {"data": {"n": number, "t": now_s}})

    def on_connection(self, connection: Connection) -> None:
        self.connection = connection

    def on_event(self, frame: dict[str, Any]) -> None:
        if self.first_index < 0:
            self.first_index = frame["index"]
        if frame["name"] != "said":
            self.seen.append(-1)
            return
        message = frame["data"]["data"]
        self.seen.append(message["n"])
        tally = self._load.tally
        tally.deliveries += 1
        tally.to_broadcast.add(self.connection.received_at_s - message["t"])

    def on_ack(self, frame: dict[str, Any]) -> None:
        command_id = frame["id"]
        self.acked.append((int(command_id), frame["first"]))
        sent_s = self.waiting.pop(command_id, None)
        if sent_s is None:
            return  # acked twice; the check will find it
        load = self._load
        load.tally.acks += 1
        load.tally.to_ack.add(self.connection.received_at_s - sent_s)
        if load.keeps_talking:
            self.say()

    def on_reject(self, frame: dict[str, Any]) -> None:
        self.waiting.pop(frame["id"], None)
        self.rejected.append(int(frame["id"]))
        self._load.rejects[frame["code"]] += 1

    def on_closed(self, code: int, reason: str) -> None:
        self.closed = f"{code} {reason}".strip()


class RelayLoad:
    """All rooms. `open` first; then `saturate` and `pace` as often as you like; `close`; `problems` tells the truth."""

    def __init__(self) -> None:
        self.numbers = itertools.count()
        self.tally = Tally()
        self.keeps_talking = False
        self.rejects: Counter[str] = Counter()
        self.rooms: list[list[Speaker]] = []

    @property
    def speakers(self) -> list[Speaker]:
        return [speaker for room in self.rooms for speaker in room]

    @property
    def unanswered(self) -> int:
        return sum(len(speaker.waiting) for speaker in self.speakers)

    async def open(self, api: Api, rooms: int, sockets: int, codec: Codec, *, is_public: bool = False) -> None:
        guests = [await api.guest(f"Speaker {seat + 1}") for seat in range(sockets)]
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one() -> list[Speaker]:
            async with slots:
                config = {"min_players": 1, "max_players": sockets}
                seats = await api.full_room(guests, game="relay", config=config, is_public=is_public)
                room = [Speaker(self, seat) for seat in seats]
                for speaker in room:
                    await connect(speaker.seat.ws_url, speaker.seat.guest.token, speaker, codec=codec)
                return room

        self.rooms = list(await asyncio.gather(*(one() for _ in range(rooms))))

    async def close(self) -> None:
        await asyncio.gather(*(speaker.connection.close() for speaker in self.speakers))

    def begin(self) -> None:
        """A new tally from here on."""
        self.tally = Tally()

    def start_talking(self, window: int) -> None:
        """Closed loop: each room has `window` commands under way; whoever gets an ack sends the next one."""
        self.keeps_talking = True
        for room in self.rooms:
            for number in range(window):
                room[number % len(room)].say()

    async def pace(self, per_s: float, seconds: float) -> None:
        """Open loop: so many commands a second, spread over all sockets, whether answers come or not."""
        order = itertools.cycle([room[seat] for seat in range(len(self.rooms[0])) for room in self.rooms])
        began_s = perf_counter()
        for number in range(int(per_s * seconds)):
            due_s = began_s + number / per_s
            if (wait_s := due_s - perf_counter()) > 0:
                await asyncio.sleep(max(wait_s, _TICK_S))
            self.tally.lateness.add(max(0.0, perf_counter() - due_s))
            next(order).say()

    async def drain(self) -> None:
        """Stop talking and wait for the answers to what was said."""
        self.keeps_talking = False
        for _ in range(int(_DRAIN_S / _DRAIN_LOOK_S)):
            if not self.unanswered:
                break
            await asyncio.sleep(_DRAIN_LOOK_S)
        await asyncio.sleep(0.1)  # the last broadcasts to those who did not speak

    def problems(self) -> list[str]:
        """Everything that contradicts the promises: a gap, a duplicate, an acked command that is not in the log."""
        found = [f"{count} commands were rejected: {code}" for code, count in self.rejects.items()]
        for number, room in enumerate(self.rooms):
            found += [f"relay room {number}: {problem}" for problem in _room_problems(room)]
        return found


def _room_problems(room: list[Speaker]) -> list[str]:
    found = []
    for seat, speaker in enumerate(room):
        found += [f"seat {seat}: {problem}" for problem in speaker.connection.journal.problems]
        if speaker.closed is not None and not speaker.closed.startswith("1000"):
            found.append(f"seat {seat} was closed: {speaker.closed}")
        if speaker.waiting:
            found.append(f"seat {seat}: {len(speaker.waiting)} commands were never answered")
    start = max(speaker.first_index for speaker in room)
    logs = [speaker.seen[start - speaker.first_index :] for speaker in room]
    if any(log != logs[0] for log in logs):
        found.append("its sockets saw different events")
    return [*found, *_log_problems(room, start, logs[0])][:5]


def _log_problems(room: list[Speaker], start: int, log: array[int]) -> list[str]:
    """`log`: the message at each index from `start` on, as all the sockets have seen it."""
    said = [number for number in log if number >= 0]
    once = set(said)
    acked = [pair for speaker in room for pair in speaker.acked]
    found = []
    if len(once) != len(said):
        found.append(f"{len(said) - len(once)} messages stand in the log twice")
    if len(acked) != len(said):
        found.append(f"{len(acked)} acks for {len(said)} messages")
    for number, index in acked:
        if not 0 <= index - start < len(log) or log[index - start] != number:
            found.append(f"message {number} was acked as {index}, but that is not where it stands")
    if any(once.intersection(speaker.rejected) for speaker in room):
        found.append("a rejected command stands in the log")
    return found
