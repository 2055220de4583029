"""English that everybody reads at once: words that make a reader guess do not come back.

`python -m tests.architecture.test_vocabulary` lists them.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("server", "persistence", "loadtest", "migrations", "tests", "docs", "README.md", "CHANGELOG.md")
KINDS = {".py", ".md", ".js", ".sql", ".html", ".css"}
PROSE = {
    r"\b(he|his|him|himself)\b": "say they, the player, the client, the connection",
    r"\bwhoever\b": "name who: the player, the client, the owner",
    r"\b(none of ours|other eyes)\b": "say what it is",
}
"""In comments, strings and documents."""

NAMES = {
    "thinker": "bot worker",
    "thinkers": "bot workers",
    "gallery": "spectators",
    "unbidden": "alarms",
    "wishes": "requests, commands",
    "lane": "connection",
    "lanes": "connections",
}
"""As words of identifiers and of file names."""

CODE = {r"^\s*no = |\breturn no$|\bif no is not None\b": "name it refusal"}

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_PROSE_TOKENS = (tokenize.COMMENT, tokenize.STRING)


def texts(name: str, source: str) -> Iterator[tuple[int, str]]:
    """What people read, by line: all of it, but of Python only comments and strings."""
    if not name.endswith(".py"):
        yield from enumerate(source.splitlines(), 1)
        return
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in _PROSE_TOKENS:
            yield from enumerate(token.string.splitlines(), token.start[0])


def names(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            yield from ((token.start[0], word.lower()) for word in _WORD.findall(token.string))


def findings(name: str, source: str) -> list[str]:
    found = [
        (line, f"{match.group()!r}: {advice}")
        for line, text in texts(name, source)
        for pattern, advice in PROSE.items()
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]
    words = [(0, word.lower()) for word in _WORD.findall(Path(name).stem)]
    if name.endswith(".py"):
        words += names(source)
        lines = enumerate(source.splitlines(), 1)
        found += [(number, advice) for number, line in lines for p, advice in CODE.items() if re.search(p, line)]
    found += [(line, f"{word!r}: {NAMES[word]}") for line, word in words if word in NAMES]
    return [f"{name}:{line}: {what}" for line, what in sorted(set(found))]


def sources() -> Iterator[tuple[str, str]]:
    for place in PLACES:
        top = ROOT / place
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            vendored = "node_modules" in path.parts or "vendor" in path.parts
            if path.suffix in KINDS and path != Path(__file__) and not vendored:
                yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def test_words_that_make_a_reader_guess_are_not_used() -> None:
    found = [line for name, text in sources() for line in findings(name, text)]
    assert found == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.py", "# Whoever has a seat keeps it.\n"),
        ("a.py", 'def f():\n    """He who asks."""\n'),
        ("a.py", "no = check()\n"),
        ("a.py", "def f():\n    return no\n"),
        ("a.py", "class BotThinkers: ...\n"),
        ("a.py", "writer_lane = 1\n"),
        ("gallery.py", ""),
        ("a.md", "A player and his cards.\n"),
        ("a.js", "// a cursor that is none of ours\n"),
    ],
)
def test_a_planted_word_is_found(name: str, source: str) -> None:
    assert findings(name, source) != []


def test_plain_english_is_not_found() -> None:
    assert findings("a.py", "# The player keeps the seat that they have.\nplane = the_history = None\n") == []


if __name__ == "__main__":
    for name, text in sources():
        print(*findings(name, text), sep="\n", end="\n" if findings(name, text) else "")
