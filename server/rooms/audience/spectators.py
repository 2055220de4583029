"""The gallery of a room: those who watch. They see what the players see, later, and never in the players' way.

Later, because a room may have a delay, so that nobody can whisper a player what he sees. And apart from the players:
they are served first and whole, the gallery in slices between which the event loop does other things, with everything
that has happened since its last round in one write. However many watch, the players' path stays as long as it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server import limits
from server.clock import Clock, Timer
from server.games.rules import PlayerId
from server.rooms.audience.fanout import Fanout
from server.rooms.audience.member import Member
from server.rooms.machine.effects import Record, Step
from server.wire.encoders import Encoder


@dataclass(frozen=True, slots=True)
class Notice:
    """A frame that is no event. `at_ms`: when the players were told."""

    frame: dict[str, Any]
    at_ms: int


class Gallery:
    """`step`: the newest that may be shown here; None before there is one."""

    def __init__(self, fanout: Fanout, clock: Clock) -> None:
        self.delay_ms = 0
        self.step: Step | None = None
        self._fanout = fanout
        self._clock = clock
        self._later: deque[Step | Notice] = deque()  # not to be shown yet; as long as the delay, and that is bounded
        self._round: deque[Member] = deque()  # who is still to be served with `_records`
        self._records: list[Record] = []
        self._notices: list[Notice] = []  # told behind them
        self._frames: dict[Encoder, bytes] = {}  # both
        self._ahead: dict[PlayerId, int] = {}  # who came from a seat has seen more than the gallery, up to this index
        self._timer: Timer | None = None

    @property
    def head(self) -> int:
        """Index of the newest event that may be shown here; -1: none."""
        return -1 if self.step is None else self.step.last

    @property
    def is_level(self) -> bool:
        """Whether everybody here has been shown what the players have been."""
        return not self._later and not self._round

    def restore(self, steps: Sequence[Step], delay_ms: int, now_ms: int) -> None:
        """Begin with the steps of a log; there is at least one."""
        self.delay_ms = delay_ms
        shown = 1
        while shown < len(steps) and self._due_ms(steps[shown]) <= now_ms:
            shown += 1
        self.step = steps[shown - 1]
        self._later.extend(steps[shown:])
        self._arm()

    def put(self, steps: Sequence[Step]) -> None:
        """The players have been told these."""
        if self.step is None:
            self.step, steps = steps[0], steps[1:]  # that a room was opened is no secret
        elif not (self.delay_ms or self._later or self._round or self._fanout.watchers):
            self.step = steps[-1]
            return
        self._later.extend(steps)
        if not self._round:
            self._show()

    def tell(self, frame: dict[str, Any]) -> None:
        """The players have been told this; here it comes as late as the events do, and behind them."""
        self._later.append(Notice(frame, self._clock.now_ms()))
        if not self._round:
            self._show()

    def announce(self, frame: dict[str, Any]) -> None:
        """Tell everybody here now: it says nothing about the game."""
        watchers = deque(self._fanout.watchers.values())
        self._slice(watchers, {encoder: encoder.frame(frame) for encoder in {member.encoder for member in watchers}})

    def came_from_seat(self, member: Member, seen: int) -> None:
        """A player who gave up his seat watches on, and has seen everything up to event `seen`."""
        if seen > self.head:
            self._ahead[member.player_id] = seen

    def close(self) -> None:
        """Nobody is shown anything any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._round.clear()
        self._later.clear()

    def _due_ms(self, item: Step | Notice) -> int:
        at_ms = item.at_ms if isinstance(item, Notice) else item.records[-1].at_ms
        return at_ms + self.delay_ms

    def _show(self) -> None:
        """Begin the next round, if something is due."""
        due: list[Step] = []
        notices: list[Notice] = []
        now_ms = self._clock.now_ms()
        while self._later and (self.delay_ms == 0 or self._due_ms(self._later[0]) <= now_ms):
            item = self._later.popleft()
            if isinstance(item, Notice):
                notices.append(item)
            else:
                due.append(item)
        if due:
            self.step = due[-1]
        if due or notices:
            watchers = self._fanout.watchers
            if watchers:
                self._records = [record for step in due for record in step.records]
                encoders = {member.encoder for member in watchers.values()}
                self._notices = notices
                self._frames = {encoder: self._encode(self._records, encoder) for encoder in encoders}
                self._round.extend(watchers.values())
                self._serve()
                return
        self._arm()

    def _serve(self) -> None:
        """One slice of the round. Who left meanwhile gets nothing, who came was brought up to its end already."""
        self._timer = None
        for _ in range(min(limits.GALLERY_SLICE, len(self._round))):
            member = self._round.popleft()
            if self._fanout.watchers.get(member.player_id) is member:
                member.send(self._rest(member) if member.player_id in self._ahead else self._frames[member.encoder])
        if self._round:
            self._timer = self._clock.call_later(0, self._serve)
        else:
            self._show()

    def _rest(self, member: Member) -> bytes:
        """What this one has not seen of the round."""
        seen = self._ahead[member.player_id]
        if seen <= self.head:
            del self._ahead[member.player_id]
        return self._encode([r for r in self._records if r.index > seen], member.encoder)

    def _encode(self, records: Sequence[Record], encoder: Encoder) -> bytes:
        events = self._fanout.encode(records, encoder, None)
        return events + b"".join([encoder.frame(notice.frame) for notice in self._notices])

    def _slice(self, watchers: deque[Member], data: dict[Encoder, bytes]) -> None:
        for _ in range(min(limits.GALLERY_SLICE, len(watchers))):
            member = watchers.popleft()
            if self._fanout.watchers.get(member.player_id) is member:
                member.send(data[member.encoder])
        if watchers:
            self._clock.call_later(0, lambda: self._slice(watchers, data))

    def _arm(self) -> None:
        """Come back when the next step is due."""
        if self._later and self._timer is None:
            wait_s = max(0.0, (self._due_ms(self._later[0]) - self._clock.now_ms()) / 1000)
            self._timer = self._clock.call_later(wait_s, self._wake)

    def _wake(self) -> None:
        self._timer = None
        if not self._round:
            self._show()
