"""El Dorado: a trick-taking game for 2 to 10 players. Say how many tricks you will take, then take exactly those."""

from __future__ import annotations

from typing import cast

from server.games.eldorado import audit, events, levels, state, views
from server.games.eldorado import decide as rules_of_play
from server.games.eldorado.commands import COMMANDS, Bid, EldoradoCommand, PlayCard
from server.games.eldorado.config import Config
from server.games.eldorado.evolve import evolve
from server.games.eldorado.state import Play
from server.games.eldorado.summary import summary
from server.games.rules import (
    Bot,
    Command,
    Context,
    Data,
    Deadline,
    Event,
    Game,
    PlayerId,
    Refusal,
    State,
    Summary,
    Viewer,
)
from server.games.table import Table


class Eldorado(Game[Play]):
    """Only delegates; the rules are in the files beside this one."""

    name = "eldorado"
    version = 1
    config = Config
    commands = COMMANDS
    events = events.EVENTS
    bot_levels = tuple(levels.BOTS)

    def setup(self, table: Table) -> Play:
        return state.setup(table)

    def decide(
        self, state: State[Play], actor: PlayerId, command: Command, ctx: Context
    ) -> tuple[Event, ...] | Refusal:
        return rules_of_play.decide(state.table, _play(state), actor, cast(EldoradoCommand, command), ctx)

    def evolve(self, state: State[Play], event: Event) -> Play:
        return evolve(state.table, _play(state), cast(events.EldoradoEvent, event))

    def phase(self, state: State[Play]) -> str:
        return views.phase(state)

    def view(self, state: State[Play], viewer: Viewer) -> Data:
        return views.view(state, viewer)

    def redact(self, event: Event, viewer: Viewer) -> Data | None:
        return events.redact(event, viewer)

    def memory(self, state: State[Play], player_id: PlayerId) -> Data:
        return views.memory(_play(state))

    def actions(self, state: State[Play], player_id: PlayerId) -> tuple[Command, ...]:
        return rules_of_play.actions(state.table, _play(state), player_id)

    def deadline(self, state: State[Play]) -> Deadline | None:
        return rules_of_play.deadline(state.table, _play(state))

    def expire(self, state: State[Play], ctx: Context) -> tuple[Event, ...]:
        return rules_of_play.expire(state.table, _play(state), ctx)

    def bot(self, level: str) -> Bot:
        return levels.BOTS[level]

    def summary(self, state: State[Play]) -> Summary:
        return summary(state, _play(state))

    def move(self, event: Event) -> tuple[PlayerId, Command] | None:
        return audit.move(event)

    def deck(self, state: State[Play], event: Event, session_seed: str) -> tuple[str, ...] | None:
        return audit.deck(state, event, session_seed)

    def place(self, state: State[Play]) -> str:
        return audit.place(state)


def _play(state: State[Play]) -> Play:
    assert state.play is not None  # the room asks the rules of play only once the game has started
    return state.play


GAME = Eldorado()

__all__ = ["GAME", "Bid", "Config", "Eldorado", "Play", "PlayCard"]
