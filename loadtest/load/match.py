"""One game of El Dorado: players who move at a pace, and whoever watches them."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any, TypeAlias

from loadtest.api import Seat
from loadtest.connection import Connection, Silent
from loadtest.load.event_times import Trail
from loadtest.load.work import Work
from loadtest.pacing import Schedule
from loadtest.random_player import MOVES, Player

Move: TypeAlias = tuple[str, str, Any]
"""Player, command, value."""


class PacedPlayer(Player):
    """Moves when his table's pace says so; his times count from there."""

    def __init__(self, seat: Seat, seed: int, work: Work, schedule: Schedule, sent: dict[Move, float]) -> None:
        super().__init__(seat.guest.player_id, seed)
        self.seat = seat
        self.trail = Trail()
        self._work = work
        self._schedule = schedule
        self._sent = sent  # moves of this table: when each was due
        self._due_s = 0.0
        self._is_planned = False
        self._is_here = False

    @property
    def is_waiting(self) -> bool:
        """For an answer."""
        return self._pending is not None

    def on_connection(self, connection: Connection) -> None:
        super().on_connection(connection)
        self.closed = None

    def on_closed(self, code: int, reason: str) -> None:
        super().on_closed(code, reason)
        self._is_here = False

    def on_other(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "welcome":
            self._is_here = True
        elif frame["type"] == "state":
            self.trail.state(frame["index"])
        super().on_other(frame)

    def on_event(self, frame: dict[str, Any]) -> None:
        self.trail.event(frame)
        tally = self._work.tally
        tally.deliveries += 1
        if self.seat.seat == 0:
            tally.events += 1
        move = MOVES.get(frame["name"])
        if move is not None:
            key = (frame["data"]["player_id"], move[0], frame["data"][move[1]])
            due_s = self._sent.get(key)
            if due_s is not None:
                tally.to_broadcast.add(self.connection.received_at_s - due_s)
        super().on_event(frame)

    def on_ack(self, frame: dict[str, Any]) -> None:
        if self._pending is not None and frame["id"] == self._pending[0]:
            tally = self._work.tally
            tally.acks += 1
            tally.to_ack.add(self.connection.received_at_s - self._due_s)
        super().on_ack(frame)

    def on_reject(self, frame: dict[str, Any]) -> None:
        self._work.tally.rejects[frame["code"]] += 1
        super().on_reject(frame)

    def _move(self) -> None:
        if self._turn is None or self._is_planned or self._schedule.is_stopped:
            return
        due_s = self._schedule.next_due_s()
        wait_s = due_s - perf_counter()
        if wait_s <= 0:
            self._move_now(due_s)  # his turn came after that; it is not for us that anybody waited
        else:
            self._is_planned = True
            asyncio.get_running_loop().call_later(wait_s, self._move_as_planned, due_s)

    def _move_as_planned(self, due_s: float) -> None:
        self._is_planned = False
        self._work.tally.lateness.add(max(0.0, perf_counter() - due_s))
        self._move_now(due_s)

    def _move_now(self, due_s: float) -> None:
        if self._pending is not None or self._turn is None or self._schedule.is_stopped:
            return
        self._due_s = due_s
        self._work.tally.commands += 1
        super()._move()
        self._remember(due_s)

    def _remember(self, due_s: float) -> None:
        if self._pending is not None:
            _, action = self._pending
            (value,) = action["args"].values()
            self._sent[self.player_id, action["name"], value] = due_s

    def _send(self) -> None:
        if self._is_here:  # otherwise the welcome will do it
            super()._send()


class Watcher(Silent):
    """A spectator."""

    def __init__(self, seat: Seat, work: Work) -> None:
        self.seat = seat
        self.trail = Trail()
        self.connection: Connection
        self._work = work

    def on_connection(self, connection: Connection) -> None:
        self.connection = connection

    def on_event(self, frame: dict[str, Any]) -> None:
        self.trail.event(frame)
        self._work.tally.deliveries += 1

    def on_other(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "state":
            self.trail.state(frame["index"])


class Match:
    """One game at one table, with whoever watches it."""

    def __init__(self, players: list[PacedPlayer], watchers: list[Watcher], schedule: Schedule) -> None:
        self.players = players
        self.schedule = schedule
        self.watchers = watchers

    @property
    def everybody(self) -> list[tuple[PacedPlayer | Watcher, str | None]]:
        return [*((player, None) for player in self.players), *((watcher, "spectator") for watcher in self.watchers)]

    def problems(self, log: list[dict[str, Any]] | None) -> list[str]:
        """What contradicts the promises. `log` None: it could not be read any more within the bounds."""
        found = [f"seat {player.seat.seat}: {problem}" for player in self.players for problem in player.problems()]
        for watcher in self.watchers:
            found += [f"spectator: {problem}" for problem in watcher.connection.journal.problems]
        if log is not None:
            found += [problem for one, _ in self.everybody for problem in one.trail.problems(log)]
            heads = {player.connection.journal.last_index for player in self.players}
            if heads != {len(log) - 1}:
                found.append(f"the log ends with {len(log) - 1}, its sockets were told up to {sorted(heads)}")
        return found[:5]
