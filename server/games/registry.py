"""The games that are installed: those of the entry point group `parlor.games`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points
from typing import Any

from server.games.codec import Codec
from server.games.rules import Game

GROUP = "parlor.games"


class UnknownGame(KeyError):
    """No game of that name is installed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"no game named {self.name!r} is installed"


class Registry:
    """Games by name, each with the codec of its events."""

    def __init__(self, games: Iterable[Game[Any]]) -> None:
        self._games: dict[str, tuple[Game[Any], Codec]] = {}
        for game in games:
            if game.name in self._games:
                raise ValueError(f"two games are named {game.name!r}")
            self._games[game.name] = (game, Codec(game))

    @classmethod
    def installed(cls) -> Registry:
        """All games of the installed distributions. Raises whatever a broken one raises when it is imported."""
        return cls(point.load() for point in sorted(entry_points(group=GROUP), key=lambda point: point.name))

    def __iter__(self) -> Iterator[Game[Any]]:
        return (game for game, _ in self._games.values())

    def __contains__(self, name: object) -> bool:
        return name in self._games

    def game(self, name: str) -> Game[Any]:
        """Raises `UnknownGame`."""
        return self._entry(name)[0]

    def codec(self, name: str) -> Codec:
        """Raises `UnknownGame`."""
        return self._entry(name)[1]

    def _entry(self, name: str) -> tuple[Game[Any], Codec]:
        try:
            return self._games[name]
        except KeyError:
            raise UnknownGame(name) from None
