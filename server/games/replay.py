"""Replay: from events back to a state, and a state's hash. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, get_type_hints

from msgspec import Struct, structs

from server.games import match
from server.games.rules import Event, Game, State
from server.games.table_events import GameCreated


def fold(game: Game[Any], events: Iterable[Event]) -> State[Any]:
    """The state after all of `events`, the first of which is `game_created`. Raises ValueError if it isn't."""
    rest = iter(events)
    first = next(rest, None)
    if not isinstance(first, GameCreated):
        raise ValueError("a log begins with game_created")  # noqa: TRY004  # it is the value that is wrong
    state = match.begin(game, first)
    for event in rest:
        state = match.evolve(game, state, event)
    return state


def state_hash(state: State[Any]) -> str:
    """SHA-256 (hex) of the state's canonical JSON: equal states have equal hashes in any Python and on any machine."""
    return digest(state)


def digest(value: Any) -> str:
    """SHA-256 (hex) of a value's canonical JSON (docs/replay.md)."""
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Struct) or (is_dataclass(value) and not isinstance(value, type)):
        items = [(name, getattr(value, name), later, default) for name, later, default in _hashed(type(value))]
        return {name: _plain(item) for name, item, later, default in items if not (later and item == default)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item) for item in value)
    return value


@cache
def _hashed(kind: type) -> list[tuple[str, bool, Any]]:
    """The fields that enter the hash: name, whether it was added later, default."""
    found: list[tuple[str, Collection[str], Any]]
    if issubclass(kind, Struct):
        hints = get_type_hints(kind, include_extras=True)
        found = [(f.name, _marks(hints[f.name]), f.default) for f in structs.fields(kind)]
    else:
        shape: Any = kind  # a dataclass
        found = [(f.name, f.metadata, f.default) for f in fields(shape)]
    return [(name, "added_later" in marks, default) for name, marks, default in found if "not_hashed" not in marks]


def _marks(hint: Any) -> set[str]:
    """The words that a struct's field is marked with (`ADDED_LATER`, `NOT_HASHED`)."""
    return {word for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Mapping) for word in mark}
