"""What is not as it should be: one line for people, one object for machines, and never all of it in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TextIO

import orjson

from server.play import limits

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A value of a table that is not as computed. `column` None: the whole row; then `stored` None means that the row
    is missing, `computed` None that it should not be."""

    table: str
    key: Mapping[str, Any]
    column: str | None
    stored: Any
    computed: Any

    def __str__(self) -> str:
        key = " ".join(f"{name}={value}" for name, value in self.key.items())
        if self.column is not None:
            return f"play.{self.table} {key}: {self.column} is {_shown(self.stored)}, computed {_shown(self.computed)}"
        return f"play.{self.table} {key}: {'the row is missing' if self.stored is None else 'there is no such row'}"


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A game whose log can't be folded here. `broken`: it should be possible, so the log or the rules are wrong."""

    game_id: str
    game: str
    reason: str
    broken: bool


@dataclass(slots=True)
class Report:
    """What a run has found. `target`: an open file that gets everything as one JSON object."""

    target: TextIO | None = None
    games: int = 0
    by_table: Counter[str] = field(default_factory=Counter)
    first: list[Difference] = field(default_factory=list)
    left_alone: dict[tuple[str, str, bool], list[str]] = field(default_factory=dict)
    left_alone_counts: Counter[tuple[str, str, bool]] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How many differences there are."""
        return self.by_table.total()

    @property
    def broken(self) -> int:
        """How many games have a log that can't be folded though it should be possible."""
        return sum(count for (_, _, broken), count in self.left_alone_counts.items() if broken)

    def add(self, differences: Iterable[Difference]) -> None:
        for each in differences:
            if self.target is not None:
                self.target.write(",\n  " if self.count else '{"differences": [\n  ')
                self.target.write(orjson.dumps(asdict(each)).decode())
            self.by_table[each.table] += 1
            if len(self.first) < limits.REBUILD_SHOWN_MAX:
                self.first.append(each)

    def leave(self, games: Iterable[LeftAlone]) -> None:
        for each in games:
            kind = (each.game, each.reason, each.broken)
            self.left_alone_counts[kind] += 1
            known = self.left_alone.setdefault(kind, [])
            if len(known) < limits.REBUILD_SHOWN_MAX:
                known.append(each.game_id)

    def close(self, *, verify: bool) -> None:
        """Finish the file."""
        if self.target is None:
            return
        rest = {
            "verify": verify,
            "games": self.games,
            "count": self.count,
            "by_table": dict(self.by_table),
            "left_alone": [
                {"game": game, "reason": reason, "broken": broken, "count": self.left_alone_counts[kind], "first": ids}
                for kind, ids in self.left_alone.items()
                for game, reason, broken in (kind,)
            ],
        }
        head = "\n]" if self.count else '{"differences": []'
        self.target.write(f"{head},\n{orjson.dumps(rest).decode()[1:]}\n")


def row_differences(
    table: str, key: Mapping[str, Any], columns: Iterable[str], stored: Data | None, computed: Data | None
) -> list[Difference]:
    """Column by column; a row that is missing or too many is one difference."""
    if stored is None or computed is None:
        return [] if stored is computed else [Difference(table, key, None, stored, computed)]
    return [
        Difference(table, key, column, stored[column], computed[column])
        for column in columns
        if not same(stored[column], computed[column])
    ]


def same(stored: Any, computed: Any) -> bool:
    """Whether two values are equal: times as moments, and the model's numbers but for the last digits, which another
    version of the mathematics may calculate differently."""
    if isinstance(computed, float) and isinstance(stored, (int, float)):  # a whole number comes without its point
        return abs(stored - computed) <= 1e-9 * max(abs(stored), abs(computed), 1.0)
    if isinstance(computed, datetime):
        return isinstance(stored, str) and datetime.fromisoformat(stored) == computed
    return bool(stored == computed)


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}..."
