"""The vocabulary of all rules: players, viewers, commands, events, refusals and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, TypeAlias, dataclass_transform

from msgspec import Struct

PlayerId: TypeAlias = str
"""A player's UUID in its canonical text form; also the key of every map of players."""

Viewer: TypeAlias = PlayerId | None
"""The viewer of a state: a player, or None for those without a seat (spectators, the public)."""

Data: TypeAlias = dict[str, Any]
"""A JSON object ready to be encoded: string keys, no bytes, no classes."""

ADDED_LATER: Mapping[str, bool] = {"added_later": True}
"""Marks a field that states have not had from the beginning: as long as it has its default it is left out of the
state's hash, so that old logs keep theirs. In a dataclass `field(metadata=ADDED_LATER)`, in a struct
`Annotated[..., ADDED_LATER]`."""

NOT_HASHED: Mapping[str, bool] = {"not_hashed": True}
"""Marks, in the same way, a field that only repeats what the events said: it never enters the state's hash."""


@dataclass_transform(frozen_default=True)
class Event(Struct, frozen=True, gc=False):
    """A fact of the log. Subclasses list their fields, which are JSON values (tuples for lists).

    Nothing checks the values when an event is made; the type checker does, and the test kit.
    `name` and `version` identify it in the log for ever; a class may be renamed or moved, they may not change.
    `private` events differ by viewer and go through `redact`; all others are the same for everybody.
    `upcasters[v]` turns the data of version v into that of version v + 1.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    private: ClassVar[bool] = False
    upcasters: ClassVar[Mapping[int, Callable[[Data], Data]]] = {}


@dataclass_transform(frozen_default=True)
class Command(Struct, frozen=True, gc=False):
    """A wish of a player. Subclasses list their fields: the command's `args`, checked strictly against their types."""

    name: ClassVar[str]


class Refusal(Struct, frozen=True, gc=False):
    """The rule that forbids a command. Returned, never raised.

    `code` is one of the reject codes of the protocol. `misplay`: counted against the player with an `invalid_action`
    event. `forged`: no honest client could have sent it; three of those in a game kick.
    `field` names the offending field where there is one.
    """

    code: str
    message: str
    misplay: bool = False
    forged: bool = False
    field: str | None = None


@dataclass_transform(frozen_default=True)
class Config(Struct, frozen=True, gc=False):
    """Settings that every room has; games add their own by subclassing. `bounds` lists (lowest, highest) per field.

    Times are in the unit that the name ends in. `turn_seconds` may also be 0 (no timer). `durability` strict: nothing
    is told before it is committed; relaxed: told at once, and played on for a while without a database.
    `spectator_delay_s`: how far those who watch are behind those who play. `chat`: whether players may chat.
    """

    min_players: int = 2
    max_players: int = 10
    turn_seconds: int = 60
    bot_delay_ms: int = 0
    spectator_delay_s: int = 0
    autostart: bool = False
    durability: str = "strict"
    chat: Annotated[bool, ADDED_LATER] = True

    bounds: ClassVar[Mapping[str, tuple[int, int]]] = {
        "min_players": (1, 10),
        "max_players": (1, 10),
        "turn_seconds": (10, 120),
        "bot_delay_ms": (0, 5_000),
        "spectator_delay_s": (0, 900),
    }
    zero_allowed: ClassVar[frozenset[str]] = frozenset({"turn_seconds"})

    def problem(self) -> Refusal | None:
        """The first field that is out of its bounds, or None."""
        for name, (low, high) in self.bounds.items():
            value = getattr(self, name)
            if not low <= value <= high and not (value == 0 and name in self.zero_allowed):
                zero = ", or 0" if name in self.zero_allowed else ""
                allowed = f"{low}" if low == high else f"{low} to {high}{zero}"
                return Refusal("invalid_config", f"{name} must be {allowed}", field=f"config.{name}")
        if self.min_players > self.max_players:
            return Refusal("invalid_config", "min_players exceeds max_players", field="config.min_players")
        if self.durability not in ("strict", "relaxed"):
            return Refusal("invalid_config", "durability must be strict or relaxed", field="config.durability")
        return None
