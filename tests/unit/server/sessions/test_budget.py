"""The token bucket of a connection, second by second."""

from __future__ import annotations

import pytest

from server.sessions.budget import Budget, Verdict


def spend(budget: Budget, count: int, now_s: float) -> list[Verdict]:
    return [budget.spend(now_s) for _ in range(count)]


def test_a_burst_and_not_one_more() -> None:
    budget = Budget(20, 40, now_s=100.0)
    assert spend(budget, 41, 100.0) == [Verdict.OK] * 40 + [Verdict.TOO_FAST]


def test_it_fills_up_at_its_rate_and_no_further() -> None:
    budget = Budget(20, 40, now_s=0.0)
    spend(budget, 40, 0.0)
    assert spend(budget, 11, 0.5) == [Verdict.OK] * 10 + [Verdict.TOO_FAST]
    assert spend(budget, 41, 1000.0).count(Verdict.OK) == 40


def test_twenty_a_second_for_ever() -> None:
    budget = Budget(20, 40, now_s=0.0)
    assert {budget.spend(n / 20) for n in range(2000)} == {Verdict.OK}


def test_the_twentieth_refusal_in_ten_seconds_is_abuse() -> None:
    budget = Budget(1, 1, now_s=0.0)
    assert spend(budget, 20, 0.0) == [Verdict.OK] + [Verdict.TOO_FAST] * 19
    assert budget.spend(0.1) is Verdict.ABUSE


@pytest.mark.parametrize("start", [0.0, 9.5, 14.9])
def test_the_ten_seconds_begin_anywhere(start: float) -> None:
    """Nineteen refusals just before and one just after any round number are twenty in ten seconds."""
    budget = Budget(0.001, 1, now_s=0.0)
    budget.spend(0.0)
    assert spend(budget, 19, start) == [Verdict.TOO_FAST] * 19
    assert budget.spend(start + 9.9) is Verdict.ABUSE


def test_twenty_refusals_over_a_longer_time_are_not_abuse() -> None:
    budget = Budget(0.001, 1, now_s=0.0)
    budget.spend(0.0)
    assert {budget.spend(n * 0.6) for n in range(1, 200)} == {Verdict.TOO_FAST}
