"""Figures and goals, as a table and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any

_WIDTHS = (62, 22, 18)


@dataclass(frozen=True, slots=True)
class Goal:
    """`least`: the value must be at least `limit`; otherwise at most."""

    text: str
    limit: float
    least: bool = True

    def met(self, value: float) -> bool:
        return value >= self.limit if self.least else value <= self.limit


@dataclass(frozen=True, slots=True)
class Figure:
    key: str
    what: str
    value: float
    unit: str
    goal: Goal | None = None
    samples: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        number = f"{self.value:,.0f}" if self.value >= 1000 else f"{self.value:,.4g}"
        return f"{number} {self.unit}"


@dataclass(slots=True)
class BenchReport:
    figures: list[Figure] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, key: str, what: str, samples: list[float], unit: str, goal: Goal | None = None) -> None:
        """Add a figure: the median of its samples."""
        kept = tuple(round(sample, 4) for sample in samples)
        self.figures.append(Figure(key, what, median(kept), unit, goal, kept))

    def table(self) -> str:
        lines = [_row("figure", "measured", "goal", ""), "-" * (sum(_WIDTHS) + 8)]
        for figure in self.figures:
            goal = figure.goal
            verdict = "" if goal is None else "yes" if goal.met(figure.value) else "NO"
            lines.append(_row(figure.what, figure.text, "" if goal is None else goal.text, verdict))
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        return {
            "facts": self.facts,
            "figures": {
                figure.key: {
                    "value": figure.value,
                    "unit": figure.unit,
                    "samples": list(figure.samples),
                    "goal": None if figure.goal is None else figure.goal.text,
                    "met": None if figure.goal is None else figure.goal.met(figure.value),
                }
                for figure in self.figures
            },
            "problems": self.problems,
        }


def _row(what: str, measured: str, goal: str, verdict: str) -> str:
    return f"{what:<{_WIDTHS[0]}} {measured:>{_WIDTHS[1]}}   {goal:<{_WIDTHS[2]}} {verdict}".rstrip()
