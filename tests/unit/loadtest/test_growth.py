"""Tables and plots of series."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from pathlib import Path

from loadtest.growth.__main__ import table
from loadtest.growth.plot import plots, svg

ROWS = [
    {"rooms": 1.0, "actions_per_s": 1500.0, "p99_ms": 2.5},
    {"rooms": 5000.0, "actions_per_s": 12000.0, "p99_ms": 40.0},
]


def test_a_series_becomes_a_markdown_table() -> None:
    assert table(ROWS).splitlines()[0] == "| rooms | actions per s | p99 ms |"
    assert table(ROWS).splitlines()[-1] == "| 5,000 | 12,000 | 40 |"


def test_larger_values_are_drawn_further_up_and_right(tmp_path: Path) -> None:
    drawn = Xml.fromstring(svg(ROWS, "actions_per_s"))  # noqa: S314  # our own
    line = next(element for element in drawn if element.tag.endswith("g"))[-5].get("points") or ""
    (x0, y0), (x1, y1) = (map(float, point.split(",")) for point in line.split())
    assert x1 > x0
    assert y1 < y0
    plots({"rooms": ROWS, "memory": ROWS}, tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["rooms-actions-per-s.svg", "rooms-p99-ms.svg"]


def test_a_single_row_can_be_drawn() -> None:
    assert "<circle" in svg(ROWS[:1], "p99_ms")
