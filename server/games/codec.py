"""Events to plain data and back, by their stable names and versions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.games.rules import Data, Event, Game
from server.games.table_events import TABLE_EVENTS

VERSION_KEY = "_v"


class UnknownEvent(ValueError):
    """The log holds an event that this build doesn't know: a newer build wrote it, or another program."""


def to_data(event: Event) -> Data:
    """The event's fields by name. Shares the event's own values: encode it, don't change it."""
    return {name: getattr(event, name) for name in event.__struct_fields__}


class Codec:
    """The events of one game, its own and those of the table."""

    def __init__(self, game: Game[Any]) -> None:
        self._types: dict[str, type[Event]] = {}
        kinds: Iterable[type[Event]] = (*TABLE_EVENTS, *game.events)
        for kind in kinds:
            if kind.name in self._types:
                raise ValueError(f"{game.name}: two events are named {kind.name!r}")
            self._types[kind.name] = kind

    def from_data(self, name: str, data: Mapping[str, Any]) -> Event:
        """The event that was stored under `name`.

        `data` may carry `_v` (absent: 1); older versions are brought up to the present one, unknown keys ignored.
        Raises `UnknownEvent` for a name, a version or a shape that this build doesn't know.
        """
        kind = self._types.get(name)
        if kind is None:
            raise UnknownEvent(f"unknown event {name!r}")
        version = data.get(VERSION_KEY, 1)
        known = dict(data)
        while version != kind.version:
            step = kind.upcasters.get(version)
            if step is None:
                raise UnknownEvent(f"event {name!r} has version {version!r}; this build knows {kind.version}")
            known = step(known)
            version += 1
        try:
            return kind(**{key: _freeze(known[key]) for key in kind.__struct_fields__ if key in known})
        except TypeError as error:
            raise UnknownEvent(f"event {name!r}: {error}") from error

    def plain(self, name: str, data: Mapping[str, Any]) -> Data:
        """`to_data` of the event that was stored so, without making it if it is of the present version and whole."""
        kind = self._types.get(name)
        if kind is not None and data.get(VERSION_KEY, 1) == kind.version:
            names = kind.__struct_fields__
            if all(map(data.__contains__, names)):
                return {field: data[field] for field in names}
        return to_data(self.from_data(name, data))


def _freeze(value: Any) -> Any:
    """JSON lists become tuples, as the events hold them."""
    if isinstance(value, list):
        return tuple(_freeze(item) for item in value)
    if isinstance(value, dict):
        return {key: _freeze(item) for key, item in value.items()}
    return value
