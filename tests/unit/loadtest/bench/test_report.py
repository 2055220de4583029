"""Latency histograms and the report of the bench."""

from __future__ import annotations

import random

import pytest

from loadtest.bench.report import BenchReport, Goal
from loadtest.latency import LatencyHistogram


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_quantiles_are_accurate_to_three_percent(share: float) -> None:
    source = random.Random(1)
    times = [source.lognormvariate(-6, 1) for _ in range(20_000)]
    histogram = LatencyHistogram()
    for seconds in times:
        histogram.add(seconds)
    exact = sorted(times)[int(share * len(times))]
    assert histogram.quantile(share) == pytest.approx(exact, rel=0.03)
    assert histogram.largest_s == pytest.approx(max(times), rel=0.001)


def test_histograms_accept_any_value_and_can_be_merged() -> None:
    one, other, none = LatencyHistogram(), LatencyHistogram(), LatencyHistogram()
    one.add(0.0)
    other.add(10_000.0)
    assert one.merge([other, none]).count == 2
    assert one.quantile(1.0) > 400  # values above ten minutes count as ten minutes
    assert none.quantile(0.5) == 0.0
    assert none.largest_s == 0.0
    assert LatencyHistogram.decode(one.encode()).milliseconds() == one.milliseconds()


def test_a_report_compares_medians_with_goals() -> None:
    report = BenchReport()
    report.add("speed", "moves", [30.0, 10.0, 20.0], "/s", Goal(">= 15/s", 15))
    report.add("wait", "time to move", [5.0], "ms", Goal("< 3 ms", 3, least=False))
    told = report.table()
    assert "20 /s" in told
    assert [line.split()[-1] for line in told.splitlines()[2:]] == ["yes", "NO"]
    assert report.as_json()["figures"]["speed"]["samples"] == [30.0, 10.0, 20.0]
