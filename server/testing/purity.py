"""What a game's own modules import that rules have no use for: clocks, chance, files, threads."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from server.games.rules import Game

IMPURE = frozenset({"asyncio", "time", "random", "secrets", "os", "logging", "datetime", "threading", "socket", "uuid"})


def impurities(game: Game[Any]) -> list[str]:
    """Such imports, each in one line."""
    home = type(game).__module__
    top = home if home.startswith("server.") else home.split(".")[0]
    modules = [module for name, module in sorted(sys.modules.items()) if name == top or name.startswith(f"{top}.")]
    return [
        f"{module.__name__} imports {name}: time and chance come in through ctx, and stand in the events"
        for module in modules
        for name in sorted(set(_imported(module)) & IMPURE)
    ]


def _imported(module: ModuleType) -> Iterator[str]:
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        return  # not written in Python
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]
