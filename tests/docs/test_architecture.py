"""docs/architecture.md: a move passes the stops that the page names, in their order, and every place exists."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from server.app import App
from tests.docs.pages import ROOT, codes, page, rows, section
from tests.support import layers, profile_move

PAGE = page("architecture")
STOPS = [tuple(codes(row[2])) for row in rows(section(PAGE, "The path of a move")) if row[0].isdigit()]
PLACES = [(codes(row[1]), codes(row[2])) for row in rows(section(PAGE, "Where to put what"))]


async def test_a_move_passes_the_stops_in_their_order(app: App) -> None:
    assert len(STOPS) == 12
    (profile,) = await profile_move.measure(app, 1)
    calls = iter([(str(Path(call.file).relative_to(ROOT)), call.function) for call in profile.calls])
    for stop in STOPS:
        assert stop in calls, f"{stop} is not called after the stops before it"


def test_every_floor_is_described() -> None:
    described = {code for row in rows(section(PAGE, "The floors")) for code in codes(row[0])}
    floors = {box.module.removeprefix("server.") for box in layers.boxes()}
    known = {path.stem for path in ROOT.glob("server/*.py")} | {
        path.parent.name for path in ROOT.glob("server/*/slice.py")
    }
    assert floors - known <= described <= floors


@pytest.mark.parametrize(("where", "example"), PLACES, ids=lambda cell: cell[0])
def test_examples_are_where_the_page_says(where: list[str], example: list[str]) -> None:
    fixed = where[0].partition("<")[0]
    assert (ROOT / fixed).exists()
    if "/" in example[0]:
        assert (ROOT / example[0]).exists()
        assert example[0].startswith(fixed)
    else:
        assert example[0].rpartition(".")[2] in (ROOT / where[0]).read_text()


FOLDERS = [
    path.parent
    for top in ("server", "persistence", "migrations", "loadtest", "tests")
    for path in sorted((ROOT / top).rglob("__init__.py"))
    if "node_modules" not in path.parts
]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_folder_says_what_it_is_for(folder: Path) -> None:
    assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
