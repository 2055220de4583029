"""The games that are installed: those of the entry point group `parlor.games`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from server.games.codec import Codec
from server.games.declaration import problems
from server.games.rules import Game

GROUP = "parlor.games"
_OURS = "server.games."


class UnknownGame(KeyError):
    """No game of that name is installed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"no game named {self.name!r} is installed"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a game comes from: the entry point `label = value` of a distribution and its version."""

    label: str
    value: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.label} = {self.value} of {self.distribution} {self.version}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A game that is installed and can't be played. `errors`: why, each in one line."""

    origin: Origin
    errors: tuple[str, ...]

    def __str__(self) -> str:
        return f"the game {self.origin} is left out: {'; '.join(self.errors)}"


class Registry:
    """Games by name, each with the codec of its events. `failures`: those that are left out."""

    def __init__(self, games: Iterable[Game[Any]]) -> None:
        """Raises ValueError for a game that declares itself wrongly, or under a name that is taken."""
        self._games: dict[str, tuple[Game[Any], Codec, Origin | None]] = {}
        self.failures: tuple[Failure, ...] = ()
        for game in games:
            wrong = self._add(game, None)
            if wrong:
                raise ValueError(f"{getattr(game, 'name', game)}: {'; '.join(wrong)}")

    @classmethod
    def installed(cls) -> Registry:
        """All games of the installed distributions. One that can't be loaded is a failure; the others are there."""
        return cls.loaded(entry_points(group=GROUP))

    @classmethod
    def loaded(cls, points: Iterable[EntryPoint]) -> Registry:
        """The games of these entry points. Parlor's own come first, so that no other game can take their names."""
        registry = cls(())
        for point in sorted(points, key=lambda point: (not point.value.startswith(_OURS), point.name, point.value)):
            wrong = registry._load(point)
            if wrong:
                registry.failures += (Failure(_origin(point), wrong),)
        return registry

    def __iter__(self) -> Iterator[Game[Any]]:
        return (game for game, _, _ in self._games.values())

    def __contains__(self, name: object) -> bool:
        return name in self._games

    @property
    def default(self) -> Game[Any]:
        """The game of requests that name none: the first featured one, else the first. Raises `UnknownGame`."""
        found = next((game for game in self if game.featured), None) or next(iter(self), None)
        if found is None:
            raise UnknownGame("no game is installed")
        return found

    def game(self, name: str) -> Game[Any]:
        """Raises `UnknownGame`."""
        return self._entry(name)[0]

    def codec(self, name: str) -> Codec:
        """Raises `UnknownGame`."""
        return self._entry(name)[1]

    def origin(self, name: str) -> Origin | None:
        """Where the game was installed from; None: it was given as an object. Raises `UnknownGame`."""
        return self._entry(name)[2]

    def _load(self, point: EntryPoint) -> tuple[str, ...]:
        try:
            game = point.load()
        except (Exception, SystemExit) as error:  # noqa: BLE001  # code of third parties may raise anything
            return (f"it can't be imported: {type(error).__name__}: {error}",)
        return self._add(game, _origin(point))

    def _add(self, game: Game[Any], origin: Origin | None) -> tuple[str, ...]:
        """The errors of loading it; empty: it is loaded."""
        wrong = problems(game)
        if wrong:
            return wrong
        if game.name in self._games:
            other = self._games[game.name][2]
            return (f"another game is named {game.name!r}" + (f": {other}" if other is not None else ""),)
        self._games[game.name] = (game, Codec(game), origin)
        return ()

    def _entry(self, name: str) -> tuple[Game[Any], Codec, Origin | None]:
        try:
            return self._games[name]
        except KeyError:
            raise UnknownGame(name) from None


def _origin(point: EntryPoint) -> Origin:
    dist = point.dist
    return Origin(point.name, point.value, "?" if dist is None else dist.name, "?" if dist is None else dist.version)
