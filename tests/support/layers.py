"""Draw the layers from the imports: `python -m tests.support.layers` writes docs/layers.svg (`make generate`).

Floors are those of the contract "layers" in .importlinter, in its order. A row is a folder or module; the dots in it
are imports, each under the number of the row that is imported. What points down lies right of the diagonal.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import grimp

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "layers.svg"
_CONTRACT = "importlinter:contract:layers"

# A dot's radius by the number of imports: three sizes, so that a single import more rarely changes the picture.
_SIZES = ((1, 2.5), (4, 4.5), (16, 7.0))
_NAME_X, _TEXT_X, _CELLS_X = 50, 180, 560
_CELL, _ROW, _GAP, _TOP, _MARGIN = 23, 30, 8, 60, 20
_TEXT_CHARACTERS = 64

_STYLE = """
  svg { --ink: #1f2328; --soft: #59636e; --floor: #eef2f6; --line: #d1d9e0; --dot: #0969da; --bad: #cf222e;
    --paper: #fff }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --soft: #9198a1; --floor: #1b222c; --line: #343b44; --dot: #58a6ff; --bad: #ff7b72;
      --paper: #0d1117 }
  }
  text { font: 11px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--soft) }
  .name { font-size: 13px; font-weight: 600; fill: var(--ink) }
  .number { text-anchor: middle; font-size: 10px }
  .paper { fill: var(--paper) } .floor { fill: var(--floor) } .self { fill: var(--line) }
  .line { stroke: var(--line); stroke-width: 1 }
  .down { fill: var(--dot) } .up { fill: var(--bad) }
"""


class Box(NamedTuple):
    """One folder or module of a floor. `files`: how many modules it has."""

    module: str
    floor: int
    files: int
    about: str


def boxes(graph: grimp.ImportGraph | None = None) -> list[Box]:
    """All rows, top floor first."""
    graph = graph or _graph()
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    lines = contracts[_CONTRACT]["layers"].split("\n")
    named = [[part.strip(" ()") for part in re.split(r"[:|]", line)] for line in lines]
    floors = [
        [module for module in modules if module in graph.modules] for modules in named
    ]  # some may not be built yet
    return [
        Box(module, floor, 1 + len(graph.find_descendants(module)), _about(module))
        for floor, modules in enumerate(filter(None, floors))
        for module in modules
    ]


def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("server", "persistence", cache_dir=None)


def _about(module: str) -> str:
    """The first sentence of the docstring."""
    path = ROOT / Path(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    docstring = " ".join((ast.get_docstring(ast.parse(file.read_text())) or "").split())
    return docstring.partition(". ")[0].rstrip(".").replace("`", "")


def imports(graph: grimp.ImportGraph, rows: list[Box]) -> dict[tuple[int, int], int]:
    """How many imports lead from row to row."""
    owner = {}
    for number, box in enumerate(rows):
        for module in (box.module, *graph.find_descendants(box.module)):
            owner[module] = number
    counted: dict[tuple[int, int], int] = {}
    for importer, source in owner.items():
        for imported in graph.find_modules_directly_imported_by(importer):
            target = owner.get(imported)
            if target is not None and target != source:
                counted[source, target] = counted.get((source, target), 0) + 1
    return counted


def draw() -> str:
    """The picture as SVG."""
    graph = _graph()
    rows = boxes(graph)
    tops = [_TOP + number * _ROW + box.floor * _GAP for number, box in enumerate(rows)]
    width, height = _CELLS_X + len(rows) * _CELL + _MARGIN, tops[-1] + _ROW + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-label="The layers of the server and who imports whom">',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}" rx="6"/>',
        f'<text class="name" x="{_NAME_X}" y="28">the floors, top to bottom</text>',
        f'<text class="name" x="{_CELLS_X}" y="28">imports: row → column</text>',
        *_floors(rows, tops, width),
        *_cells(rows, tops, imports(graph, rows)),
        *_legend(tops[-1] + _ROW + 28),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _floors(rows: list[Box], tops: list[int], width: int) -> Iterator[str]:
    for floor in range(rows[-1].floor + 1):
        mine = [top for box, top in zip(rows, tops, strict=True) if box.floor == floor]
        size = f'y="{mine[0]}" width="{width - 2 * _MARGIN}" height="{len(mine) * _ROW}"'
        yield f'<rect class="floor" x="{_MARGIN}" {size} rx="5"/>'
    for number, (box, top) in enumerate(zip(rows, tops, strict=True), 1):
        middle = top + _ROW / 2
        name = box.module.removeprefix("server.") + ("/" if box.files > 1 else "")
        yield f'<text class="number" x="{_NAME_X - 14}" y="{middle + 4}">{number}</text>'
        yield f'<text class="name" x="{_NAME_X}" y="{middle + 4}">{escape(name)}</text>'
        lines = textwrap.wrap(box.about, _TEXT_CHARACTERS, max_lines=2, placeholder=" …")
        for place, line in enumerate(lines):
            y = middle + 4 + 12 * place - (6 if len(lines) > 1 else 0)
            yield f'<text x="{_TEXT_X}" y="{y}">{escape(line)}</text>'


def _cells(rows: list[Box], tops: list[int], counted: dict[tuple[int, int], int]) -> Iterator[str]:
    columns = [_CELLS_X + _CELL * number + _CELL / 2 for number in range(len(rows))]
    for number, (x, top) in enumerate(zip(columns, tops, strict=True)):
        yield f'<text class="number" x="{x}" y="{_TOP - 8}">{number + 1}</text>'
        yield f'<line class="line" x1="{x}" y1="{_TOP}" x2="{x}" y2="{top}"/>'
        size = f'width="{_CELL - 6}" height="{_CELL - 6}"'
        yield f'<rect class="self" x="{x - _CELL / 2 + 3}" y="{top + (_ROW - _CELL) / 2 + 3}" {size} rx="3"/>'
    for (source, target), count in sorted(counted.items()):
        way = "down" if rows[source].floor < rows[target].floor else "up"
        if rows[source].floor == rows[target].floor:
            way = "down"  # beside it, where the contract allows that
        radius = max(size for least, size in _SIZES if count >= least)
        title = f"{rows[source].module} imports {rows[target].module}"
        circle = f'<circle class="{way}" cx="{columns[target]}" cy="{tops[source] + _ROW / 2}" r="{radius}">'
        yield f"{circle}<title>{escape(title)}</title></circle>"


def _legend(y: int) -> Iterator[str]:
    x = _CELLS_X
    for (least, radius), text in zip(_SIZES, ("1 to 3 imports", "4 to 15", "16 or more"), strict=True):
        yield f'<circle class="down" cx="{x + radius}" cy="{y - 4}" r="{radius}"/>'
        yield f'<text x="{x + 2 * radius + 6}" y="{y}">{text}</text>'
        x += 110 if least == 1 else 75
    yield f'<text x="{_NAME_X}" y="{y}">right of the grey diagonal: down. Red, left of it: up</text>'


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
