"""parlor new-game: a small working game as a starting point."""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

from server.errors import StartupError
from server.games.registry import Registry

_FILES = {
    "game.py.txt": "{name}.py",
    "test_game.py.txt": "test_{name}.py",
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
}
_SCAFFOLD = Path(__file__).parent / "scaffold"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def new_game(name: str, folder: Path) -> None:
    """Write the scaffold into `folder`/`name`, which must not exist. Raises StartupError."""
    problem = _problem(name)
    if problem is not None:
        raise StartupError(f"{name!r} can't be the name of a game: {problem}", exit_code=2)
    target = folder / name
    try:
        target.mkdir()
        for path, text in files(name).items():
            (target / path).write_text(text, "utf-8")
    except FileExistsError:
        raise StartupError(f"{target} exists already") from None
    except OSError as error:
        raise StartupError(f"{target} can't be written: {error.strerror}") from None
    print(f"{target} has a game that works. Next:\n  cd {target}\n  pip install -e .\n  pytest")


def files(name: str) -> dict[str, str]:
    """The files of the scaffold: name to text."""
    title = "".join(word.capitalize() for word in name.split("_"))
    return {
        path.format(name=name): (_SCAFFOLD / source)
        .read_text("utf-8")
        .replace("gamename", name)
        .replace("GameName", title)
        for source, path in _FILES.items()
    }


def _problem(name: str) -> str | None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        return "use lower case letters, digits and _, up to 40, with a letter first; no word of Python"
    if name in sys.stdlib_module_names or name in ("server", "persistence", "migrations", "loadtest"):
        return "a module of that name exists already"
    if name in Registry.installed():
        return "a game of that name is installed"
    return None
