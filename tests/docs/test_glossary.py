"""docs/glossary.md: each word has one row, and the types that it names are those of the code."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT, codes, page, rows

ROWS = rows(page("glossary"))


def test_every_word_has_one_meaning() -> None:
    words = [word.strip() for row in ROWS for word in row[0].split(",")]
    assert len(words) > 60
    assert sorted(words) == sorted(set(words))


def test_every_named_type_exists() -> None:
    code = "\n".join(path.read_text() for top in ("server", "persistence") for path in (ROOT / top).rglob("*.py"))
    named = {name for row in ROWS for name in codes(row[1]) if re.fullmatch(r"[A-Z]\w+", name)}
    assert {"Committed", "Promised", "Caller"} <= named
    assert {name for name in named if not re.search(rf"^class {name}\b", code, re.MULTILINE)} == set()
