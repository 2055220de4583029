"""Relay: the smallest game. Each message of a player becomes one public event."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from server.games.rules import Command, Context, Data, Event, Game, PlayerId, Refusal, State, Viewer
from server.games.table import Table


class Say(Command):
    """`data`: any JSON value."""

    name: ClassVar[str] = "say"
    data: Any


class Said(Event):
    name: ClassVar[str] = "said"
    player_id: PlayerId
    data: Any


class Play(Struct, frozen=True, gc=False):
    """`said`: the number of messages so far."""

    said: int = 0


class Relay(Game[Play]):
    """Never ends by itself: the room closes when everybody has left."""

    name = "relay"
    version = 1
    commands = (Say,)
    events = (Said,)
    open_table = True

    def setup(self, table: Table) -> Play:
        return Play()

    def decide(
        self, state: State[Play], actor: PlayerId, command: Command, ctx: Context
    ) -> tuple[Event, ...] | Refusal:
        assert isinstance(command, Say)  # the registry gives a game its own commands only
        return (Said(actor, command.data),)

    def evolve(self, state: State[Play], event: Event) -> Play:
        assert state.play is not None  # an open table has a play from the beginning
        return Play(state.play.said + 1)

    def phase(self, state: State[Play]) -> str:
        return "playing"

    def view(self, state: State[Play], viewer: Viewer) -> Data:
        return {"said": state.play.said if state.play else 0}

    def actions(self, state: State[Play], player_id: PlayerId) -> tuple[Command, ...]:
        return ()


GAME = Relay()
