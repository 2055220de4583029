"""Which figures count as slower, on the same machine and on another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loadtest.bench import baseline


def figures(machine: str = "one", calibration_s: float = 1.0, **values: tuple[float, str]) -> dict[str, Any]:
    return {
        "facts": {"machine": machine, "calibration_s": calibration_s, "began": "2026-01-01"},
        "figures": {key: {"value": value, "unit": unit} for key, (value, unit) in values.items()},
    }


def slower(now: dict[str, Any], then: dict[str, Any]) -> set[str]:
    return {line.key for line in baseline.compare(now, then) if line.is_slower}


def test_fewer_actions_and_longer_times_are_slower() -> None:
    then = figures(actions=(1000, "/s"), wait=(10, "ms"), events=(437, ""))
    assert slower(figures(actions=(950, "/s"), wait=(10.9, "ms"), events=(900, "")), then) == set()
    assert slower(figures(actions=(890, "/s"), wait=(11.5, "ms")), then) == {"actions", "wait"}
    assert slower(figures(actions=(2000, "/s"), wait=(1, "ms"), new=(1, "ms")), then) == set()


def test_figures_of_another_machine_are_scaled_by_the_calibration() -> None:
    then = figures("one", 1.0, actions=(1000, "/s"), wait=(10, "ms"))
    twice_as_slow = figures("other", 2.0, actions=(500, "/s"), wait=(20, "ms"))
    assert slower(twice_as_slow, then) == set()
    assert [line.factor for line in baseline.compare(twice_as_slow, then)] == pytest.approx([1, 1])
    as_fast_on_a_faster_machine = figures("other", 0.5, actions=(1000, "/s"), wait=(10, "ms"))
    assert slower(as_fast_on_a_faster_machine, then) == {"actions", "wait"}


def test_figures_are_saved_per_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline, "RESULTS", tmp_path)
    assert baseline.load("one") is None
    baseline.save(figures("2 x One (R)", wait=(10, "ms"), actions=(5, "/s")))
    baseline.save(figures("2 x One (R)", wait=(9, "ms")))
    kept = baseline.load("2 x One (R)")
    assert kept is not None
    assert {key: figure["value"] for key, figure in kept["figures"].items()} == {"wait": 9, "actions": 5}
    assert baseline.load("another") == kept
    text = baseline.describe(baseline.compare(figures("2 x One (R)", wait=(12, "ms")), kept), kept, "2 x One (R)")
    assert "SLOWER wait: 9 -> 12 (1.33 times)" in text


def test_the_calibration_takes_measurable_time() -> None:
    assert 0 < baseline.calibrate() < 60
