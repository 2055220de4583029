"""The public description of a game, for people who choose one. Pure."""

from __future__ import annotations

from typing import Any, get_type_hints

from msgspec.structs import fields

from server.games.rules import Data, Game

_TYPES = {int: "int", bool: "bool", str: "str", float: "float"}


def describe(game: Game[Any]) -> Data:
    """Name, version, players, bot levels, settings and commands of a game, as JSON values."""
    bounds = game.config.bounds
    return {
        "name": game.name,
        "title": title_of(game),
        "version": game.version,
        "min_players": bounds["min_players"][0],
        "max_players": bounds["max_players"][1],
        "bot_levels": list(game.bot_levels),
        "settings": _settings(game),
        "commands": [{"name": kind.name, "args": list(kind.__struct_fields__)} for kind in game.commands],
    }


def title_of(game: Game[Any]) -> str:
    """The name of a game for people."""
    return game.title or game.name.replace("_", " ").capitalize()


def _settings(game: Game[Any]) -> list[Data]:
    """Each setting with its type and default, a whole number also with its bounds. `zero`: 0 is allowed besides."""
    kind, hints, found = game.config, get_type_hints(game.config), []
    for field in fields(kind):
        setting: Data = {"name": field.name, "type": _TYPES.get(hints[field.name], "any"), "default": field.default}
        if field.name in kind.bounds:
            low, high = kind.bounds[field.name]
            setting |= {"low": low, "high": high, "zero": field.name in kind.zero_allowed and low > 0}
        found.append(setting)
    return found
