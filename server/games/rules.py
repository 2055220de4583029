"""What a game is: the contract between Parlor and the rules of any game.

A game is one object (a subclass of `Game`) made of pure functions over frozen values. It never reads a clock, draws
a random number or waits: time and randomness come in through `Context`, and whatever they yielded stands in the
events, so that folding the log always gives the same state again.

    decide(state, actor, command, ctx) -> events | Refusal      what would happen (nothing has happened yet)
    evolve(state, event) -> play                                 what did happen (never judges, never refuses)
    view(state, viewer), redact(event, viewer)                   who may know what

The state of a room has two halves. `Table` (see table.py) is the same for every game: who sits where, who is ready,
who hosts. `play` is the game's own frozen dataclass; it is None until the game has started (an `open_table` game
has it from the beginning).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from server.games.table import Player, Table

PlayerId: TypeAlias = str
"""A player's UUID in its canonical text form; also the key of every map of players."""

Viewer: TypeAlias = PlayerId | None
"""Who looks: a player, or None for somebody without a seat (spectators, the public)."""

Data: TypeAlias = dict[str, Any]
"""A JSON object ready to be encoded: string keys, no bytes, no classes."""

ADDED_LATER: Mapping[str, bool] = {"added_later": True}
"""`metadata` of a field that states have not had from the beginning: as long as it has its default it is left out of
the state's hash, so that old logs keep theirs."""

NOT_HASHED: Mapping[str, bool] = {"not_hashed": True}
"""`metadata` of a field that only repeats what the events said: it never enters the state's hash."""


class Event:
    """A fact of the log. Subclasses are frozen slotted dataclasses whose fields are JSON values (tuples for lists).

    `name` and `version` identify it in the log for ever; a class may be renamed or moved, they may not change.
    `private` events differ by viewer and go through `redact`; all others are the same for everybody.
    `upcasters[v]` turns the data of version v into that of version v + 1.
    """

    __slots__ = ()
    name: ClassVar[str]
    version: ClassVar[int] = 1
    private: ClassVar[bool] = False
    upcasters: ClassVar[Mapping[int, Callable[[Data], Data]]] = {}


class Command:
    """A wish of a player. Subclasses are frozen slotted dataclasses; their fields are the command's `args`."""

    __slots__ = ()
    name: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Refusal:
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


@dataclass(frozen=True, slots=True)
class Context:
    """What the outside world lends to a decision.

    `now_ms`: wall clock, milliseconds since 1970. `session_seed`: 64 hex digits, the secret that all chance of this
    game is drawn from; it may enter an event only when the game is completed.
    """

    now_ms: int
    session_seed: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """What the game waits for.

    `key` identifies the wait: as long as it stays equal the clock runs on, whatever else happens in the room.
    `player_ids`: whose move it is (empty: nobody's, the game goes on by itself, as in a pause between rounds).
    `after_ms`: time allowed, from the moment the wait began, before `expire` decides; 0 expires at once, in the same
    transaction; None waits for ever.
    """

    key: tuple[int | str, ...]
    player_ids: tuple[PlayerId, ...]
    after_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
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
    chat: bool = field(default=True, metadata=ADDED_LATER)

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


@dataclass(frozen=True, slots=True)
class Result:
    """One player's result of a finished game; the row from which the lifetime statistics are made.

    `best_win_run` and `best_loss_run`: longest runs of rounds with a positive and with a negative score.
    """

    player_id: PlayerId
    display_name: str
    seat: int
    score: int
    tricks_won: int
    highest_bid: int
    misplays: int
    is_winner: bool
    is_bot: bool
    best_win_run: int
    best_loss_run: int

    @classmethod
    def plain(cls, player: Player, score: int, winners: Collection[PlayerId]) -> Result:
        """The result of a seated player in a game that has neither tricks nor bids nor runs: those are 0."""
        who, seat = player.player_id, player.seat
        assert seat is not None  # those without a seat have no result
        return cls(who, player.display_name, seat, score, 0, 0, player.misplays, who in winners, player.is_bot, 0, 0)


@dataclass(frozen=True, slots=True)
class Summary:
    """What remains of a finished game beside its log: one `Result` a player and one plain map a round."""

    results: tuple[Result, ...]
    rounds: tuple[Data, ...] = field(default=())


P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class State(Generic[P]):
    """All that a room knows: `table` is common to every game, `play` is the game's own."""

    table: Table
    play: P | None


class Bot(ABC):
    """An opponent. Sees what its seat's view shows and nothing else."""

    @abstractmethod
    def choose(self, view: Data, actions: tuple[Command, ...], draw: Callable[[int], int]) -> Command:
        """Pick one command, at once: a few milliseconds at most, for the whole server waits.

        `view`: exactly what the player of this seat would be shown. `actions`: the legal commands, at least one.
        `draw(k)`: a fair number in 0..k-1 from this decision's own seeded stream.
        """


class ThinkingBot(Bot):
    """An opponent that takes its time, in a process of its own. `choose` is what it does when it gets none: when too
    many think, or its thought doesn't come in time."""

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
    """The rules of one game. Every method is pure; `state.play` is not None unless the method says so."""

    name: ClassVar[str]
    version: ClassVar[int]
    config: ClassVar[type[Config]] = Config
    commands: ClassVar[tuple[type[Command], ...]]
    events: ClassVar[tuple[type[Event], ...]]
    bot_levels: ClassVar[tuple[str, ...]] = ()
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
        """Complete legal commands of this player now; empty when it is not his move or they can't be listed."""

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
