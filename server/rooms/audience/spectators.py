"""What the spectators of a room are shown: what the players see, later, and without holding the players up.

Later, because a room may have a delay, so that no spectator can tell a player what the others hold. And apart from the
players: they are served first and all at once, spectators in slices, with everything that has happened since their
last round in one write. The players' path is as long with thousands of spectators as with none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.clock import Clock, Timer
from server.games.rules import PlayerId
from server.rooms.audience.fanout import Fanout
from server.rooms.audience.member import Member
from server.rooms.audience.slices import Slices
from server.rooms.machine.effects import Record, Step
from server.wire.encoders import Encoder


@dataclass(frozen=True, slots=True)
class _Notice:
    """A frame that is no event. `at_ms`: when the players got it."""

    frame: dict[str, Any]
    at_ms: int


class Spectators:
    """`step`: the newest step that spectators may see; None before there is one."""

    def __init__(self, fanout: Fanout, clock: Clock) -> None:
        self.delay_ms = 0
        self.step: Step | None = None
        self._fanout = fanout
        self._clock = clock
        self._later: deque[Step | _Notice] = deque()  # not due yet; as long as the delay, which is bounded
        self._round = Slices(clock, fanout.spectators.values, self._send_round, self._show_due)
        self._records: list[Record] = []  # of this round
        self._notices: list[_Notice] = []  # of this round, behind the records
        self._encoded: dict[Encoder, bytes] = {}  # both
        self._seen_ahead: dict[PlayerId, int] = {}  # who gave up a seat has seen more, up to this index
        self._announcement: dict[str, Any] = {}
        self._announcing = Slices(clock, fanout.spectators.values, self._send_announcement)
        self._timer: Timer | None = None

    @property
    def head(self) -> int:
        """Index of the newest event that spectators may see; -1: none."""
        return -1 if self.step is None else self.step.last

    @property
    def is_level(self) -> bool:
        """Whether every spectator has been shown what the players have been."""
        return not self._later and not self._round.waiting

    def restore(self, steps: Sequence[Step], delay_ms: int, now_ms: int) -> None:
        """Begin with the steps of a log; there is at least one."""
        self.delay_ms = delay_ms
        shown = 1
        while shown < len(steps) and self._due_ms(steps[shown]) <= now_ms:
            shown += 1
        self.step = steps[shown - 1]
        self._later.extend(steps[shown:])
        self._set_timer()

    def follow(self, steps: Sequence[Step]) -> None:
        """The players were sent these steps; spectators get them when they are due."""
        if self.step is None:
            self.step, steps = steps[0], steps[1:]  # that a room was opened is no secret
        elif not (self.delay_ms or self._later or self._round.waiting or self._fanout.spectators):
            self.step = steps[-1]
            return
        self._later.extend(steps)
        if not self._round.waiting:
            self._show_due()

    def send_behind_events(self, frame: dict[str, Any]) -> None:
        """The players were sent this frame; spectators get it as late as events, and behind the earlier ones."""
        self._later.append(_Notice(frame, self._clock.now_ms()))
        if not self._round.waiting:
            self._show_due()

    def send_now(self, frame: dict[str, Any]) -> None:
        """A frame that says nothing about the game, for every spectator. A newer one takes the place of an older one
        that is still on its way."""
        self._announcement = frame
        self._announcing.begin()

    def came_from_seat(self, member: Member, seen: int) -> None:
        """A player who gave up a seat watches on, and has seen everything up to event `seen`."""
        if seen > self.head:
            self._seen_ahead[member.player_id] = seen

    def close(self) -> None:
        """Show nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._round.stop()
        self._announcing.stop()
        self._later.clear()

    def _due_ms(self, item: Step | _Notice) -> int:
        at_ms = item.at_ms if isinstance(item, _Notice) else item.records[-1].at_ms
        return at_ms + self.delay_ms

    def _show_due(self) -> None:
        """Begin the next round, if something is due."""
        due: list[Step] = []
        notices: list[_Notice] = []
        now_ms = self._clock.now_ms()
        while self._later and (self.delay_ms == 0 or self._due_ms(self._later[0]) <= now_ms):
            item = self._later.popleft()
            if isinstance(item, _Notice):
                notices.append(item)
            else:
                due.append(item)
        if due:
            self.step = due[-1]
        if (due or notices) and self._fanout.spectators:
            self._records = [record for step in due for record in step.records]
            self._notices = notices
            encoders = {member.encoder for member in self._fanout.spectators.values()}
            self._encoded = {encoder: self._encode(self._records, encoder) for encoder in encoders}
            self._round.begin()
        else:
            self._set_timer()

    def _send_round(self, members: Sequence[Member]) -> None:
        """Spectators who left get nothing. Those who came meanwhile have been sent the end of this round already."""
        for member in members:
            player_id = member.player_id
            if self._fanout.spectators.get(player_id) is member:
                member.send(self._unseen(member) if player_id in self._seen_ahead else self._encoded[member.encoder])

    def _unseen(self, member: Member) -> bytes:
        """The part of this round that a spectator who came from a seat has not seen."""
        seen = self._seen_ahead[member.player_id]
        if seen <= self.head:
            del self._seen_ahead[member.player_id]
        return self._encode([r for r in self._records if r.index > seen], member.encoder)

    def _encode(self, records: Sequence[Record], encoder: Encoder) -> bytes:
        events = self._fanout.encode(records, encoder, None)
        return events + b"".join([encoder.frame(notice.frame) for notice in self._notices])

    def _send_announcement(self, members: Sequence[Member]) -> None:
        here = [member for member in members if self._fanout.spectators.get(member.player_id) is member]
        self._fanout.send_to(here, self._announcement)

    def _set_timer(self) -> None:
        """Come back when the next step or notice is due."""
        if self._later and self._timer is None:
            wait_s = max(0.0, (self._due_ms(self._later[0]) - self._clock.now_ms()) / 1000)
            self._timer = self._clock.call_later(wait_s, self._wake)

    def _wake(self) -> None:
        self._timer = None
        if not self._round.waiting:
            self._show_due()
