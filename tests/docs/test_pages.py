"""Links lead somewhere, tests that are named exist, and the example client plays."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.rooms import room
from tests.docs.pages import DOCS, PAGES, ROOT, blocks, page
from tests.support.server import ServerProcess

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_TEST = re.compile(r"\btests/[\w/]+\.py(?:::\w+)?")
_SOURCE = re.compile(r"`((?:server|persistence|docs|tests|migrations|loadtest)/[\w/.-]+)`")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    for link in _LINK.findall(path.read_text("utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_named_file_exists(path: Path) -> None:
    text, _, _ = path.read_text("utf-8").partition("## Adding things")  # those files are made by following the page
    for named in _SOURCE.findall(text):
        assert (ROOT / named.rstrip("/")).exists(), named
    for named in _TEST.findall(text):
        file, _, function = named.partition("::")
        assert (ROOT / file).exists(), named
        if function:
            tree = ast.parse((ROOT / file).read_text())
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
            assert function in {node.name for node in ast.walk(tree) if isinstance(node, kinds)}, named


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_lines_are_short(path: Path) -> None:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        assert len(line) <= 120 or line.startswith(("|", "{", "  |")), f"line {number}"


def test_every_page_is_in_both_indexes() -> None:
    for listed in (ROOT / "README.md", DOCS / "README.md"):
        linked = {
            (listed.parent / link.partition("#")[0]).resolve() for link in _LINK.findall(listed.read_text("utf-8"))
        }
        pages = {ROOT / "CONTRIBUTING.md", DOCS / "decisions" / "README.md", *DOCS.glob("*.md")}
        assert pages - {DOCS / "README.md"} <= linked, name(listed)


def test_every_decision_is_in_the_list() -> None:
    listed = [Path(link) for link in _LINK.findall((DOCS / "decisions" / "README.md").read_text("utf-8"))]
    assert listed == sorted(path.relative_to(DOCS / "decisions") for path in DOCS.glob("decisions/0*.md"))


def test_every_promise_has_its_tests() -> None:
    promises = re.split(r"^## ", page("guarantees").partition("## What is not promised")[0], flags=re.MULTILINE)[1:]
    assert [promise[:2] for promise in promises] == [f"{number}." for number in range(1, 7)]
    for promise in promises:
        _, _, named = promise.partition("**Tests.**")
        assert _TEST.search(named), promise[:40]
    assert hasattr(room.Room, "attach")


def test_the_readme_shows_the_example_client() -> None:
    (shown,) = blocks((ROOT / "README.md").read_text("utf-8"), "python")
    assert (DOCS / "examples" / "client.py").read_text("utf-8").endswith(shown)


def test_the_example_client_plays_a_game(live_server: ServerProcess) -> None:
    played = subprocess.run(
        [sys.executable, DOCS / "examples" / "client.py", live_server.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    scores = ast.literal_eval(played.stdout)
    assert len(scores) == 4
    assert all(isinstance(score, int) for score in scores.values())


def test_the_readme_names_the_make_targets() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make (\w+)", (ROOT / "README.md").read_text("utf-8")))
    assert {"run", "test"} <= named <= targets
