"""How fast a connection may send: a token bucket for frames, and a count of how often it was overdrawn. Pure."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

from server import limits


class Verdict(Enum):
    OK = auto()
    TOO_FAST = auto()  # refuse this one
    ABUSE = auto()  # refuse this one too, and end the connection


class Budget:
    """`per_s` frames a second on average, `burst` at once. Times in seconds on any monotonic clock."""

    __slots__ = ("_burst", "_overdrawn", "_per_s", "_since_s", "_tokens")

    def __init__(self, per_s: float, burst: int, now_s: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._tokens = float(burst)
        self._since_s = now_s
        self._overdrawn: deque[float] = deque(maxlen=limits.RATE_REJECTS_MAX)  # when it was, lately

    def spend(self, now_s: float) -> Verdict:
        """Take one frame out of the budget."""
        tokens = min(self._burst, self._tokens + (now_s - self._since_s) * self._per_s)
        self._since_s = now_s
        if tokens >= 1:
            self._tokens = tokens - 1
            return Verdict.OK
        self._tokens = tokens
        self._overdrawn.append(now_s)
        full = len(self._overdrawn) == limits.RATE_REJECTS_MAX
        return (
            Verdict.ABUSE if full and now_s - self._overdrawn[0] <= limits.RATE_REJECTS_WINDOW_S else Verdict.TOO_FAST
        )
