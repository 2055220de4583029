"""Everybody who is connected to a room: players are told at once, spectators are shown the game apart from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from server.clock import Clock
from server.games.rules import PlayerId, Viewer
from server.games.table import Table
from server.metrics import Metrics
from server.rooms.audience import frames
from server.rooms.audience.fanout import Fanout
from server.rooms.audience.member import Member
from server.rooms.audience.seats import reseated
from server.rooms.audience.spectator_count import SpectatorCount
from server.rooms.audience.spectators import Spectators
from server.rooms.machine import records as rec
from server.rooms.machine.core import RoomCore
from server.rooms.machine.effects import Record, Step
from server.wire.close_codes import CloseCode


class Audience:
    """`publish` sends what may be told; `shown` says how far a viewer may look."""

    def __init__(self, core: RoomCore, clock: Clock, metrics: Metrics) -> None:
        self._core = core
        self.on_listed: Callable[[], None] = lambda: None  # how the room is listed may have changed
        self.fanout = Fanout(core.game, metrics, self._spectators_changed)
        self._spectators = Spectators(self.fanout, clock)
        self._count = SpectatorCount(clock, lambda: len(self.fanout.spectators), self._send_count)
        self._table: Table | None = None  # the one that was published last

    def restore(self, records: Sequence[Record], now_ms: int) -> None:
        """Begin with a log that was loaded."""
        delay_ms = self._core.table.config.spectator_delay_s * 1000
        if delay_ms:
            self._spectators.restore(rec.steps(self._core.game, records), delay_ms, now_ms)
        elif self._core.told is not None:
            self._spectators.restore([self._core.told], 0, now_ms)

    def shown(self, viewer: Viewer) -> Step | None:
        """The newest step that `viewer` may be shown; None before there is one."""
        return self._spectators.step if viewer is None else self._core.told

    def publish(self, steps: Sequence[Step], records: Sequence[Record]) -> None:
        """Send these steps to the players, then to the spectators. `records`: those of the steps."""
        last = steps[-1]
        before, self._table = self._table, last.state.table
        seats: dict[PlayerId, bool] = {}
        late: Sequence[Member] = ()
        if self._table is not before:
            seats = reseated(records)
            late = self._move_to_seats(seats)
            self._spectators.delay_ms = self._table.config.spectator_delay_s * 1000
            self.on_listed()
        turns = {}
        if last.wait is not None and any(step.turn for step in steps):
            # Only the newest turn is sent: the players of earlier turns have moved already, or were moved.
            for player_id in last.wait.deadline.player_ids:
                turn = self._core.turn_at(last, player_id) if player_id in self.fanout.players else None
                if turn is not None:
                    turns[player_id] = frames.turn(last.last, *turn)
        self.fanout.publish(steps, records, turns)
        for player_id, seated in seats.items():
            player = None if seated else self.fanout.players.get(player_id)
            if player is not None:
                self.fanout.change_viewer(player, None)
                self._spectators.came_from_seat(player, last.last)
        self._spectators.follow(steps)
        for member in late:
            self.fanout.change_viewer(member, member.player_id)
            self.sync(member)
        if self._table is not before or self.fanout.spectators:
            self._answer_spectators(steps)
        if self._table.is_public is False and (before is None or before.is_public is not False):
            self._close_to_strangers(self._table)

    def announce(self, frame: dict[str, Any]) -> None:
        """A frame besides the events: to the players now, to spectators when they have seen as much of the game."""
        self.fanout.send_to_players(frame)
        self._spectators.send_behind_events(frame)

    def close(self) -> None:
        self._spectators.close()
        self._count.close()

    def welcome(self, member: Member) -> None:
        """Send a newcomer the turn, if it is theirs, and the number of spectators, if there were any. (Newcomers who
        watch are counted in a moment.)"""
        self._send_turn(member)
        if self._count.published:
            member.send(member.encoder.frame(frames.spectators(self._count.published)))

    def sync(self, member: Member) -> None:
        """Send the state as this member may see it, and the turn if it is theirs."""
        step = self.shown(member.viewer)
        if step is not None:
            member.send(member.encoder.frame(frames.state(self._core, step, member)))
        self._send_turn(member)

    def _spectators_changed(self) -> None:
        self._count.changed()
        self.on_listed()

    def _send_count(self, count: int) -> None:
        frame = frames.spectators(count)
        self.fanout.send_to_players(frame)
        self._spectators.send_now(frame)

    def _send_turn(self, member: Member) -> None:
        turn = None if member.viewer is None else self._core.turn(member.viewer)
        if turn is not None:
            member.send(member.encoder.frame(frames.turn(self._core.told_head, *turn)))

    def _move_to_seats(self, seats: dict[PlayerId, bool]) -> list[Member]:
        """Spectators who took a seat see as players, from this very event on. Returns those who have not been shown
        everything before it: they are to be brought up to date afterwards."""
        late = []
        for player_id, seated in seats.items():
            spectator = self.fanout.spectators.get(player_id) if seated else None
            if spectator is not None and self._spectators.is_level:
                self.fanout.change_viewer(spectator, player_id)
            elif spectator is not None:
                late.append(spectator)
        return late

    def _close_to_strangers(self, table: Table) -> None:
        """The room has become private: spectators who never joined it must leave."""
        for stranger in [member for key, member in self.fanout.spectators.items() if key not in table.players]:
            stranger.close(CloseCode.FORBIDDEN, "the room is private now")

    def _answer_spectators(self, steps: Sequence[Step]) -> None:
        """Acks of spectators' commands, and the end for those who were removed. (Players get acks with the events.)"""
        for step in steps:
            if step.ack is not None and step.ack.player_id in self.fanout.spectators:
                self.fanout.send(step.ack.player_id, frames.ack(step.ack))
            for player_id in step.removed:
                removed = self.fanout.find(player_id)
                if removed is not None:
                    removed.close(CloseCode.FORBIDDEN, "kicked")
