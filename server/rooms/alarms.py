"""What reaches a room without a player: its alarm, and the answer of a bot that thinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from server.clock import Clock, Timer
from server.games.rules import Command
from server.rooms.machine.effects import Think
from server.rooms.machine.thought import Workers


class Alarmed(Protocol):
    """The room that is called."""

    def alarm(self) -> None:
        """The time that was set has come."""

    def thought(self, asked: Think, command: Command | None) -> None:
        """A bot has answered; None: not in time."""


class Alarms:
    """One timer and one thinking bot at a time."""

    def __init__(self, room: Alarmed, clock: Clock, workers: Workers) -> None:
        self._room = room
        self._clock = clock
        self._workers = workers
        self._alarm_ms: int | None = None
        self._timer: Timer | None = None
        self._timer_ms = 0  # when the timer rings; not after the alarm
        self._withdraw: Callable[[], None] = _nothing
        self._closed = False

    def set(self, at_ms: int | None) -> None:
        """Call the room at this time, in milliseconds since 1970; None: never."""
        self._alarm_ms = at_ms
        # Most moves put the alarm off. A timer that rings too early now and then costs less than a new one each time.
        if at_ms is None or self._closed or (self._timer is not None and self._timer_ms <= at_ms):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_ms = at_ms
        self._timer = self._clock.call_later((at_ms - self._clock.now_ms()) / 1000, self._ring)

    def think(self, asked: Think) -> None:
        """Let a bot think. Another one that thinks is not waited for any more."""
        self._withdraw()
        if not self._closed:
            self._withdraw = self._workers.think(asked.thought, lambda command: self._answer(asked, command))

    def stop_thinking(self) -> None:
        self._withdraw()

    def close(self) -> None:
        """Never call the room again."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._withdraw()

    def _ring(self) -> None:
        self._timer = None
        if self._alarm_ms is None:
            return
        if self._clock.now_ms() < self._alarm_ms:
            self.set(self._alarm_ms)
            return
        self._alarm_ms = None
        self._room.alarm()

    def _answer(self, asked: Think, command: Command | None) -> None:
        self._withdraw = _nothing
        self._room.thought(asked, command)


def _nothing() -> None:
    pass
