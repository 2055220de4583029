"""Latencies in an HdrHistogram: constant memory, three significant digits, up to ten minutes."""

from __future__ import annotations

from collections.abc import Iterable

from hdrh.histogram import HdrHistogram

_LONGEST_US = 600_000_000
_DIGITS = 3


class LatencyHistogram:
    __slots__ = ("_hdr",)

    def __init__(self) -> None:
        self._hdr = HdrHistogram(1, _LONGEST_US, _DIGITS)

    @classmethod
    def decode(cls, encoded: str) -> LatencyHistogram:
        """A histogram from the text that `encode` returned, in this process or another."""
        made = cls()
        made._hdr.decode_and_add(encoded.encode())
        return made

    def encode(self) -> str:
        text: bytes = self._hdr.encode()
        return text.decode()

    @property
    def count(self) -> int:
        return int(self._hdr.total_count)

    @property
    def largest_s(self) -> float:
        return float(self._hdr.get_max_value()) / 1e6 if self.count else 0.0

    def add(self, seconds: float) -> None:
        """Record one latency. Values above ten minutes count as ten minutes."""
        self._hdr.record_value(min(max(int(seconds * 1e6), 1), _LONGEST_US))

    def merge(self, others: Iterable[LatencyHistogram]) -> LatencyHistogram:
        """Add the values of other histograms; returns itself."""
        for other in others:
            self._hdr.add(other._hdr)
        return self

    def quantile(self, share: float) -> float:
        """In seconds; 0.5 is the median. 0 if nothing was recorded."""
        return float(self._hdr.get_value_at_percentile(share * 100)) / 1e6 if self.count else 0.0

    def milliseconds(self) -> dict[str, float]:
        """p50, p90, p99, p99.9, max (all in ms) and count."""
        figures = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}
        told = {name: round(self.quantile(share) * 1e3, 3) for name, share in figures.items()}
        return {**told, "max": round(self.largest_s * 1e3, 3), "count": self.count}
