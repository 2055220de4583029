"""A client that reconnects after every lost connection and sends unanswered commands again."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from loadtest.api import Seat
from loadtest.chaos.history import Command, CommandKey, History
from loadtest.connection import Connection, ConnectionFailed, FrameHandler, connect
from loadtest.journal import Journal
from loadtest.wire import Codec

_TWICE = 0.02  # share of the commands that are sent twice without need
_AGAIN_S = (0.1, 0.4)  # after a retryable reject
_BACK_FIRST_S = 0.05
_BACK_MAX_S = 0.25
_RESTART = 1012
_FATAL = {1009, 4400, 4401, 4403, 4404, 4408, 4409, 4429}
"""Close codes for faults of the client, which these clients do not commit."""


@dataclass(slots=True)
class RunCounts:
    """Counters over all clients of a run. `server_faults`: what a healthy server never does, even under faults."""

    sent: int = 0
    again: int = 0
    acked: int = 0
    events: int = 0
    connections: int = 0
    closes: Counter[int] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)
    server_faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _PendingCommand:
    """An unanswered command."""

    command: Command
    name: str
    args: dict[str, Any]
    sent_s: float = 0.0


class ReconnectingClient(FrameHandler):
    """A player or spectator in one room. `run` it as a task, `submit` commands, `stop` it.

    `served_s` (monotonic): time of the first ack of a command that was sent after the time given to `watch`.
    """

    def __init__(
        self, seat: Seat, counts: RunCounts, draw: random.Random, codec: Codec, role: str | None = None
    ) -> None:
        player_id = seat.guest.player_id
        self.seat = seat
        self.journal = Journal()
        self.history = History(player_id, player_id if role is None else None)
        self.counts = counts
        self.draw = draw
        self.connection: Connection | None = None
        self.outbox: dict[str, _PendingCommand] = {}
        self.stopped = False
        self.limits: dict[str, float] = {}  # of the last welcome
        self.served_s: float | None = None
        self._watched_s = 0.0
        self._codec = codec
        self._role = role
        self._entering: Connection
        self._epoch: int | None = None
        self._number = 0
        self._wait_s = 0.0  # before the next connection, as the server requested
        self._synced: asyncio.Future[None] | None = None

    @property
    def player_id(self) -> str:
        return self.history.player_id

    @property
    def name(self) -> str:
        return f"player {self.player_id[:8]} in game {self.seat.game_id[:8]}"

    async def run(self) -> None:
        """Stay connected until `stop`."""
        failures = 0
        while not self.stopped:
            try:
                connection = await connect(
                    self.seat.ws_url,
                    self.seat.guest.token,
                    self,
                    journal=self.journal,
                    epoch=self._epoch,
                    role=self._role,
                    codec=self._codec,
                )
            except (OSError, TimeoutError, ConnectionFailed) as error:
                failures += 1
                self._note_failure(error)
            else:
                failures = 0
                await connection.ended
            if not self.stopped:
                longest_s = min(_BACK_MAX_S, _BACK_FIRST_S * 2**failures)
                await asyncio.sleep(self.draw.uniform(0, longest_s) + self._wait_s)

    async def stop(self) -> None:
        """Disconnect and stay disconnected."""
        self.stopped = True
        if self.connection is not None:
            await self.connection.close()

    def submit(self, name: str, args: dict[str, Any], key: CommandKey) -> None:
        """Send a command, now or after the next welcome, until it is answered."""
        self._number += 1
        command = Command(f"c{self._number}", key)
        self.history.commands.append(command)
        waiting = self.outbox[command.id] = _PendingCommand(command, name, args)
        self._send(waiting)
        if self.draw.random() < _TWICE:
            self._send(waiting)

    def watch(self, since_s: float) -> None:
        """Watch for the first ack of a command that is sent after `since_s`: it sets `served_s`."""
        self._watched_s, self.served_s = since_s, None

    async def view(self) -> None:
        """Request a state. Returns when it is in the history; waits for a connection if there is none."""
        self._synced = asyncio.get_running_loop().create_future()
        if self.connection is not None:
            self.connection.send({"type": "sync"})
        await self._synced

    def drop(self) -> None:
        """Drop the connection without a close frame, as a network failure does."""
        if self.connection is not None:
            self.connection.abort()

    # FrameHandler

    def on_event(self, frame: dict[str, Any]) -> None:
        self.counts.events += 1
        self.history.event(frame)

    def on_ack(self, frame: dict[str, Any]) -> None:
        waiting = self.outbox.pop(frame["id"], None)
        if waiting is None:
            return  # the second ack of a command that was sent twice; the journal compares it with the first
        waiting.command.ack = (frame["first"], frame["last"])
        self.counts.acked += 1
        if self.served_s is None and waiting.sent_s >= self._watched_s:
            self.served_s = monotonic()
        self.answered(waiting.name, frame)

    def on_reject(self, frame: dict[str, Any]) -> None:
        self.counts.rejects[frame["code"]] += 1
        waiting = self.outbox.get(frame["id"])
        if waiting is None:
            return
        if frame["retryable"]:
            delay_s = self.draw.uniform(*_AGAIN_S)
            asyncio.get_running_loop().call_later(delay_s, self._send_again, waiting)
            return
        del self.outbox[frame["id"]]
        waiting.command.refused = True
        if not self.may_refuse(waiting.name, frame["code"]):
            self.report_fault(f"{waiting.name} was refused: {frame['code']} {frame['message']}")
        self.answered(waiting.name, None)

    def on_other(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "welcome":
            self._welcomed(frame)
        elif kind == "state":
            self.history.state(frame)
            if self._synced is not None and not self._synced.done():
                self._synced.set_result(None)

    def on_connection(self, connection: Connection) -> None:
        """The connection is used after its welcome: until then nothing may be sent."""
        self._entering = connection

    def on_closed(self, code: int, reason: str) -> None:
        self.connection = None
        self._wait_s = 0.0
        if self.stopped:
            return
        self.counts.closes[code] += 1
        if code == _RESTART and reason.isdecimal():
            self._wait_s = int(reason) / 1000
        if code in _FATAL or reason == "internal":
            self.report_fault(f"was closed with {code} {reason}")

    # For subclasses.

    def answered(self, name: str, ack: dict[str, Any] | None) -> None:
        """A command was answered. `ack` None: it was refused."""

    def may_refuse(self, name: str, code: str) -> bool:
        """Whether a healthy server may refuse the command with this code."""
        return False

    def report_fault(self, what: str) -> None:
        self.counts.server_faults.append(f"{self.name}: {what}")

    def _note_failure(self, error: Exception) -> None:
        code = getattr(error, "code", None)
        if isinstance(error, ConnectionFailed) and code is None:
            self.counts.closes[0] += 1

    def _welcomed(self, frame: dict[str, Any]) -> None:
        self.counts.connections += 1
        self._epoch, self.limits = frame["epoch"], frame["limits"]
        self.connection = self._entering
        for waiting in self.outbox.values():
            self._send(waiting)
        if self._synced is not None and not self._synced.done():
            self.connection.send({"type": "sync"})

    def _send(self, waiting: _PendingCommand) -> None:
        if self.connection is None:
            return  # it is sent after the next welcome
        command = waiting.command
        if command.sent:
            self.counts.again += 1
        else:
            self.counts.sent += 1
        command.sent += 1
        waiting.sent_s = monotonic()
        self.connection.command(command.id, waiting.name, waiting.args)

    def _send_again(self, waiting: _PendingCommand) -> None:
        if waiting.command.id in self.outbox:
            self._send(waiting)
