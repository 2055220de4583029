"""The commands of a player."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from server.games.eldorado.cards import Card
from server.games.rules import Command


class Bid(Command):
    """`value`: the number of tricks that the player promises to take."""

    name: ClassVar[str] = "bid"
    value: int


class PlayCard(Command):
    name: ClassVar[str] = "play_card"
    card: Card


EldoradoCommand: TypeAlias = Bid | PlayCard
COMMANDS: tuple[type[EldoradoCommand], ...] = EldoradoCommand.__args__
