"""Replay: from events back to a state, and a state's hash. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

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
    if is_dataclass(value) and not isinstance(value, type):
        items = ((f, getattr(value, f.name)) for f in fields(value) if not f.metadata.get("not_hashed"))
        return {f.name: _plain(item) for f, item in items if not (f.metadata.get("added_later") and item == f.default)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item) for item in value)
    return value
