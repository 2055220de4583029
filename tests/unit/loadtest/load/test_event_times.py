"""The comparison with the log finds each kind of difference."""

from __future__ import annotations

from typing import Any

import pytest

from loadtest.load.event_times import EventTimes

LOG = [{"index": index, "at": 1_000 + 7 * index} for index in range(10)]


def event_times(first: int = 2, last: int = 9) -> EventTimes:
    made = EventTimes()
    for event in LOG[first : last + 1]:
        made.event(event)
    return made


def test_equal_events_have_no_problems() -> None:
    assert event_times().problems(LOG) == []


def test_events_that_a_state_replaced_are_not_compared() -> None:
    made = event_times(2, 4)
    made.state(7)
    made.event(LOG[8])
    assert made.problems(LOG) == []
    made.state(8)  # the same state again changes nothing
    made.event(LOG[9])
    assert made.problems(LOG) == []


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (LOG[:-1], "event 9 was received and is not in the log"),
        ([*LOG[:5], {"index": 5, "at": 1}, *LOG[6:]], "event 5 in the log is not the one that was received"),
        ([], "event 2 was received and is not in the log"),
    ],
)
def test_differences_from_the_log_are_found(log: list[dict[str, Any]], said: str) -> None:
    assert said in event_times().problems(log)
