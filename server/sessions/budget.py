"""Rates: token buckets, and a count of how often they were overdrawn. Pure.

Times are in seconds on any monotonic clock.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from enum import Enum, auto

from server import limits


class Verdict(Enum):
    OK = auto()
    TOO_FAST = auto()  # refuse this frame
    ABUSE = auto()  # refuse this frame, and end the connection


class Budget:
    """The budget of one connection: `per_s` frames a second on average and `burst` at once; the same for bytes."""

    __slots__ = ("_burst", "_bytes", "_bytes_burst", "_bytes_per_s", "_frames", "_overdrawn", "_per_s", "_since_s")

    def __init__(self, per_s: float, burst: int, bytes_per_s: float, bytes_burst: int, now_s: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._bytes_per_s = bytes_per_s
        self._bytes_burst = bytes_burst
        self._frames = float(burst)
        self._bytes = float(bytes_burst)
        self._since_s = now_s
        self._overdrawn: deque[float] = deque(maxlen=limits.RATE_REJECTS_MAX)  # when, the latest ones

    def spend(self, now_s: float, size: int) -> Verdict:
        """Take one frame of `size` bytes out of the budget. A refused frame costs nothing."""
        elapsed_s = now_s - self._since_s
        self._since_s = now_s
        frames = self._frames + elapsed_s * self._per_s
        if frames > self._burst:
            frames = self._burst
        left = self._bytes + elapsed_s * self._bytes_per_s
        if left > self._bytes_burst:
            left = self._bytes_burst
        if frames >= 1 and left >= size:
            self._frames = frames - 1
            self._bytes = left - size
            return Verdict.OK
        self._frames = frames
        self._bytes = left
        return self._overdraw(now_s)

    def _overdraw(self, now_s: float) -> Verdict:
        self._overdrawn.append(now_s)
        full = len(self._overdrawn) == limits.RATE_REJECTS_MAX
        return (
            Verdict.ABUSE if full and now_s - self._overdrawn[0] <= limits.RATE_REJECTS_WINDOW_S else Verdict.TOO_FAST
        )


class Allowance:
    """`per_s` requests a second on average and `burst` at once, for each of many keys, such as addresses.

    Remembers `keys_max` keys. The key that asked longest ago is forgotten first: by then most of its burst has come
    back anyway.
    """

    def __init__(self, per_s: float, burst: int, keys_max: int) -> None:
        self._per_s = per_s
        self._burst = burst
        self._keys_max = keys_max
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # how much, and when that was

    def __len__(self) -> int:
        return len(self._left)

    def spend(self, key: str, now_s: float, cost: int = 1) -> float:
        """Take `cost`, at most the burst. Returns 0.0, or the seconds until there will be as much."""
        cost = min(cost, self._burst)
        left, since_s = self._left.pop(key, (float(self._burst), now_s))
        left = min(self._burst, left + (now_s - since_s) * self._per_s)
        granted = left >= cost
        self._left[key] = (left - cost if granted else left, now_s)
        if len(self._left) > self._keys_max:
            self._left.popitem(last=False)
        return 0.0 if granted else (cost - left) / self._per_s
