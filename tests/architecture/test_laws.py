"""The laws of the house that import-linter can't express."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("server", "persistence", "migrations", "loadtest")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FILE_LINES_MAX = 350
FUNCTION_LINES_MAX = 60
IMPURE = {"asyncio", "time", "random", "secrets", "os", "logging", "datetime", "threading", "socket"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), name(path))


def imported(module: ast.Module) -> Iterator[str]:
    """The absolute names of all modules that are imported anywhere in it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_there_is_something_to_look_at() -> None:
    assert len(FILES) > 80


@pytest.mark.parametrize("path", FILES, ids=name)
def test_files_and_functions_are_small(path: Path) -> None:
    lines = path.read_text().count("\n")
    assert lines <= FILE_LINES_MAX, f"{lines} lines"
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_LINES_MAX, f"{node.name} has {length} lines"


WEB = sorted(path for end in ("js", "css") for path in (ROOT / "server" / "web").rglob(f"*.{end}"))


@pytest.mark.parametrize("path", WEB, ids=name)
def test_files_of_the_browser_client_are_small(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= FILE_LINES_MAX
    assert not re.search(r"https?://(?!www\.w3\.org/)", text), "nothing comes from other hosts"


PURE = [path for path in FILES if path.is_relative_to(ROOT / "server" / "games")]


@pytest.mark.parametrize("path", PURE, ids=name)
def test_rules_are_pure(path: Path) -> None:
    allowed_outside = {"registry.py"}  # reads which distributions are installed, nothing else
    for module in imported(tree(path)):
        top = module.split(".")[0]
        assert top in sys.stdlib_module_names or top == "msgspec" or module.startswith("server.games"), module
        assert top not in IMPURE or path.name in allowed_outside, module
    assert not any(isinstance(node, (ast.AsyncFunctionDef, ast.Await)) for node in ast.walk(tree(path)))


@pytest.mark.parametrize("path", [f for f in FILES if f.is_relative_to(ROOT / "server")], ids=name)
def test_the_clock_is_read_in_one_place(path: Path) -> None:
    if path.name == "clock.py":
        return
    modules = set(imported(tree(path)))
    assert "time" not in modules
    assert "datetime.now" not in path.read_text()
    assert "loop.time()" not in path.read_text()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    text = path.read_text()
    if path != ROOT / "server" / "settings.py" and not path.is_relative_to(ROOT / "loadtest"):
        assert "os.environ" not in text
        assert "getenv" not in text


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_the_log_can_prove_or_promise(path: Path) -> None:
    if path.parent == ROOT / "persistence" / "event_log":
        return
    calls = {
        node.func.id for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"Committed", "Promised", "commit_proof", "write_promise"}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_exception_to_a_rule_has_its_reason(path: Path) -> None:
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for match in re.finditer(r"#\s*(?:noqa|type:\s*ignore)[^#]*", line):
            rest = line[match.end() :]
            assert len(rest.strip("# ")) > 5, f"line {number}: say why"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_is_left_for_later(path: Path) -> None:
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text())


def test_no_module_is_named_after_a_drawer() -> None:
    forbidden = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
    assert not [name(path) for path in FILES if path.stem in forbidden or path.parent.name in forbidden]
