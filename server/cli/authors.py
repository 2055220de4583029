"""The commands for authors of games: their arguments."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from server.settings import Settings


def add_commands(commands: Any) -> None:
    """`parlor games`, `parlor new-game` and `parlor play`."""
    games = commands.add_parser("games", help="the games that are installed")
    how = games.add_mutually_exclusive_group()
    how.add_argument("--json", dest="as_json", action="store_true", help="as one JSON object")
    how.add_argument("--check", dest="name", metavar="NAME", help="look for mistakes in this game, and try it out")
    games.set_defaults(run=_games)

    new = commands.add_parser("new-game", help="write a small game that works, to begin with")
    new.add_argument("name", help="lower case letters, digits and _")
    new.add_argument("--dir", dest="folder", type=Path, default=Path(), help="where its folder is made (default: here)")
    new.set_defaults(run=_new_game)

    play = commands.add_parser("play", help="play a game of a running server in this terminal")
    play.add_argument("game", help="the name of a game that the server has")
    play.add_argument("--bots", type=_count, metavar="N", help="opponents (default: as few as the game needs)")
    play.add_argument("--level", help="how well they play")
    play.add_argument(
        "--set", dest="config", action="append", type=_setting, metavar="NAME=VALUE", help="a setting, such as rounds=1"
    )
    play.add_argument("--url", default="http://127.0.0.1:8000", help="of the server (default: %(default)s)")
    play.set_defaults(run=_play)


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 2:
        raise argparse.ArgumentTypeError("a number from 0 to 99")
    return int(text)


def _setting(text: str) -> tuple[str, Any]:
    """A value that is no JSON is a text."""
    name, given, value = text.partition("=")
    if not name or not given:
        raise argparse.ArgumentTypeError("NAME=VALUE, such as rounds=1")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


# What is imported below is large; a command imports its own only.


def _games(settings: Settings, *, as_json: bool, name: str | None) -> int:
    from server.cli import games

    return games.show(as_json=as_json) if name is None else games.check(name)


def _new_game(settings: Settings, *, name: str, folder: Path) -> None:
    from server.cli.new_game import new_game

    new_game(name, folder)


def _play(
    settings: Settings,
    *,
    url: str,
    game: str,
    bots: int | None,
    level: str | None,
    config: list[tuple[str, Any]] | None,
) -> int:
    from server.cli.play import play

    return asyncio.run(play(url, game, bots, level, dict(config or ())))
