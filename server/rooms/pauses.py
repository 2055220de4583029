"""Why a room is paused: its database is away, its server is stopping, or an operator paused it.

In a pause nothing is decided, clocks stand still and commands wait, within bounds. Every member is told.
"""

from __future__ import annotations

from typing import Literal, Protocol

from persistence.event_log.log import EventLog, Health
from server.clock import Clock
from server.rooms.audience import frames
from server.rooms.audience.fanout import Fanout
from server.rooms.audience.member import Member
from server.rooms.machine.core import RoomCore


class Pausable(Protocol):
    """The room that is paused."""

    def pause(self) -> None:
        """Decide nothing until `resume`."""

    def resume(self, reason: str) -> None: ...


class Pauses:
    """`held`: an operator has paused the room. That outlasts any outage, and ends with the server."""

    def __init__(self, room: Pausable, core: RoomCore, fanout: Fanout, clock: Clock, log: EventLog) -> None:
        self.held = False
        self._room = room
        self._core = core
        self._fanout = fanout
        self._clock = clock
        self._log = log

    @property
    def reason(self) -> Literal["operator", "database"] | None:
        """Why nothing is decided now; None: the room goes on."""
        return "operator" if self.held else "database" if self._core.paused else None

    def database(self, health: Health, *, was: Health) -> None:
        """The database went away or came back."""
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
        """The operator's pause is over. If the database is away, the room stays paused for that reason."""
        self.held = False
        if self._log.health is Health.PAUSED and not self._core.relaxed:
            self._fanout.broadcast(frames.status("database", self._clock.now_ms()))
        else:
            self._end("operator")

    def welcome(self, member: Member) -> None:
        """Tell a newcomer, if the room is paused."""
        if self._core.paused_since_ms is not None:
            reason = "operator" if self.held else "database"
            member.send(member.encoder.frame(frames.status(reason, self._core.paused_since_ms)))

    def _begin(self, reason: str) -> None:
        if self._core.paused_since_ms is None:
            self._room.pause()
        self._fanout.broadcast(frames.status(reason, self._clock.now_ms()))

    def _end(self, reason: str) -> None:
        self._fanout.broadcast(frames.status(None, self._clock.now_ms()))
        self._room.resume(reason)
