"""parlor games: the installed games, and a check of one of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from server.errors import StartupError
from server.games.catalogue import describe
from server.games.registry import Failure, Origin, Registry
from server.games.rules import Data, Game
from server.testing.purity import impurities

_EXAMPLES = 20  # plans for each property: some seconds


def show(*, as_json: bool) -> int:
    """List the installed games, and the errors of those that can't be loaded. Returns 1 if there are any errors."""
    registry = Registry.installed()
    print(json.dumps(_data(registry), indent=2) if as_json else "\n\n".join(_texts(registry)))
    return 1 if registry.failures else 0


def check(name: str) -> int:
    """Check one game: its declaration, its imports and, where the test kit is installed, its properties.

    Returns 1 if something is wrong. Raises StartupError for a game that is not installed.
    """
    registry = Registry.installed()
    failed = [f for f in registry.failures if f.origin.label == name or f.origin.value.partition(":")[0] == name]
    for failure in failed:
        return _told(name, failure.errors)
    if name not in registry:
        known = ", ".join(sorted(game.name for game in registry))
        raise StartupError(f"no game named {name!r} is installed (there are: {known})", exit_code=2)
    game = registry.game(name)
    return _told(name, tuple(impurities(game))) or _properties(game)


def _properties(game: Game[Any]) -> int:
    try:
        from server.testing.properties import GameProperties
    except ModuleNotFoundError as error:
        print(f"{game.name}: declared properly (install parlor[testing] to try it out as well: no {error.name} here)")
        return 0
    tests = type("Checked", (GameProperties,), {"game": game, "examples": _EXAMPLES})()
    for title in ("declaration", "moves", "log", "secrets", "bots", "table"):
        run: Callable[[], None] = getattr(tests, f"test_{title}")
        try:
            run()
        except Exception as error:  # noqa: BLE001  # rules of third parties may raise anything
            print(f"{title}: failed", flush=True)
            return _told(game.name, (str(error) or repr(error),))
        print(f"{title}: ok", flush=True)
    return 0


def _told(name: str, errors: tuple[str, ...]) -> int:
    for error in errors:
        print(f"{name}: {error}", file=sys.stderr)
    return 1 if errors else 0


def _data(registry: Registry) -> Data:
    items = [{**describe(game), "origin": _origin(registry.origin(game.name))} for game in registry]
    failures = [{"origin": _origin(failure.origin), "errors": list(failure.errors)} for failure in registry.failures]
    return {"items": items, "failures": failures}


def _origin(origin: Origin | None) -> Data | None:
    if origin is None:
        return None
    entry = f"{origin.label} = {origin.value}"
    return {"distribution": origin.distribution, "version": origin.version, "entry_point": entry}


def _texts(registry: Registry) -> list[str]:
    """One paragraph for each game."""
    found = []
    for game in registry:
        data, origin = describe(game), registry.origin(game.name)
        levels = ", ".join(data["bot_levels"]) or "none"
        players = f"{data['min_players']} to {data['max_players']}"
        if data["min_players"] == data["max_players"]:
            players = str(data["min_players"])
        lines = [
            f"{game.name} {game.version}",
            f"  from      {origin}",
            f"  players   {players}",
            f"  bots      {levels}",
            f"  commands  {', '.join(_command(command) for command in data['commands'])}",
            "  settings  " + "\n            ".join(_setting(setting) for setting in data["settings"]),
        ]
        found.append("\n".join(lines))
    return found + [_failure(failure) for failure in registry.failures]


def _failure(failure: Failure) -> str:
    origin = failure.origin
    lines = [
        f"{origin.label}: left out",
        f"  from      {origin}",
        *(f"  error     {error}" for error in failure.errors),
    ]
    return "\n".join(lines)


def _command(command: Data) -> str:
    return f"{command['name']} {{{', '.join(command['args'])}}}"


def _setting(setting: Data) -> str:
    text = f"{setting['name']} = {json.dumps(setting['default'])}"
    if "low" not in setting:
        return text
    zero = ", or 0" if setting["zero"] else ""
    return f"{text} ({setting['low']} to {setting['high']}{zero})"
