"""The token buckets of a connection, and of many addresses, second by second."""

from __future__ import annotations

import pytest

from server.sessions.budget import Allowance, Budget, Verdict

AMPLE = 10**9


def frames(per_s: float, burst: int, now_s: float = 0.0) -> Budget:
    """One that never runs out of bytes."""
    return Budget(per_s, burst, AMPLE, AMPLE, now_s)


def spend(budget: Budget, count: int, now_s: float, size: int = 100) -> list[Verdict]:
    return [budget.spend(now_s, size) for _ in range(count)]


def test_a_burst_is_allowed_and_not_one_frame_more() -> None:
    budget = frames(20, 40, 100.0)
    assert spend(budget, 41, 100.0) == [Verdict.OK] * 40 + [Verdict.TOO_FAST]


def test_the_budget_fills_up_at_its_rate_to_the_burst() -> None:
    budget = frames(20, 40)
    spend(budget, 40, 0.0)
    assert spend(budget, 11, 0.5) == [Verdict.OK] * 10 + [Verdict.TOO_FAST]
    assert spend(budget, 41, 1000.0).count(Verdict.OK) == 40


def test_frames_at_the_rate_are_always_allowed() -> None:
    budget = frames(20, 40)
    assert {budget.spend(n / 20, 100) for n in range(2000)} == {Verdict.OK}


def test_the_twentieth_refusal_in_ten_seconds_is_abuse() -> None:
    budget = frames(1, 1)
    assert spend(budget, 20, 0.0) == [Verdict.OK] + [Verdict.TOO_FAST] * 19
    assert budget.spend(0.1, 100) is Verdict.ABUSE


@pytest.mark.parametrize("start", [0.0, 9.5, 14.9])
def test_the_window_of_ten_seconds_begins_anywhere(start: float) -> None:
    """Nineteen refusals just before and one just after any round number are twenty in ten seconds."""
    budget = frames(0.001, 1)
    budget.spend(0.0, 100)
    assert spend(budget, 19, start) == [Verdict.TOO_FAST] * 19
    assert budget.spend(start + 9.9, 100) is Verdict.ABUSE


def test_twenty_refusals_over_a_longer_time_are_not_abuse() -> None:
    budget = frames(0.001, 1)
    budget.spend(0.0, 100)
    assert {budget.spend(n * 0.6, 100) for n in range(1, 200)} == {Verdict.TOO_FAST}


def test_bytes_have_a_budget_of_their_own() -> None:
    budget = Budget(AMPLE, AMPLE, 1000, 5000, 0.0)
    assert spend(budget, 6, 0.0, 1000) == [Verdict.OK] * 5 + [Verdict.TOO_FAST]
    assert spend(budget, 3, 2.0, 1000) == [Verdict.OK] * 2 + [Verdict.TOO_FAST]
    assert spend(budget, 6, 1000.0, 1000).count(Verdict.OK) == 5


def test_a_frame_refused_for_its_size_costs_nothing() -> None:
    budget = Budget(0.001, 2, 0.001, 1000, 0.0)
    assert spend(budget, 3, 0.0, 1001) == [Verdict.TOO_FAST] * 3
    assert spend(budget, 3, 0.0, 500) == [Verdict.OK, Verdict.OK, Verdict.TOO_FAST]


def test_too_many_bytes_are_abuse_as_well() -> None:
    budget = Budget(AMPLE, AMPLE, 1, 1000, 0.0)
    assert spend(budget, 20, 0.0, 2000)[-1] is Verdict.ABUSE


def test_each_address_has_an_allowance_of_its_own() -> None:
    changes = Allowance(2.0, 3, keys_max=10)
    assert [changes.spend("a", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert changes.spend("b", 0.0) == 0.0
    assert changes.spend("a", 0.25) == pytest.approx(0.25), "asking too early puts nothing off"
    assert changes.spend("a", 0.5) == 0.0
    assert [changes.spend("a", 100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_the_number_of_remembered_addresses_is_bounded() -> None:
    changes = Allowance(1.0, 1, keys_max=3)
    for key in ("a", "b", "c", "a", "d"):
        changes.spend(key, 0.0)
    assert len(changes) == 3
    assert changes.spend("a", 0.0) > 0, "asked lately: remembered"
    assert changes.spend("b", 0.0) == 0, "asked longest ago: forgotten"
