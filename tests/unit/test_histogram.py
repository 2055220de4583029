"""The cheap histogram tells what prometheus_client's own would."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Histogram, generate_latest

from server.histogram import FastHistogram

BOUNDS = (0.0005, 0.01, 0.5, 1, 2.5)


def test_it_is_scraped_like_any_other_histogram() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    tally = FastHistogram("wait_seconds", "How long.", buckets=BOUNDS, registry=ours)
    histogram = Histogram("wait_seconds", "How long.", buckets=BOUNDS, registry=theirs)
    for value in (0, 0.0005, 0.00051, 0.3, 0.5, 1, 2, 2.5, 2.51, 100):
        tally.observe(value)
        histogram.observe(value)
    told = [line for line in generate_latest(theirs).decode().splitlines() if "_created" not in line]
    assert generate_latest(ours).decode().splitlines() == told
    assert 'wait_seconds_bucket{le="+Inf"} 10.0' in told
