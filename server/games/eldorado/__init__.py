"""El Dorado: a trick-taking game for 2 to 10 players. Say how many tricks you will take, then take exactly those."""

from __future__ import annotations

from server.games.eldorado import audit, events, levels, state, views
from server.games.eldorado import decide as rules_of_play
from server.games.eldorado.commands import COMMANDS, Bid, PlayCard
from server.games.eldorado.config import Config
from server.games.eldorado.evolve import evolve
from server.games.eldorado.state import Play
from server.games.eldorado.summary import summary
from server.games.rules import (
    Bot,
    Command,
    Data,
    Event,
    Game,
    PlayerId,
    State,
    Summary,
    Viewer,
)
from server.games.table import Table


class Eldorado(Game[Play]):
    """Only delegates; the rules are in the files beside this one."""

    name = "eldorado"
    version = 1
    title = "El Dorado"
    featured = True
    config = Config
    commands = COMMANDS
    events = events.EVENTS
    bot_levels = tuple(levels.BOTS)
    refusals = ("invalid_card", "must_follow_suit", "cannot_lead_trump", "invalid_bid")
    decide = staticmethod(rules_of_play.decide)
    evolve = staticmethod(evolve)
    actions = staticmethod(rules_of_play.actions)
    deadline = staticmethod(rules_of_play.deadline)
    expire = staticmethod(rules_of_play.expire)

    def setup(self, table: Table) -> Play:
        return state.setup(table)

    def phase(self, state: State[Play]) -> str:
        return views.phase(state)

    def view(self, state: State[Play], viewer: Viewer) -> Data:
        return views.view(state, viewer)

    def redact(self, event: Event, viewer: Viewer) -> Data | None:
        return events.redact(event, viewer)

    def memory(self, state: State[Play], player_id: PlayerId) -> Data:
        return views.memory(_play(state))

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
