"""The modules of the browser client and what each imports, read from their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).parents[2] / "server" / "web"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STATIC = re.compile(
    r"^(?:import\s+(?:[^'\";]*?\sfrom\s+)?|export\s+(?:\{[^}]*\}|\*)\s+from\s+)['\"]([^'\"]+)['\"]", re.MULTILINE
)
_DYNAMIC = re.compile(r"\bimport\(\s*['\"]([^'\"]+)['\"]")
_TEXTS = re.compile(r"\btexts\(\{.*?\}\)", re.DOTALL)
_SHEETS = re.compile(r"^export const sheets = \[(.*?)\]", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Module:
    """Addresses are those of the server, as `/kit/dom.js`. `texts`: the files of English that it loads its texts from.
    `sheets`: the style sheets that it waits for before it draws."""

    address: str
    static: tuple[str, ...]
    dynamic: tuple[str, ...]
    texts: tuple[str, ...]
    sheets: tuple[str, ...]


def modules(root: Path = WEB) -> dict[str, Module]:
    """Every module below `root`, by its address."""
    found = (_module(root, path) for path in sorted(root.rglob("*.js")))
    return {module.address: module for module in found}


def closure(known: dict[str, Module], *entries: str) -> list[str]:
    """The modules and texts that are fetched before the entries have run, in the order in which they are found."""
    found: dict[str, None] = {}
    new = list(entries)
    while new:
        address = new.pop(0)
        if address not in found:
            found[address] = None
            new += [*known[address].static, *known[address].texts]
    return list(found)


def _module(root: Path, path: Path) -> Module:
    address = f"/{path.relative_to(root).as_posix()}"
    code = _COMMENT.sub("", path.read_text())
    texts = [name for call in _TEXTS.findall(code) for name in _DYNAMIC.findall(call)]
    return Module(
        address,
        static=tuple(_resolved(root, path, name) for name in _STATIC.findall(code)),
        dynamic=tuple(_resolved(root, path, name) for name in _DYNAMIC.findall(code)),
        texts=tuple(_resolved(root, path, name) for name in texts if re.search(r"/en(?:/[\w-]+)?\.js$", name)),
        sheets=tuple(name for listed in _SHEETS.findall(code) for name in re.findall(r"'([^']+)'", listed)),
    )


def _resolved(root: Path, path: Path, name: str) -> str:
    """The address that a relative name in a module stands for; any other name as it is."""
    if not name.startswith("."):
        return name
    return f"/{(path.parent / name).resolve().relative_to(root.resolve()).as_posix()}"
