"""The journal finds each kind of wrong sequence."""

from __future__ import annotations

import pytest

from loadtest.journal import Journal


def journal_of(*indexes: int) -> Journal:
    journal = Journal()
    for index in indexes:
        journal.event(index)
    return journal


def test_a_complete_sequence_has_no_problems() -> None:
    journal = journal_of(0, 1, 2)
    journal.ack("a", 1, 2)
    journal.ack("a", 1, 2)  # the same command was sent twice
    assert journal.is_clean
    assert (journal.events, journal.last_index) == (3, 2)


@pytest.mark.parametrize(
    ("indexes", "gaps", "duplicates", "disorder"),
    [((0, 2), 1, 0, 0), ((0, 1, 1), 0, 1, 0), ((0, 2, 1), 0, 0, 1), ((5,), 5, 0, 0)],
    ids=["gap", "duplicate", "disorder", "late start"],
)
def test_wrong_sequences_are_counted(indexes: tuple[int, ...], gaps: int, duplicates: int, disorder: int) -> None:
    journal = journal_of(*indexes)
    assert not journal.is_clean
    assert (journal.gaps, journal.duplicates, journal.disorder) == (gaps, duplicates, disorder)


def test_a_state_replaces_the_events_before_it() -> None:
    journal = journal_of(0, 1)
    journal.state(700)
    journal.event(701)
    assert journal.is_clean


def test_a_state_older_than_an_event_is_a_problem() -> None:
    journal = journal_of(0, 1, 2)
    journal.state(0)
    assert not journal.is_clean


@pytest.mark.parametrize("second", [(1, 2), (3, 2)], ids=["another index", "first after last"])
def test_contradicting_acks_are_a_problem(second: tuple[int, int]) -> None:
    journal = journal_of(0, 1, 2)
    journal.ack("a", 1, 1)
    journal.ack("a" if second[0] < second[1] else "b", *second)
    assert not journal.is_clean
