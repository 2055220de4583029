"""A journal that never finds anything would be worthless: every kind of lie is told to it once."""

from __future__ import annotations

import pytest

from loadtest.journal import Journal


def told(*indexes: int) -> Journal:
    journal = Journal()
    for index in indexes:
        journal.event(index)
    return journal


def test_all_in_order_is_clean() -> None:
    journal = told(0, 1, 2)
    journal.ack("a", 1, 2)
    journal.ack("a", 1, 2)  # the same command was sent twice
    assert journal.is_clean
    assert (journal.events, journal.last_index) == (3, 2)


@pytest.mark.parametrize(
    ("indexes", "gaps", "duplicates", "disorder"),
    [((0, 2), 1, 0, 0), ((0, 1, 1), 0, 1, 0), ((0, 2, 1), 0, 0, 1), ((5,), 5, 0, 0)],
    ids=["gap", "duplicate", "disorder", "late start"],
)
def test_lies_are_found(indexes: tuple[int, ...], gaps: int, duplicates: int, disorder: int) -> None:
    journal = told(*indexes)
    assert not journal.is_clean
    assert (journal.gaps, journal.duplicates, journal.disorder) == (gaps, duplicates, disorder)


def test_a_state_stands_for_the_events_before_it() -> None:
    journal = told(0, 1)
    journal.state(700)
    journal.event(701)
    assert journal.is_clean


def test_a_state_may_not_go_back() -> None:
    journal = told(0, 1, 2)
    journal.state(0)
    assert not journal.is_clean


@pytest.mark.parametrize("second", [(1, 2), (3, 2)], ids=["another ack", "backwards"])
def test_acks_have_to_agree(second: tuple[int, int]) -> None:
    journal = told(0, 1, 2)
    journal.ack("a", 1, 1)
    journal.ack("a" if second[0] < second[1] else "b", *second)
    assert not journal.is_clean
