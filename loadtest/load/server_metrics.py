"""The server's own metrics (/metrics), and the CPU and memory that it and its Postgres use."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from prometheus_client.parser import text_string_to_metric_families

from loadtest.api import Api, ApiError
from loadtest.launch import LocalServer

Sample = tuple[str, str]
"""(name, upper edge of the bucket or empty)"""

_HISTOGRAMS = {
    "commit": "parlor_commit_duration_seconds",
    "batch": "parlor_commit_batch_events",
    "loop_lag": "parlor_event_loop_lag_seconds",
}


@dataclass(frozen=True, slots=True)
class Reading:
    at_s: float
    samples: Mapping[Sample, float]
    server_cpu_s: float = 0.0
    database_cpu_s: float = 0.0
    server_bytes: int = 0
    database_bytes: int = 0


class ServerMetrics:
    """Call `read` once a second. `server` None: it was not started here, so its CPU and memory are unknown."""

    def __init__(self, api: Api, server: LocalServer | None) -> None:
        self._api = api
        self._server = server
        self._last: Reading | None = None
        self.is_missing = False  # this server has no /metrics

    async def read(self) -> dict[str, float]:
        """Figures for the time since the last reading; empty the first time, or when the server does not answer."""
        reading = await self._reading()
        last, self._last = self._last, reading
        return {} if last is None or reading is None else difference(last, reading)

    async def _reading(self) -> Reading | None:
        samples: dict[Sample, float] = {}
        if not self.is_missing:
            try:
                raw = await self._api.call("GET", "/metrics")
            except (ApiError, OSError, EOFError, TimeoutError):
                self.is_missing = self._last is None
            else:
                samples = parse_metrics(raw.decode() if isinstance(raw, bytes) else "")
        if self._server is None:
            return Reading(perf_counter(), samples) if samples else None
        cpu = self._server.cpu()
        server, database = self._server.memory()
        return Reading(perf_counter(), samples, cpu.server, cpu.database, server, database)


def parse_metrics(text: str) -> dict[Sample, float]:
    """The samples that are used here; empty for text that is not in Prometheus' format."""
    wanted = set(_HISTOGRAMS.values()) | {"parlor_events", "parlor_rooms", "parlor_connections"}
    found: dict[Sample, float] = {}
    try:
        for family in text_string_to_metric_families(text):
            if family.name in wanted:
                for sample in family.samples:
                    found[sample.name, sample.labels.get("le", "")] = sample.value
    except ValueError:
        return {}
    return found


def difference(before: Reading, after: Reading) -> dict[str, float]:
    """What changed between two readings: rates a second, quantiles in ms, shares of one core, bytes."""
    span_s = max(after.at_s - before.at_s, 1e-6)
    figures: dict[str, float] = {}

    def grown(name: str, edge: str = "") -> float:
        return after.samples.get((name, edge), 0.0) - before.samples.get((name, edge), 0.0)

    if after.samples:
        figures["committed_per_s"] = grown("parlor_events_total") / span_s
        for key in ("commit", "loop_lag"):
            buckets = _buckets(_HISTOGRAMS[key], before, after)
            for name, share in (("p50", 0.5), ("p99", 0.99)):
                figures[f"{key}_{name}_ms"] = quantile(buckets, share) * 1e3
        commits = grown(f"{_HISTOGRAMS['batch']}_count")
        figures["batch_events"] = grown(f"{_HISTOGRAMS['batch']}_sum") / commits if commits else 0.0
    if after.server_bytes:
        figures["server_cpu"] = (after.server_cpu_s - before.server_cpu_s) / span_s
        figures["database_cpu"] = (after.database_cpu_s - before.database_cpu_s) / span_s
        figures["server_bytes"] = after.server_bytes
        figures["database_bytes"] = after.database_bytes
    return {name: round(value, 4) for name, value in figures.items()}


def _buckets(name: str, before: Reading, after: Reading) -> list[tuple[float, float]]:
    """(upper edge, count up to this edge), in ascending order."""
    found = []
    for (sample, edge), value in after.samples.items():
        if sample == f"{name}_bucket":
            found.append((float(edge), value - before.samples.get((sample, edge), 0.0)))
    return sorted(found)


def quantile(buckets: list[tuple[float, float]], share: float) -> float:
    """Interpolated linearly within its bucket, as Prometheus does."""
    total = buckets[-1][1] if buckets else 0.0
    if not total:
        return 0.0
    lower, below = 0.0, 0.0
    for edge, up_to in buckets:
        if up_to >= share * total:
            if math.isinf(edge):
                return lower
            return lower + (edge - lower) * (share * total - below) / max(up_to - below, 1e-9)
        lower, below = edge, up_to
    return lower


def spare_cores() -> int:
    """How many client processes to run beside a server, which uses one core."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, usable - 1)
