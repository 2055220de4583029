from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import UUID

import pytest

from persistence import ids


def test_a_game_id_is_a_uuid_of_version_7() -> None:
    before = time.time_ns() // 1_000_000
    game_id = ids.new_game_id()
    made = UUID(game_id)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert str(made) == game_id
    assert before <= ids.created_at_ms(game_id) <= time.time_ns() // 1_000_000


def test_ids_grow() -> None:
    made = [ids.new_game_id() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 5000


def test_ids_grow_even_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ids.new_game_id()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)
    second, third = ids.new_game_id(), ids.new_game_id()
    assert first < second < third
    assert UUID(third).version == 7


def test_the_range_of_a_month() -> None:
    low, high = ids.month_range(2026, 12)
    assert ids.created_at_ms(low) == datetime(2026, 12, 1, tzinfo=UTC).timestamp() * 1000
    assert ids.created_at_ms(high) == datetime(2027, 1, 1, tzinfo=UTC).timestamp() * 1000
    assert high == ids.month_range(2027, 1)[0]
    now = datetime.now(UTC)
    low, high = ids.month_range(now.year, now.month)
    assert low <= ids.new_game_id() < high
