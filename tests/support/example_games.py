"""Games that are not installed: the example of the documents, and the one that `parlor new-game` writes."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType

from server.cli.new_game import files

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "tictactoe"


def load(path: Path, name: str) -> ModuleType:
    """The module of a file, imported under a name."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def tictactoe() -> ModuleType:
    return load(EXAMPLE / "tictactoe.py", "tictactoe")


@cache
def secret_numbers() -> ModuleType:
    """A game with hidden information: everybody picks a number that the others are not told."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "secret_numbers.py"
        path.write_text(files("secret_numbers")["secret_numbers.py"])
        return load(path, "secret_numbers")
