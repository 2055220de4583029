"""The figures of the operator's page: those of the last minute, also if another request came before."""

from __future__ import annotations

import pytest

from server.metrics import Metrics
from server.ops import limits
from server.ops.service.vitals import Vitals, memory_bytes, quantile
from server.testing.clock import VirtualClock

INF = float("inf")


@pytest.mark.parametrize(
    ("buckets", "share", "value"),
    [
        ({}, 0.5, None),
        ({1.0: 0, INF: 0}, 0.5, None),
        ({1.0: 10, 2.0: 10, INF: 10}, 0.5, 0.5),
        ({1.0: 0, 2.0: 10, INF: 10}, 0.5, 1.5),
        ({1.0: 5, 2.0: 10, INF: 10}, 0.99, 1.98),
        ({1.0: 5, 2.0: 5, INF: 10}, 0.99, 2.0),  # as much as is known of it
    ],
)
def test_quantiles(buckets: dict[float, float], share: float, value: float | None) -> None:
    assert quantile(buckets, share) == (None if value is None else pytest.approx(value))


def test_what_is_long_ago_counts_no_more() -> None:
    metrics, clock = Metrics(), VirtualClock()
    vitals = Vitals(metrics, clock)
    metrics.events_total.inc(100)
    metrics.commit_duration_seconds.observe(0.3)
    clock.advance(10)
    first = vitals.tell()
    assert (first["events_per_s"], first["events_total"], first["window_s"]) == (10.0, 100, 10.0)
    assert 0.2 < first["commit_s"]["p50"] <= 0.5
    assert first["loop_lag_s"] == {"p50": None, "p99": None}
    for _ in range(int(limits.VITALS_WINDOW_S) + 20):
        clock.advance(1)
        last = vitals.tell()
    assert last["events_per_s"] == 0.0
    assert last["window_s"] <= limits.VITALS_WINDOW_S + 1
    assert last["commit_s"]["p50"] is None
    assert last["events_total"] == 100


def test_whoever_looks_all_the_time_fills_no_memory() -> None:
    clock = VirtualClock()
    vitals = Vitals(Metrics(), clock)
    for _ in range(2_000):
        clock.advance(0.05)
        vitals.tell()
    assert len(vitals._readings) <= limits.VITALS_READINGS_MAX + 2


def test_memory() -> None:
    assert 10 * 2**20 < memory_bytes() < 2**40
