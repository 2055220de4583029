"""Compares the figures of a run with saved ones (`loadtest/results`) and reports what became slower.

Figures of the same machine are compared directly. Those of another machine are scaled by a calibration loop, which each
run measures on the core of the server.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

RESULTS = Path(__file__).parents[1] / "results"
SLOWER = 1.10
"""A figure counts as slower from this factor on; smaller differences are the drift of a machine."""

_LOOPS, _SERIES = 20_000, 7
_MORE_IS_BETTER = {"/s"}
_LESS_IS_BETTER = {"ms", "us", "s", "%", "MiB", "KiB"}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure now and before. `factor`: how many times slower (or larger) it is now; below 1: it improved."""

    key: str
    now: float
    then: float
    factor: float

    @property
    def is_slower(self) -> bool:
        return self.factor > SLOWER


def calibrate() -> float:
    """Seconds for a fixed amount of work similar to the server's: the best of several series."""
    frame = {"type": "command", "id": "c-1", "name": "say", "args": {"data": {"n": 1, "t": 2.5}}}
    best = float("inf")
    for _ in range(_SERIES):
        began_s = time.perf_counter()
        for number in range(_LOOPS):
            read = orjson.loads(orjson.dumps(frame))
            kept = {**read, "index": number}
            tuple(kept.items())
        best = min(best, time.perf_counter() - began_s)
    return best


def compare(now: Mapping[str, Any], then: Mapping[str, Any]) -> list[Line]:
    """Both as `BenchReport.as_json` returns them. Leaves out what only one has, or what can't be better or worse."""
    scale = 1.0
    if now["facts"]["machine"] != then["facts"]["machine"]:
        scale = now["facts"]["calibration_s"] / then["facts"]["calibration_s"]
    lines = []
    for key, figure in now["figures"].items():
        kept = then["figures"].get(key)
        if kept is None or kept["unit"] != figure["unit"] or not kept["value"] or not figure["value"]:
            continue
        ratio = figure["value"] / kept["value"]
        if figure["unit"] in _MORE_IS_BETTER:
            lines.append(Line(key, figure["value"], kept["value"], 1 / (ratio * scale)))
        elif figure["unit"] in _LESS_IS_BETTER:
            lines.append(Line(key, figure["value"], kept["value"], ratio / scale))
    return lines


def load(machine: str) -> Mapping[str, Any] | None:
    """The saved figures of this machine, else the newest of any machine; None: there are none."""
    files = sorted(RESULTS.glob("*.json"), key=lambda file: json.loads(file.read_text())["facts"]["began"])
    own = RESULTS / f"{_slug(machine)}.json"
    chosen = own if own in files else files[-1] if files else None
    return None if chosen is None else json.loads(chosen.read_text())


def save(figures: Mapping[str, Any]) -> Path:
    """Save the figures of this machine; returns the file. Figures that were not measured this time are kept."""
    file = RESULTS / f"{_slug(figures['facts']['machine'])}.json"
    before = json.loads(file.read_text())["figures"] if file.exists() else {}
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"facts": figures["facts"], "figures": {**before, **figures["figures"]}}, indent=2)
    file.write_text(text + "\n")
    return file


def describe(lines: list[Line], then: Mapping[str, Any], machine: str) -> str:
    """The comparison as text."""
    facts = then["facts"]
    own = facts["machine"] == machine
    where = "this machine" if own else f"{facts['machine']}, scaled by the calibration loop"
    slower = [line for line in lines if line.is_slower]
    said = [f"Compared with the figures of {facts['began']} ({where}):"]
    said += [f"  SLOWER {line.key}: {line.then:,.4g} -> {line.now:,.4g} ({line.factor:.2f} times)" for line in slower]
    if not slower:
        said.append(f"  none of {len(lines)} figures became slower by more than {SLOWER - 1:.0%}")
    return "\n".join(said)


def _slug(machine: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", machine.lower()).strip("-")
