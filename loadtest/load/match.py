"""One game of El Dorado: players who move by a schedule, and spectators."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any, TypeAlias

from loadtest.api import Seat
from loadtest.connection import Connection, FrameHandler
from loadtest.load.event_times import EventTimes
from loadtest.load.work import Work
from loadtest.pacing import Schedule
from loadtest.random_player import MOVES, RandomPlayer

Move: TypeAlias = tuple[str, str, Any]
"""(player id, command, value)"""


class PacedPlayer(RandomPlayer):
    """Moves when the schedule of the table says so; latencies count from the due time."""

    def __init__(self, seat: Seat, seed: int, work: Work, schedule: Schedule, due_by_move: dict[Move, float]) -> None:
        super().__init__(seat.guest.player_id, seed)
        self.seat = seat
        self.event_times = EventTimes()
        self._work = work
        self._schedule = schedule
        self._due_by_move = due_by_move  # shared by the players of a table
        self._due_s = 0.0
        self._is_planned = False
        self._is_welcomed = False

    @property
    def is_waiting(self) -> bool:
        """Whether a command of this player is unanswered."""
        return self._unanswered is not None

    def on_connection(self, connection: Connection) -> None:
        super().on_connection(connection)
        self.closed = None

    def on_closed(self, code: int, reason: str) -> None:
        super().on_closed(code, reason)
        self._is_welcomed = False

    def on_other(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "welcome":
            self._is_welcomed = True
        elif frame["type"] == "state":
            self.event_times.state(frame["index"])
        super().on_other(frame)

    def on_event(self, frame: dict[str, Any]) -> None:
        self.event_times.event(frame)
        metrics = self._work.metrics
        metrics.deliveries += 1
        if self.seat.seat == 0:
            metrics.events += 1
        move = MOVES.get(frame["name"])
        if move is not None:
            key = (frame["data"]["player_id"], move[0], frame["data"][move[1]])
            due_s = self._due_by_move.get(key)
            if due_s is not None:
                metrics.to_broadcast.add(self.connection.received_at_s - due_s)
        super().on_event(frame)

    def on_ack(self, frame: dict[str, Any]) -> None:
        if self._unanswered is not None and frame["id"] == self._unanswered[0]:
            metrics = self._work.metrics
            metrics.acks += 1
            metrics.to_ack.add(self.connection.received_at_s - self._due_s)
        super().on_ack(frame)

    def on_reject(self, frame: dict[str, Any]) -> None:
        self._work.metrics.rejects[frame["code"]] += 1
        super().on_reject(frame)

    def _move(self) -> None:
        if self._turn is None or self._is_planned or self._schedule.is_stopped:
            return
        due_s = self._schedule.next_due_s()
        wait_s = due_s - perf_counter()
        if wait_s <= 0:
            self._move_now(due_s)  # the turn came after the due time, so the clients are not late
        else:
            self._is_planned = True
            asyncio.get_running_loop().call_later(wait_s, self._move_as_planned, due_s)

    def _move_as_planned(self, due_s: float) -> None:
        self._is_planned = False
        self._work.metrics.lateness.add(max(0.0, perf_counter() - due_s))
        self._move_now(due_s)

    def _move_now(self, due_s: float) -> None:
        if self._unanswered is not None or self._turn is None or self._schedule.is_stopped:
            return
        self._due_s = due_s
        self._work.metrics.commands += 1
        super()._move()
        self._remember(due_s)

    def _remember(self, due_s: float) -> None:
        if self._unanswered is not None:
            _, action = self._unanswered
            (value,) = action["args"].values()
            self._due_by_move[self.player_id, action["name"], value] = due_s

    def _send(self) -> None:
        if self._is_welcomed:  # otherwise it is sent after the welcome
            super()._send()


class Spectator(FrameHandler):
    """A spectator."""

    def __init__(self, seat: Seat, work: Work) -> None:
        self.seat = seat
        self.event_times = EventTimes()
        self.connection: Connection
        self._work = work

    def on_connection(self, connection: Connection) -> None:
        self.connection = connection

    def on_event(self, frame: dict[str, Any]) -> None:
        self.event_times.event(frame)
        self._work.metrics.deliveries += 1

    def on_other(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "state":
            self.event_times.state(frame["index"])


class Match:
    """One game at one table, with its spectators."""

    def __init__(self, players: list[PacedPlayer], spectators: list[Spectator], schedule: Schedule) -> None:
        self.players = players
        self.schedule = schedule
        self.spectators = spectators

    @property
    def connected(self) -> list[tuple[PacedPlayer | Spectator, str | None]]:
        return [
            *((player, None) for player in self.players),
            *((spectator, "spectator") for spectator in self.spectators),
        ]

    def problems(self, log: list[dict[str, Any]] | None) -> list[str]:
        """Broken guarantees. `log` None: it was not read."""
        found = [f"seat {player.seat.seat}: {problem}" for player in self.players for problem in player.problems()]
        for spectator in self.spectators:
            found += [f"spectator: {problem}" for problem in spectator.connection.journal.problems]
        if log is not None:
            found += [problem for one, _ in self.connected for problem in one.event_times.problems(log)]
            heads = {player.connection.journal.last_index for player in self.players}
            if heads != {len(log) - 1}:
                found.append(f"the log ends with {len(log) - 1}, the newest events of the clients are {sorted(heads)}")
        return found[:5]
