"""The tables of access: one for each wing, in tests/acceptance/<wing>/access.py; together they cover every route.

`ROUTES` has a head line with the callers, then a line for each route: method and path, the rooms that it is about (`*`:
all; `public`, `private`; a phase; `public/lobby`), and the status for each caller. The first row that fits counts.
{host}: the host's id; {me}: the caller's own; {room}, {code}: of the room. `BODIES`: of requests that have one.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.support.callers import CALLERS

Row = tuple[str, str, list[int]]
_WINGS = Path(__file__).parents[1] / "acceptance"


def _tables() -> list[ModuleType]:
    wings = sorted(path.parent.name for path in _WINGS.glob("*/access.py"))
    return [import_module(f"tests.acceptance.{wing}.access") for wing in wings]


def _rows(table: str) -> list[Row]:
    head, *lines = [line.split() for line in table.strip().splitlines()]
    assert head == [name[:3] for name in CALLERS]
    return [(f"{line[0]} {line[1]}", line[2], [int(status) for status in line[3:]]) for line in lines]


def rows() -> list[Row]:
    """Route, rooms, statuses: of all wings."""
    return [row for table in _tables() for row in _rows(table.ROUTES)]


def bodies() -> dict[str, dict[str, Any]]:
    """By route: of all wings."""
    return {route: body for table in _tables() for route, body in getattr(table, "BODIES", {}).items()}
