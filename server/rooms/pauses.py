"""Why a room stands still: its database is away, its server is stopping, or an operator wants it so.

While it does, nothing is decided, clocks stand and commands wait, within bounds. Everybody is told.
"""

from __future__ import annotations

from collections.abc import Callable

from persistence.event_log.log import EventLog, Health
from server.clock import Clock
from server.rooms.audience import frames
from server.rooms.audience.fanout import Fanout
from server.rooms.audience.member import Member
from server.rooms.machine.core import RoomCore
from server.rooms.machine.effects import Effect


class Pauses:
    """`held`: an operator has paused the room. That is longer than any outage, and ends with the server."""

    def __init__(
        self,
        core: RoomCore,
        fanout: Fanout,
        clock: Clock,
        log: EventLog,
        carry_out: Callable[[list[Effect]], None],
        resume: Callable[[str], None],
    ) -> None:
        self.held = False
        self._core = core
        self._fanout = fanout
        self._clock = clock
        self._log = log
        self._carry_out = carry_out
        self._resume = resume

    def database(self, health: Health, *, was: Health) -> None:
        """It went away or came back."""
        if self.held:
            return
        if health is Health.PAUSED and not self._core.relaxed:
            self._begin("database")
        elif was is Health.PAUSED and self._core.paused:
            self._end("database")

    def drain(self) -> None:
        """The server is stopping."""
        self._begin("restart")

    def hold(self) -> None:
        """An operator pauses the room, until `release`."""
        if not self.held:
            self.held = True
            self._begin("operator")

    def release(self) -> None:
        """That pause is over; the one of a database that is away is not."""
        self.held = False
        if self._log.health is Health.PAUSED and not self._core.relaxed:
            self._fanout.broadcast(frames.status("database", self._clock.now_ms()))
        else:
            self._end("operator")

    def welcome(self, member: Member) -> None:
        """Tell a newcomer, if there is something to tell."""
        if self._core.paused_since_ms is not None:
            reason = "operator" if self.held else "database"
            member.send(member.encoder.frame(frames.status(reason, self._core.paused_since_ms)))

    def _begin(self, reason: str) -> None:
        if self._core.paused_since_ms is None:
            self._carry_out(self._core.pause(self._clock.now_ms()))
        self._fanout.broadcast(frames.status(reason, self._clock.now_ms()))

    def _end(self, reason: str) -> None:
        self._fanout.broadcast(frames.status(None, self._clock.now_ms()))
        self._resume(reason)
