"""How the server is doing, in numbers for somebody who looks at it every second. Read when asked for, never before."""

from __future__ import annotations

import resource
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import Histogram

from server.clock import Clock
from server.games.rules import Data
from server.metrics import Metrics
from server.ops import limits

_STATM = Path("/proc/self/statm")

Buckets = Mapping[float, float]
"""How many observations were at most so large."""


@dataclass(frozen=True, slots=True)
class _Reading:
    at_s: float
    events: float
    commits: Buckets
    lags: Buckets


class Vitals:
    """Rates and quantiles are those of the last VITALS_WINDOW_S, as far as somebody has looked meanwhile."""

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock
        self._began_s = clock.monotonic()
        self._readings: deque[_Reading] = deque([self._read()])  # oldest first; bounded by VITALS_READINGS_MAX

    def tell(self) -> Data:
        """Seconds, bytes and events; quantiles are None as long as nothing happened."""
        now = self._read()
        before = self._readings[0]
        span_s = now.at_s - before.at_s
        self._keep(now)
        return {
            "uptime_s": round(now.at_s - self._began_s, 1),
            "window_s": round(span_s, 1),
            "memory_bytes": memory_bytes(),
            "events_total": int(now.events),
            "events_per_s": round((now.events - before.events) / span_s, 1) if span_s > 0 else 0.0,
            "commit_s": _quantiles(before.commits, now.commits),
            "loop_lag_s": _quantiles(before.lags, now.lags),
        }

    def _keep(self, now: _Reading) -> None:
        if now.at_s - self._readings[-1].at_s >= limits.VITALS_WINDOW_S / limits.VITALS_READINGS_MAX:
            self._readings.append(now)
        while len(self._readings) > 1 and now.at_s - self._readings[0].at_s > limits.VITALS_WINDOW_S:
            self._readings.popleft()

    def _read(self) -> _Reading:
        metrics = self._metrics
        events = metrics.registry.get_sample_value("parlor_events_total") or 0.0
        commits, lags = _buckets(metrics.commit_duration_seconds), _buckets(metrics.event_loop_lag_seconds)
        return _Reading(self._clock.monotonic(), events, commits, lags)


def memory_bytes() -> int:
    """What this process holds in memory; where the system doesn't tell, the most that it ever held."""
    try:
        pages = int(_STATM.read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()


def quantile(buckets: Buckets, share: float) -> float | None:
    """The value that `share` of the observations (0 to 1) don't exceed, assumed to be spread evenly over a bucket;
    None without any. What is larger than all bounds counts as the largest."""
    total = max(buckets.values(), default=0.0)
    if total <= 0:
        return None
    low, counted = 0.0, 0.0
    for bound, count in sorted(buckets.items()):
        if count >= share * total and count > counted:
            if bound == float("inf"):
                return low
            return low + (bound - low) * (share * total - counted) / (count - counted)
        low, counted = bound, count
    return low


def _quantiles(before: Buckets, now: Buckets) -> Data:
    lately = {bound: count - before.get(bound, 0.0) for bound, count in now.items()}
    return {"p50": quantile(lately, 0.5), "p99": quantile(lately, 0.99)}


def _buckets(histogram: Histogram) -> Buckets:
    samples = (sample for metric in histogram.collect() for sample in metric.samples)
    return {float(sample.labels["le"]): sample.value for sample in samples if sample.name.endswith("_bucket")}
