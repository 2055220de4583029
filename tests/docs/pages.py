"""The documents as data: their tables, code blocks and links."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")))

_CODE = re.compile(r"`([^`]+)`")


def page(name: str) -> str:
    """The text of `docs/<name>.md`."""
    return (DOCS / f"{name}.md").read_text("utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading, down to the next one of the same or a higher level."""
    level, start = None, None
    lines = text.splitlines()
    for number, line in enumerate(lines):
        found = re.match(r"(#+) (.*)", line)
        if found is None:
            continue
        if start is not None and level is not None and len(found[1]) <= level:
            return "\n".join(lines[start:number])
        if start is None and found[2] == heading:
            level, start = len(found[1]), number + 1
    assert start is not None, f"no heading {heading!r}"
    return "\n".join(lines[start:])


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the tables in `text`, without headers and rules."""
    found: list[list[str]] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("|") or set(line) <= set("|-: "):
            continue
        if number + 1 < len(lines) and lines[number + 1].startswith("|") and set(lines[number + 1]) <= set("|-: "):
            continue  # a header
        found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def codes(cell: str) -> list[str]:
    """What a cell shows as code."""
    return _CODE.findall(cell)


def first_codes(text: str) -> list[str]:
    """What the first cells of all rows show as code, in order."""
    return [code for row in rows(text) for code in codes(row[0])]


def blocks(text: str, language: str) -> list[str]:
    """The fenced code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
