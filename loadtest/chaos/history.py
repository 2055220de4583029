"""What one client sent and received. Keeps a digest of each event, so that long runs fit into memory. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson

NOT_RECEIVED = 0
"""In place of the digest of an event that a `state` replaced."""

_VIEWS_MAX = 4

CommandKey = tuple[str, str, str]
"""Identifies the event of a command in the log: the name of the event, the player, the value as JSON."""

_VALUES = {"said": "data", "player_bid": "bid", "card_played": "card", "profile_updated": "profile"}
"""Events that the clients' commands cause, and the key of the value in them."""

_COLOR = "color"  # the part of the profile that clients change


def digest(name: str, at_ms: int, data: Mapping[str, Any]) -> int:
    """A hash of 64 bits of an event; never NOT_RECEIVED."""
    encoded = orjson.dumps([name, at_ms, data], option=orjson.OPT_SORT_KEYS)
    return int.from_bytes(blake2b(encoded, digest_size=8).digest(), "big") or 1


def command_key(name: str, player_id: str, value: Any) -> CommandKey:
    return name, player_id, orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def event_key(name: str, data: Mapping[str, Any]) -> CommandKey | None:
    """The key of an event. None: no command of a client causes it, or the move was forced."""
    key = _VALUES.get(name)
    if key is None or data.get("forced"):
        return None
    value = data[key]
    return command_key(name, data["player_id"], value[_COLOR] if name == "profile_updated" else value)


@dataclass(slots=True)
class Command:
    """A command and its outcome. `ack`: (first, last). `sent`: number of times it was sent."""

    id: str
    key: CommandKey
    sent: int = 0
    ack: tuple[int, int] | None = None
    refused: bool = False


@dataclass(slots=True)
class History:
    """The history of one client in one room, over all its connections. `viewer` None: a spectator."""

    player_id: str
    viewer: str | None
    digests: array[int] = field(default_factory=lambda: array("Q"))
    commands: list[Command] = field(default_factory=list)
    views: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def event(self, frame: Mapping[str, Any]) -> None:
        """An event arrived. Only the next one in order is kept; the journal counts all others."""
        index = frame["index"]
        if index >= len(self.digests):
            self._skip_to(index)
            self.digests.append(digest(frame["name"], frame["at"], frame["data"]))

    def state(self, frame: Mapping[str, Any]) -> None:
        """A state arrived; the last few are kept. It replaces the events that had not arrived."""
        self._skip_to(frame["index"] + 1)
        self.views = [*self.views[1 - _VIEWS_MAX :], (frame["index"], frame["view"])]

    def _skip_to(self, index: int) -> None:
        missing = index - len(self.digests)
        if missing > 0:
            self.digests.extend([NOT_RECEIVED] * missing)
