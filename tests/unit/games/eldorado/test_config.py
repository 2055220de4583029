from __future__ import annotations

from typing import Any

import pytest

from server.games.eldorado import Config


def test_the_defaults() -> None:
    config = Config()
    assert (config.rounds, config.hook, config.round_pause_ms, config.min_players) == (10, False, 3_000, 2)
    assert config.problem() is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("rounds", 0), ("rounds", 11), ("round_pause_ms", 60_001), ("min_players", 1), ("max_players", 11)],
)
def test_out_of_bounds(field: str, value: Any) -> None:
    problem = Config(**{field: value}).problem()
    assert problem is not None
    assert problem.field == f"config.{field}"


def test_no_pause_is_allowed() -> None:
    assert Config(round_pause_ms=0, rounds=1, turn_seconds=0).problem() is None
