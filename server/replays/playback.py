"""Where a replay stands and what comes when: the tape and its buttons. Pure: `now_s` is an argument.

Times are seconds on a monotonic clock. Between two events passes as much time as passed in the game, but at most
REPLAY_GAP_S, divided by the speed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from server import limits
from server.rooms.machine.effects import Record


class Playback:
    """`index`: the newest event that was shown, -1 before the first `seek`.

    What follows is put in with `load`, in order and without a gap.
    """

    __slots__ = ("_at_ms", "_next", "_passed_s", "_since_s", "head", "index", "playing", "speed")

    def __init__(self, head: int) -> None:
        self.head = head
        self.index = -1
        self.playing = False
        self.speed = 1.0
        self._at_ms = 0  # when the newest event happened
        self._passed_s = 0.0  # of the gap after it, at speed 1, ...
        self._since_s = 0.0  # ... up to this moment
        self._next: deque[Record] = deque()

    @property
    def wants(self) -> int | None:
        """The index from which events are needed now; None: none are."""
        return self.index + 1 if self.playing and not self._next else None

    @property
    def due_s(self) -> float | None:
        """When the next event is to be shown; None: never, as things are."""
        if not (self.playing and self._next):
            return None
        gap_s = min(max(0, self._next[0].at_ms - self._at_ms) / 1000, limits.REPLAY_GAP_S)
        return self._since_s + max(0.0, gap_s - self._passed_s) / self.speed

    def load(self, records: Sequence[Record]) -> None:
        self._next.extend(records)

    def seek(self, index: int, at_ms: int, now_s: float) -> None:
        """Event `index`, which happened at `at_ms`, was shown. Plays on, if it was playing and something follows."""
        self._next.clear()
        self._show(index, at_ms, now_s)

    def play(self, speed: float | None, now_s: float, target: int | None = None) -> None:
        """Let the tape run from here, or from `target` once it is there; at its end it stays where it is."""
        self.pause(now_s)
        self.speed = self.speed if speed is None else speed
        self._since_s = now_s
        self.playing = (self.index if target is None else target) < self.head

    def pause(self, now_s: float) -> None:
        """What has passed of the gap under way does not come again."""
        if self.playing:
            self._passed_s += (now_s - self._since_s) * self.speed
            self.playing = False

    def take(self, now_s: float) -> list[Record]:
        """The events that are due, at most REPLAY_STEP_EVENTS of them. The tape stops behind the last of all."""
        taken: list[Record] = []
        while (due_s := self.due_s) is not None and due_s <= now_s and len(taken) < limits.REPLAY_STEP_EVENTS:
            record = self._next.popleft()
            self._show(record.index, record.at_ms, due_s)
            taken.append(record)
        return taken

    def _show(self, index: int, at_ms: int, now_s: float) -> None:
        self.index, self._at_ms, self._passed_s, self._since_s = index, at_ms, 0.0, now_s
        self.playing = self.playing and index < self.head
