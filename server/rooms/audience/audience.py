"""Everybody who is connected to a room: who plays is told at once, who watches is shown it in the gallery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from server.clock import Clock
from server.games.rules import PlayerId, Viewer
from server.games.table import Table
from server.rooms.audience import frames
from server.rooms.audience.fanout import Fanout
from server.rooms.audience.member import Member
from server.rooms.audience.seats import reseated
from server.rooms.audience.spectator_count import Headcount
from server.rooms.audience.spectators import Gallery
from server.rooms.machine import records as rec
from server.rooms.machine.core import RoomCore
from server.rooms.machine.effects import Record, Step
from server.wire.close_codes import CloseCode


class Audience:
    """`publish` what may be told; `shown` says how far somebody may look."""

    def __init__(self, core: RoomCore, clock: Clock) -> None:
        self._core = core
        self.headcount = Headcount(clock, lambda: len(self.fanout.watchers), self._tell_headcount)
        self.on_listed: Callable[[], None] = lambda: None  # how the room is listed may have changed
        self.fanout = Fanout(core.game, self._watchers_changed)
        self.gallery = Gallery(self.fanout, clock)
        self._table: Table | None = None  # the one that was published last

    def restore(self, records: Sequence[Record], now_ms: int) -> None:
        """Begin with a log that was loaded."""
        delay_ms = self._core.table.config.spectator_delay_s * 1000
        if delay_ms:
            self.gallery.restore(rec.steps(self._core.game, records), delay_ms, now_ms)
        elif self._core.told is not None:
            self.gallery.restore([self._core.told], 0, now_ms)

    def shown(self, viewer: Viewer) -> Step | None:
        """The newest step that `viewer` may be shown; None before there is one."""
        return self.gallery.step if viewer is None else self._core.told

    def publish(self, steps: Sequence[Step], records: Sequence[Record]) -> None:
        """Tell the players, then the gallery. `records`: those of the steps."""
        last = steps[-1]
        before, self._table = self._table, last.state.table
        seats: dict[PlayerId, bool] = {}
        late: Sequence[Member] = ()
        if self._table is not before:
            seats = reseated(records)
            late = self._seat(seats)
            self.gallery.delay_ms = self._table.config.spectator_delay_s * 1000
            self.on_listed()
        turns = {}
        if last.wait is not None and any(step.turn for step in steps):
            # Only the newest turn is told: whoever had one before has moved already, or was moved.
            for player_id in last.wait.deadline.player_ids:
                turn = self._core.turn_at(last, player_id) if player_id in self.fanout.players else None
                if turn is not None:
                    turns[player_id] = frames.turn(last.last, *turn)
        self.fanout.publish(steps, records, turns)
        for player_id, seated in seats.items():
            player = None if seated else self.fanout.players.get(player_id)
            if player is not None:
                self.fanout.move(player, None)
                self.gallery.came_from_seat(player, last.last)
        self.gallery.put(steps)
        for member in late:
            self.fanout.move(member, member.player_id)
            self.sync(member)
        if self._table is not before or self.fanout.watchers:
            self._answer_watchers(steps)
        if self._table.is_public is False and (before is None or before.is_public is not False):
            self._close_doors(self._table)

    def tell(self, frame: dict[str, Any]) -> None:
        """Something besides the events: to the players now, to the gallery when it has seen as much of the game."""
        self.fanout.tell_players(frame)
        self.gallery.tell(frame)

    def close(self) -> None:
        self.gallery.close()
        self.headcount.close()

    def welcomed(self, member: Member) -> None:
        """Tell a newcomer how many watch, if that is news to him; if he watches himself he is counted in a moment."""
        if self.headcount.told:
            member.send(member.encoder.frame(frames.spectators(self.headcount.told)))

    def _watchers_changed(self) -> None:
        self.headcount.changed()
        self.on_listed()

    def _tell_headcount(self, count: int) -> None:
        frame = frames.spectators(count)
        self.fanout.tell_players(frame)
        self.gallery.announce(frame)

    def sync(self, member: Member) -> None:
        """The state as he may see it, and his turn if he has one."""
        step = self.shown(member.viewer)
        if step is not None:
            member.send(member.encoder.frame(frames.state(self._core, step, member)))
        self.send_turn(member)

    def send_turn(self, member: Member) -> None:
        turn = None if member.viewer is None else self._core.turn(member.viewer)
        if turn is not None:
            member.send(member.encoder.frame(frames.turn(self._core.told_head, *turn)))

    def _seat(self, seats: dict[PlayerId, bool]) -> list[Member]:
        """Whoever watched and now has a seat sees as a player, from this very event on. Those whom the gallery has
        not shown everything that was before are left to be brought up to date afterwards."""
        late = []
        for player_id, seated in seats.items():
            watcher = self.fanout.watchers.get(player_id) if seated else None
            if watcher is not None and self.gallery.is_level:
                self.fanout.move(watcher, player_id)
            elif watcher is not None:
                late.append(watcher)
        return late

    def _close_doors(self, table: Table) -> None:
        """The room has become private: whoever watches without having joined it is shown out."""
        for stranger in [member for key, member in self.fanout.watchers.items() if key not in table.players]:
            stranger.close(CloseCode.FORBIDDEN, "the room is private now")

    def _answer_watchers(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if step.ack is not None and step.ack.player_id in self.fanout.watchers:
                self.fanout.send(step.ack.player_id, frames.ack(step.ack))
            for player_id in step.removed:
                removed = self.fanout.find(player_id)
                if removed is not None:
                    removed.close(CloseCode.FORBIDDEN, "kicked")
