"""Which answers to GETs a healthy server may give, and how a report separates the time with and without reads."""

from __future__ import annotations

import pytest

from loadtest.api import Answer
from loadtest.load.game_reads import FAILED, NO_RETRY_AFTER, NOT_SENT, is_broken, outcome_of
from loadtest.load.report import LoadReport
from loadtest.load.settings import InvalidOption, LoadSettings
from loadtest.load.timeline import Second


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(200, {}, b"{}"), "200"),
        (Answer(429, {"retry-after": "1"}, b""), "429"),
        (Answer(429, {}, b""), NO_RETRY_AFTER),
        (Answer(429, {"retry-after": "soon"}, b""), NO_RETRY_AFTER),
        (Answer(503, {}, b""), "503"),
    ],
)
def test_answers_are_counted_by_status_and_429_needs_retry_after(answer: Answer, outcome: str) -> None:
    assert outcome_of(answer) == outcome


def test_only_faults_of_the_server_are_problems() -> None:
    outcomes = ("200", "404", "429", "503", NOT_SENT, "500", "502", NO_RETRY_AFTER, FAILED)
    assert [outcome for outcome in outcomes if is_broken(outcome)] == ["500", "502", NO_RETRY_AFTER, FAILED]


def second(number: int, ack_ms: float, **reads: int) -> Second:
    made = Second(number)
    made.metrics.to_ack.add(ack_ms / 1e3)
    made.metrics.reads.update({status.removeprefix("s"): count for status, count in reads.items()})
    return made


def test_a_report_shows_the_time_to_ack_with_and_without_reads() -> None:
    seconds = [second(0, 1), second(1, 2), second(2, 500), second(3, 500), second(4, 500), second(5, 30, s200=7)]
    report = LoadReport(LoadSettings(reads_per_s=200), {}, seconds, reads_from=3)
    for each in seconds:
        report.total.add(each.metrics)
    report.add_checks([])
    times = report.as_json()["to_ack_ms"]
    assert times["without"]["max"] == pytest.approx(2, rel=0.01)
    assert times["with"]["max"] == pytest.approx(30, rel=0.01)
    assert "200/s; 200: 7" in report.text()
    assert report.is_clean


def test_a_429_without_retry_after_is_a_problem() -> None:
    report = LoadReport(LoadSettings(reads_per_s=200), {}, reads_from=0)
    report.total.reads[NO_RETRY_AFTER] = 3
    report.add_checks([])
    assert not report.is_clean
    assert "3 GETs of running games: 429 without Retry-After" in report.text()


@pytest.mark.parametrize(
    "settings",
    [
        {"work": "bots"},
        {"duration_s": 5.0},
        {"url": "http://192.0.2.1:8000"},
    ],
    ids=["nobody plays", "too short", "another machine"],
)
def test_invalid_combinations_with_reads_are_rejected(settings: dict[str, object]) -> None:
    with pytest.raises(InvalidOption):
        LoadSettings(reads_per_s=200, **settings)  # type: ignore[arg-type]
    LoadSettings(reads_per_s=200, url="http://127.0.0.1:8000", duration_s=6)
