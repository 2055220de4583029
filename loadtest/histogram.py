"""Times in logarithmic buckets: a fixed size however many are recorded, about 2 % of error at any magnitude."""

from __future__ import annotations

import math
from collections.abc import Iterable

_PER_E = 50  # buckets for each factor of e
_BUCKETS = 20 * _PER_E  # from 1 us to e^20 us, eight minutes


class Histogram:
    __slots__ = ("_counts", "count", "largest_s")

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS
        self.count = 0
        self.largest_s = 0.0

    def add(self, seconds: float) -> None:
        micros = seconds * 1e6
        self._counts[min(int(math.log(micros) * _PER_E), _BUCKETS - 1) if micros > 1 else 0] += 1
        self.count += 1
        if seconds > self.largest_s:
            self.largest_s = seconds

    def merge(self, others: Iterable[Histogram]) -> Histogram:
        """Add what others have recorded."""
        for other in others:
            self._counts = [a + b for a, b in zip(self._counts, other._counts, strict=True)]
            self.count += other.count
            self.largest_s = max(self.largest_s, other.largest_s)
        return self

    def quantile(self, share: float) -> float:
        """In seconds; 0.5 is the median. 0 if nothing was recorded."""
        wanted = share * self.count
        seen = 0
        for bucket, count in enumerate(self._counts):
            seen += count
            if seen >= wanted and count:
                return min(math.exp((bucket + 0.5) / _PER_E) / 1e6, self.largest_s)
        return 0.0

    def milliseconds(self) -> dict[str, float]:
        """The usual figures."""
        figures = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
        told = {name: round(self.quantile(share) * 1e3, 3) for name, share in figures.items()}
        return {**told, "max": round(self.largest_s * 1e3, 3), "count": self.count}
