"""The timeline, the server's metrics, and the report as text and as a page."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from typing import Any

import pytest

from loadtest.client_metrics import ClientMetrics
from loadtest.load.html_report import Plot, html_report, plot_figure, round_up
from loadtest.load.report import LoadReport
from loadtest.load.server_metrics import Reading, difference, parse_metrics, quantile
from loadtest.load.settings import LoadSettings
from loadtest.load.timeline import Timeline


def tick(acks: int, *, rooms: int = 2, ms: float = 5.0, cpu: float = 0.5) -> dict[str, Any]:
    metrics = ClientMetrics()
    metrics.acks = acks
    for _ in range(acks):
        metrics.to_ack.add(ms / 1e3)
    return {"rooms": rooms, "connections": 4 * rooms, "cpu": cpu, **metrics.as_json()}


def test_seconds_of_several_processes_are_added_up() -> None:
    timeline = Timeline(2)
    timeline.tick(0, tick(1000))  # before the measurement
    timeline.begin()
    timeline.tick(0, tick(10, ms=1, cpu=0.2))
    timeline.tick(0, tick(20))
    timeline.tick(1, tick(30, ms=9, cpu=0.9))
    (whole,) = timeline.complete  # the second process has not reported the next one
    assert (whole.metrics.acks, whole.rooms, whole.connections, whole.clients_cpu) == (40, 4, 16, 0.9)
    assert whole.metrics.to_ack.count == 40
    assert whole.as_json()["to_ack_max_ms"] == pytest.approx(9, rel=0.01)
    assert [second.metrics.acks for second in timeline.seconds] == [40, 20]


METRICS = """# HELP parlor_events_total Events committed.
# TYPE parlor_events_total counter
parlor_events_total {events}
# TYPE parlor_commit_batch_events histogram
parlor_commit_batch_events_bucket{{le="1.0"}} {commits}
parlor_commit_batch_events_bucket{{le="+Inf"}} {commits}
parlor_commit_batch_events_count {commits}
parlor_commit_batch_events_sum {events}
# TYPE parlor_commit_duration_seconds histogram
parlor_commit_duration_seconds_bucket{{le="0.001"}} {fast}
parlor_commit_duration_seconds_bucket{{le="0.002"}} {commits}
parlor_commit_duration_seconds_bucket{{le="+Inf"}} {commits}
"""


def test_figures_are_the_difference_of_two_readings() -> None:
    before = Reading(10.0, parse_metrics(METRICS.format(events=100, commits=50, fast=50)))
    after = Reading(12.0, parse_metrics(METRICS.format(events=500, commits=150, fast=100)))
    figures = difference(before, after)
    assert figures["committed_per_s"] == 200
    assert figures["batch_events"] == 4
    assert figures["commit_p50_ms"] == pytest.approx(1.0)
    assert figures["commit_p99_ms"] == pytest.approx(1.98)


def test_quantiles_are_interpolated_within_buckets() -> None:
    assert quantile([], 0.5) == 0
    assert quantile([(1.0, 0.0), (2.0, 0.0)], 0.5) == 0
    assert quantile([(1.0, 10.0), (float("inf"), 20.0)], 0.99) == 1.0  # the last finite edge
    assert parse_metrics("<html>not metrics</html> {") == {}


def report(**changes: Any) -> LoadReport:
    timeline = Timeline(1)
    timeline.begin()
    for acks in (100, 300):
        timeline.tick(0, tick(acks))
    timeline.seconds[1].server_figures = {"committed_per_s": 300.0, "batch_events": 2.0}
    made = LoadReport(LoadSettings(), {"machine": "a <machine>"}, timeline.complete)
    for second in made.seconds:
        made.total.add(second.metrics)
    done = {"acked": 400, "compared": 500, "not_compared": 0, "problem_count": 0, "problems": [], "notes": []}
    made.add_checks([{**done, **changes}])
    return made


def test_a_report_shows_rates_and_problems() -> None:
    good = report()
    assert good.is_clean
    assert "200/s acked" in good.text()
    assert "nothing lost, nothing twice, no gap, no disorder" in good.text()
    bad = report(problem_count=1, problems=["room 1: event 7 arrived twice"])
    assert not bad.is_clean
    assert "event 7 arrived twice" in bad.text()
    assert bad.as_json()["truth"]["problem_count"] == 1


def test_a_limit_of_the_clients_is_reported() -> None:
    made = report()
    made.seconds[0].clients_cpu = made.seconds[1].clients_cpu = 0.99
    made.add_checks([])
    assert "the clients used 99% of a core" in made.text()


def test_the_page_is_valid_and_loads_nothing() -> None:
    text = html_report(report())
    assert "a &lt;machine&gt;" in text
    assert "http" not in text.replace("http://www.w3.org", "")
    drawn = text.count("<figure>")
    assert drawn >= 3
    for svg in text.split("<svg")[1:]:
        Xml.fromstring("<svg" + svg.split("</svg>")[0] + "</svg>")  # noqa: S314  # our own
    assert "problems" in html_report(report(problem_count=2))


def test_a_plot_has_gaps_where_values_are_missing() -> None:
    plot = Plot("Commit", "ms", (("ms", "p50"),))
    drawn = plot_figure(plot, [{"ms": 1.0}, {}, {"ms": 3.0}, {"ms": 2.0}])
    assert drawn.count("M") == 2
    assert plot_figure(plot, [{}, {}]) == ""
    assert [round_up(value) for value in (0.3, 1, 1.1, 42, 700)] == pytest.approx([0.5, 1, 2, 50, 1000])
