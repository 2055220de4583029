"""Load on relay rooms: every message goes to all clients of the room. It carries its number and its due time."""

from __future__ import annotations

import asyncio
import itertools
from array import array
from collections import Counter
from time import perf_counter
from typing import Any

from loadtest.api import Api, Guest, Seat
from loadtest.client_metrics import ClientMetrics
from loadtest.connection import Connection, FrameHandler, connect
from loadtest.pacing import ClosedLoop, open_loop
from loadtest.wire import Codec

_AT_ONCE = 8  # rooms that are opened concurrently
_DRAIN_S = 15.0
_DRAIN_LOOK_S = 0.02

OTHER_EVENT, UNKNOWN = -1, -2
"""In place of a message's number: another kind of event; an event that a state replaced."""


class RelayClient(FrameHandler):
    """One client of a room. Records every message that it receives, for the check at the end.

    After a reconnect it sends unanswered commands again, under the same ids.
    """

    __slots__ = (
        "_load",
        "acked",
        "closed",
        "connection",
        "first_index",
        "is_here",
        "rejected",
        "seat",
        "seen",
        "waiting",
    )

    def __init__(self, load: RelayLoad, seat: Seat) -> None:
        self._load = load
        self.seat = seat
        self.connection: Connection
        self.is_welcomed = False
        self.waiting: dict[str, float] = {}  # unanswered commands: id -> due time
        self.acked: list[tuple[int, int]] = []  # (number of the message, index)
        self.rejected: list[int] = []
        self.first_index = -1
        self.received = array("q")  # for each index from `first_index` on: a message, OTHER_EVENT or UNKNOWN
        self.closed: str | None = None

    def say(self, due_s: float | None = None) -> None:
        """See `Sender.say`. Without a connection the command leaves after the next welcome."""
        command_id = str(next(self._load.numbers))
        self.waiting[command_id] = perf_counter() if due_s is None else due_s
        self._load.metrics.commands += 1
        if self.is_welcomed:
            self._send(command_id)

    def _send(self, command_id: str) -> None:
        data = {"n": int(command_id), "t": self.waiting[command_id]}
        self.connection.command(command_id, "say", {"data": data})

    def on_connection(self, connection: Connection) -> None:
        self.connection = connection
        self.closed = None

    def on_other(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "welcome":
            self.is_welcomed = True
            for command_id in self.waiting:
                self._send(command_id)
        elif frame["type"] == "state" and self.first_index >= 0:
            missed = frame["index"] + 1 - self.first_index - len(self.received)
            self.received.extend([UNKNOWN] * missed)

    def on_event(self, frame: dict[str, Any]) -> None:
        if self.first_index < 0:
            self.first_index = frame["index"]
        metrics = self._load.metrics
        metrics.deliveries += 1
        if frame["name"] != "said":
            self.received.append(OTHER_EVENT)
            return
        message = frame["data"]["data"]
        self.received.append(message["n"])
        metrics.to_broadcast.add(self.connection.received_at_s - message["t"])

    def on_ack(self, frame: dict[str, Any]) -> None:
        command_id = frame["id"]
        self.acked.append((int(command_id), frame["first"]))
        due_s = self.waiting.pop(command_id, None)
        if due_s is None:
            return  # acked twice: the check reports it
        load = self._load
        load.metrics.acks += 1
        load.metrics.events += frame["last"] - frame["first"] + 1
        load.metrics.to_ack.add(self.connection.received_at_s - due_s)
        load.closed_loop.answered(self)

    def on_reject(self, frame: dict[str, Any]) -> None:
        self.waiting.pop(frame["id"], None)
        self.rejected.append(int(frame["id"]))
        self._load.rejects[frame["code"]] += 1
        self._load.metrics.rejects[frame["code"]] += 1

    def on_closed(self, code: int, reason: str) -> None:
        self.is_welcomed = False
        self.closed = f"{code} {reason}".strip()


class RelayLoad:
    """Rooms and their clients. Call `open`, then `start_talking` and `pace` any number of times, then `close`.

    `problems` compares what the clients received.
    """

    def __init__(self) -> None:
        self.numbers = itertools.count()
        self.metrics = ClientMetrics()
        self.closed_loop = ClosedLoop()
        self.rejects: Counter[str] = Counter()
        self.rooms: list[list[RelayClient]] = []

    @property
    def clients(self) -> list[RelayClient]:
        return [client for room in self.rooms for client in room]

    @property
    def unanswered(self) -> int:
        return sum(len(client.waiting) for client in self.clients)

    async def open(self, api: Api, rooms: int, sockets: int, codec: Codec, *, is_public: bool = False) -> None:
        guests = [await api.guest(f"Speaker {seat + 1}") for seat in range(sockets)]
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one() -> None:
            async with slots:
                await self.open_room(api, guests, codec, is_public=is_public)

        await asyncio.gather(*(one() for _ in range(rooms)))

    async def open_room(
        self, api: Api, guests: list[Guest], codec: Codec, *, is_public: bool = False
    ) -> list[RelayClient]:
        """Open one more room with these guests in it."""
        config = {"min_players": 1, "max_players": len(guests)}
        seats = await api.full_room(guests, game="relay", config=config, is_public=is_public)
        room = [RelayClient(self, seat) for seat in seats]
        for client in room:
            await connect(client.seat.ws_url, client.seat.guest.token, client, codec=codec)
        self.rooms.append(room)
        return room

    async def close(self) -> None:
        await asyncio.gather(*(client.connection.close() for client in self.clients))

    def begin(self) -> None:
        """Start new metrics."""
        self.metrics = ClientMetrics()

    def start_talking(self, window: int) -> None:
        """Closed loop with `window` commands in flight per room, until `drain`."""
        self.closed_loop.start(self.rooms, window)

    async def pace(self, per_s: float, seconds: float) -> None:
        """Open loop with `per_s` commands a second over all rooms."""
        await open_loop(self.rooms, per_s, seconds, lambda late_s: self.metrics.lateness.add(late_s))

    async def drain(self) -> None:
        """Stop sending and wait for the outstanding answers."""
        self.closed_loop.stop()
        for _ in range(int(_DRAIN_S / _DRAIN_LOOK_S)):
            if not self.unanswered:
                break
            await asyncio.sleep(_DRAIN_LOOK_S)
        await asyncio.sleep(0.1)  # for the last broadcasts to the other clients

    def problems(self) -> list[str]:
        """Broken guarantees: a gap, a duplicate, an acked command that is not in the log."""
        found = [f"{count} commands were rejected: {code}" for code, count in self.rejects.items()]
        for number, room in enumerate(self.rooms):
            found += [f"relay room {number}: {problem}" for problem in room_problems(room)]
        return found


def room_problems(room: list[RelayClient]) -> list[str]:
    """Broken guarantees in what the clients of one room received."""
    found = []
    for seat, client in enumerate(room):
        found += [f"seat {seat}: {problem}" for problem in client.connection.journal.problems]
        if client.closed is not None and not client.closed.startswith("1000"):
            found.append(f"seat {seat} was closed: {client.closed}")
        if client.waiting:
            found.append(f"seat {seat}: {len(client.waiting)} commands were never answered")
    start = max(client.first_index for client in room)
    log = _merged([client.received[start - client.first_index :] for client in room])
    if log is None:
        found.append("its clients received different events")
        return found
    return [*found, *_log_problems(room, start, log)][:5]


def _merged(logs: list[array[int]]) -> array[int] | None:
    """One log from those of all clients, with UNKNOWN filled in where another client knows. None: they differ."""
    whole = logs[0]
    if all(log == whole for log in logs):
        return whole
    if any(len(log) != len(whole) for log in logs) or not any(UNKNOWN in log for log in logs):
        return None
    for place, told in enumerate(zip(*logs, strict=True)):
        known = {number for number in told if number != UNKNOWN}
        if len(known) > 1:
            return None
        whole[place] = known.pop() if known else UNKNOWN
    return whole


def _log_problems(room: list[RelayClient], start: int, log: array[int]) -> list[str]:
    """`log`: the message at each index from `start` on."""
    said = [number for number in log if number >= 0]
    once = set(said)
    acked = [pair for client in room for pair in client.acked]
    found = []
    if len(once) != len(said):
        found.append(f"{len(said) - len(once)} messages are in the log twice")
    if len(acked) != len(said) and UNKNOWN not in log:
        found.append(f"{len(acked)} acks for {len(said)} messages")
    for number, index in acked:
        if not 0 <= index - start < len(log) or log[index - start] not in (number, UNKNOWN):
            found.append(f"message {number} was acked as {index}, but is not there in the log")
    if any(once.intersection(client.rejected) for client in room):
        found.append("a rejected command is in the log")
    return found
