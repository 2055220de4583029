"""docs/fairness.md: its recipe is what the code does, its vectors are right, its script stands alone."""

from __future__ import annotations

import ast
import json
import sys
from typing import Any

import pytest

from server.games import chance
from server.games.eldorado.cards import DECKS
from server.games.table_commands import CLIENT_SEED_CHARACTERS_MAX
from tests.docs.pages import DOCS, ROOT, codes, page, rows, section

PAGE = page("fairness")
SCRIPT = DOCS / "examples" / "verify_game.py"
LINES_MAX = 60


def vectors() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((ROOT / "tests/corpus/shuffle-v1.json").read_text("utf-8"))["vectors"]
    return loaded


def shown() -> dict[str, list[str]]:
    """What the page says of each vector, by its round key: all cells, laid flat."""
    tables = section(PAGE, "Test vectors").split("\n\n")
    found = {}
    for table in tables:
        cells = {row[0]: codes(row[1]) or [row[1].strip("`")] for row in rows(table)}
        if "round key" in cells:
            found[cells["round key"][0]] = [value for values in cells.values() for value in values]
    return found


def test_the_page_has_vectors() -> None:
    keys = {vector["round_key"] for vector in vectors()}
    assert len(shown()) >= 4
    assert shown().keys() <= keys


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["about"])
def test_the_vectors_of_the_page_are_what_the_code_computes(vector: dict[str, Any]) -> None:
    cells = shown().get(vector["round_key"])
    if cells is None:
        pytest.skip("stands only in the file")
    seeds = [(seat, text) for seat, text in vector["client_seeds"]]
    key = chance.round_key(vector["session_seed"], vector["game_id"], vector["round_index"], seeds)
    message = chance.canonical([vector["game_id"], vector["round_index"], seeds])
    deck = chance.shuffle(DECKS[vector["decks"]], chance.Stream(key))
    right = {
        vector["session_seed"],
        chance.commitment(vector["game_id"], vector["session_seed"]),
        message,
        key.hex(),
        *deck[:6],
    }
    assert set(cells) <= right
    assert {key.hex(), *deck[:6]} <= set(cells)


def test_the_canonical_text_is_that_of_the_page() -> None:
    """Escapes of quotes, backslashes and control characters, and nothing else."""
    value = ["id", 0, [[0, 'a"b\\c\u0001\n'], [1, "żółw ✓ 🂡 </script> \u2028"]]]
    text = chance.canonical(value)
    assert text == json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    assert text == '["id",0,[[0,"a\\"b\\\\c\\u0001\\n"],[1,"żółw ✓ 🂡 </script> \u2028"]]]'
    assert 'json.dumps(..., separators=(",", ":"), ensure_ascii=False)' in PAGE


def test_the_script_is_short_and_needs_nothing_but_python() -> None:
    tree = ast.parse(SCRIPT.read_text())
    described = tree.body[0].end_lineno or 0
    lines = [line for line in SCRIPT.read_text().splitlines()[described:] if line.strip()]
    assert len(lines) <= LINES_MAX
    modules = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert {module.split(".")[0] for module in modules} <= sys.stdlib_module_names
    assert "examples/verify_game.py" in PAGE


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"at most {CLIENT_SEED_CHARACTERS_MAX} characters" in PAGE
    assert f"{LINES_MAX}" in PAGE or "sixty lines" in PAGE
