"""What a game is: the contract between Parlor and the rules of any game.

A game is one object (a subclass of `Game`) made of pure functions over frozen values. It never reads a clock, draws
a random number or waits: time and randomness come in through `Context`, and their results stand in the
events, so that folding the log always gives the same state again.

    decide(state, actor, command, ctx) -> events | Refusal      what would happen (nothing has happened yet)
    evolve(state, event) -> play                                 what did happen (never judges, never refuses)
    view(state, viewer), redact(event, viewer)                   who may know what

The state of a room has two halves. `Table` (see table.py) is the same for every game: who sits where, who is ready,
who hosts. `play` is the game's own frozen value; it is None until the game has started (an `open_table` game
has it from the beginning).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from msgspec import Struct

from server.games.table import Player, Table
from server.games.vocabulary import (
    ADDED_LATER,
    NOT_HASHED,
    Command,
    Config,
    Data,
    Event,
    PlayerId,
    Refusal,
    Viewer,
)

__all__ = [
    "ADDED_LATER",
    "NOT_HASHED",
    "Bot",
    "Command",
    "Config",
    "Context",
    "Data",
    "Deadline",
    "Event",
    "Game",
    "PlayerId",
    "RandomBot",
    "Refusal",
    "Result",
    "State",
    "Summary",
    "ThinkingBot",
    "Viewer",
]


class Context(Struct, frozen=True, gc=False):
    """What a decision gets from outside: time and the secret of the game.

    `now_ms`: wall clock, milliseconds since 1970. `session_seed`: 64 hex digits, the secret that all chance of this
    game is drawn from; it may enter an event only when the game is completed.
    """

    now_ms: int
    session_seed: str


class Deadline(Struct, frozen=True, gc=False):
    """What the game waits for.

    `key` identifies the wait: as long as it stays equal the clock runs on, whatever else happens in the room.
    `player_ids`: the players to move (empty: none, the game continues by itself, as in a pause between rounds).
    `after_ms`: time allowed, from the moment the wait began, before `expire` decides; 0 expires at once, in the same
    transaction; None waits for ever.
    """

    key: tuple[int | str, ...]
    player_ids: tuple[PlayerId, ...]
    after_ms: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """One player's result of a finished game; the statistics are made from it.

    `figures`: numbers of the game's own, by name, such as {"lines": 3}. They stand in the summary; statistics sum up
    `tricks_won` and keep the longest `best_win_run` and `best_loss_run` (rounds won and lost in a row).
    """

    player_id: PlayerId
    display_name: str
    seat: int
    score: int
    misplays: int
    is_winner: bool
    is_bot: bool
    figures: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, player: Player, score: int, winners: Collection[PlayerId], figures: Mapping[str, int] | None = None
    ) -> Result:
        """The result of a seated player. `winners`: the ids of all winners."""
        who, seat = player.player_id, player.seat
        assert seat is not None  # those without a seat have no result
        return cls(who, player.display_name, seat, score, player.misplays, who in winners, player.is_bot, figures or {})


@dataclass(frozen=True, slots=True)
class Summary:
    """What remains of a finished game beside its log: one `Result` a player and one plain map a round."""

    results: tuple[Result, ...]
    rounds: tuple[Data, ...] = field(default=())


P = TypeVar("P")


class State(Struct, Generic[P], frozen=True, gc=False):
    """All that a room knows: `table` is common to every game, `play` is the game's own."""

    table: Table
    play: P | None


class Bot(ABC):
    """An opponent. Sees what its seat's view shows and nothing else."""

    @abstractmethod
    def choose(self, view: Data, actions: tuple[Command, ...], draw: Callable[[int], int]) -> Command:
        """Pick one command at once, in a few milliseconds at most: the whole server waits.

        `view`: exactly what the player of this seat would be shown. `actions`: the legal commands, at least one.
        `draw(k)`: a fair number in 0..k-1 from this decision's own seeded stream.
        """


class ThinkingBot(Bot):
    """An opponent that searches, in another process. `choose` is its move when it gets no time: when too many bots
    search, or when the answer comes too late."""

    @abstractmethod
    def search(
        self, view: Data, actions: tuple[Command, ...], draw: Callable[[int], int], more: Callable[[], bool]
    ) -> Command:
        """Pick one command, as well as time allows. The first three are those of `choose`, `view` with what the
        player was shown before laid over it (`Game.memory`).

        Ask `more()` before each further step of a millisecond or less, and come to an end when it says no; end without
        having asked when there is nothing to think about. The same arguments and the same answers of `more` give the
        same command. Runs in another process: the bot is found there by its game and its level.
        """


class RandomBot(Bot):
    """Any legal move, each as likely as the other."""

    def choose(self, view: Data, actions: tuple[Command, ...], draw: Callable[[int], int]) -> Command:
        return actions[draw(len(actions))]


class Game(ABC, Generic[P]):
    """The rules of one game. Every method is pure; `state.play` is not None unless the method says so.

    `title`: the name for people; by default made from `name`. `refusals`: codes of refusals that only this game has,
    beside those of the protocol. `featured`: the game of requests that name none, if it is the first such game.
    """

    name: ClassVar[str]
    title: ClassVar[str] = ""
    version: ClassVar[int]
    config: ClassVar[type[Config]] = Config
    commands: ClassVar[tuple[type[Command], ...]]
    events: ClassVar[tuple[type[Event], ...]]
    bot_levels: ClassVar[tuple[str, ...]] = ()
    refusals: ClassVar[tuple[str, ...]] = ()
    featured: ClassVar[bool] = False
    open_table: ClassVar[bool] = False
    """True: play is possible from the creation of the room on, and seats may be taken at any time."""

    @abstractmethod
    def setup(self, table: Table) -> P:
        """The play as it stands when the game starts (or, for an open table, when the room is created)."""

    @abstractmethod
    def decide(self, state: State[P], actor: PlayerId, command: Command, ctx: Context) -> tuple[Event, ...] | Refusal:
        """What follows from a seated player's command: at least one event, or the rule that forbids it."""

    @abstractmethod
    def evolve(self, state: State[P], event: Event) -> P:
        """The play after one of this game's own events."""

    def phase(self, state: State[P]) -> str:
        """The name of the phase while the game runs, for example `bidding`."""
        return "playing"

    @abstractmethod
    def view(self, state: State[P], viewer: Viewer) -> Data:
        """The game's part of what `viewer` may see; its keys are laid over those of the table.

        Also called with `play` None while the room is in its lobby: all the keys are there from the beginning.
        """

    def redact(self, event: Event, viewer: Viewer) -> Data | None:
        """What `viewer` may know of a private event, built from nothing; None hides it whole."""
        return None

    def memory(self, state: State[P], player_id: PlayerId) -> Data:
        """What this player was shown before and the view shows no more, for bots that think."""
        return {}

    @abstractmethod
    def actions(self, state: State[P], player_id: PlayerId) -> tuple[Command, ...]:
        """All complete legal commands of this player; empty if another player is to move, or if no list is possible."""

    def deadline(self, state: State[P]) -> Deadline | None:
        """What the game waits for now; None: for nothing in particular."""
        return None

    def expire(self, state: State[P], ctx: Context) -> tuple[Event, ...]:
        """What happens when the deadline passes: the forced move, the next round. At least one event."""
        raise NotImplementedError(f"{self.name} has no deadlines")

    def bot(self, level: str) -> Bot:
        """The bot of one of `bot_levels`."""
        raise NotImplementedError(f"{self.name} has no bots")

    def summary(self, state: State[P]) -> Summary:
        """The summary of a completed game."""
        raise NotImplementedError(f"{self.name} does not end")
