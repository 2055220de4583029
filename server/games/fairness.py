"""Verify that a completed game was fair, from its log alone. Pure.

Three questions, in this order: does the seed revealed at the end fit the commitment made at the beginning; was every
card dealt as the seeds say; does everything else in the log follow from the rules? The log is replayed event by event,
and where the rules leave no choice the event must be exactly the one that they yield.

Facts that follow from nothing can't be verified: names, who was connected when, and whether a move that equals the
forced one was forced.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from server.games import match
from server.games import table_events as ev
from server.games.chance import commitment
from server.games.codec import to_data
from server.games.rules import Command, Context, Event, Game, PlayerId, Refusal, State
from server.games.table import Player

_SEED = re.compile(r"[0-9a-f]{64}")
_FREE_TABLE_EVENTS = frozenset(ev.TABLE_EVENTS) - {ev.GameCompleted, ev.PlayerMarkedAbsent}
"""Events that happen at the table by themselves; the rules cause the others."""


@runtime_checkable
class Auditable(Protocol):
    """A game whose whole log can be verified: it tells which command an event answers and which deck a deal used."""

    def move(self, event: Event) -> tuple[PlayerId, Command] | None:
        """The command that the event answers; None: no player caused it."""

    def deck(self, state: State[Any], event: Event, session_seed: str) -> tuple[str, ...] | None:
        """The shuffled cards that the event was dealt from, top first; None: it is not a deal. `state`: before it."""

    def place(self, state: State[Any]) -> str:
        """Where in the game that is, for a message: `round 3`."""


@dataclass(frozen=True, slots=True)
class Report:
    """`problem`: the first error, at `event_index`; `rounds`: how many deals were made again and agreed.

    `audited` False: the game's rules can't be verified this way, only that the seed is the one committed to.
    """

    ok: bool
    commitment_ok: bool
    rounds: int = 0
    problem: str | None = None
    event_index: int | None = None
    audited: bool = True


def verify(game: Game[Any], events: Sequence[Event]) -> Report:
    """Verify a completed game. `events`: its whole log, in order. No log makes it raise."""
    if not events or not isinstance(events[0], ev.GameCreated):
        return Report(ok=False, commitment_ok=False, problem="the log must begin with game_created", event_index=0)
    created = events[0]
    session_seed = _revealed(events)
    if session_seed is None:
        return Report(ok=False, commitment_ok=False, problem="the game is not completed: its seed is still secret")
    if not _SEED.fullmatch(session_seed) or commitment(created.shuffle_id, session_seed) != created.seed_commitment:
        problem = "the session seed revealed at the end is not the one committed to at the beginning"
        return Report(ok=False, commitment_ok=False, problem=problem, event_index=0)
    if (created.game, created.rules_version) != (game.name, game.version):
        problem = f"the game is {created.game} version {created.rules_version}, not {game.name} version {game.version}"
        return Report(ok=False, commitment_ok=True, problem=problem, event_index=0)
    if not isinstance(game, Auditable):
        return Report(ok=True, commitment_ok=True, audited=False)
    return _Audit(game, game, created, Context(0, session_seed)).run(events)


def decks(game: Game[Any], events: Sequence[Event]) -> tuple[tuple[str, ...], ...]:
    """The shuffled deck of every round of a completed game, top card first; empty without a seed."""
    session_seed = _revealed(events)
    if session_seed is None or not _SEED.fullmatch(session_seed):
        return ()
    if not isinstance(game, Auditable) or not isinstance(events[0], ev.GameCreated):
        return ()
    state = match.begin(game, events[0])
    found = []
    for event in events[1:]:
        deck = game.deck(state, event, session_seed)
        if deck is not None:
            found.append(deck)
        state = match.evolve(game, state, event)
    return tuple(found)


def seated_at_start(game: Game[Any], events: Sequence[Event]) -> list[Player]:
    """Those whose client seeds make the shuffles, in seat order, as they were when the game started; none before."""
    state: State[Any] | None = None
    for event in events:
        if isinstance(event, ev.GameCreated):
            state = match.begin(game, event)
        elif state is not None:
            state = match.evolve(game, state, event)
        if isinstance(event, ev.GameStarted) and state is not None:
            return state.table.seated()
    return []


def end_of_step(game: Game[Any], events: Sequence[Event], index: int) -> int | None:
    """The index of the event with which ends what event `index` is a part of: a move with all that followed from it at
    once. None: the game can't be verified, or the log does not follow from the rules up to there.

    `events`: the log of a completed game.
    """
    session_seed = _revealed(events)
    created = events[0]
    if session_seed is None or not isinstance(game, Auditable) or not isinstance(created, ev.GameCreated):
        return None
    return _Audit(game, game, created, Context(0, session_seed)).end_of_step(events, index)


class _Audit:
    """One pass over a log. `_due`: events that the rules have yielded and that must come next."""

    def __init__(self, game: Game[Any], notes: Auditable, created: ev.GameCreated, ctx: Context) -> None:
        self._game = game
        self._notes = notes
        self._ctx = ctx
        self._state = match.begin(game, created)
        self._due: list[Event] = []
        self._rounds = 0

    def run(self, events: Sequence[Event]) -> Report:
        for index, event in enumerate(events[1:], start=1):
            try:
                problem = self._step(event)
            except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
                problem = f"the rules can't make sense of it ({error!r})"
            if problem is not None:
                return self._failed(index, f"{self._notes.place(self._state)}, event {index}, {event.name}: {problem}")
        if self._due:
            return self._failed(len(events), f"the log ends where {self._due[0].name} must follow")
        return Report(ok=True, commitment_ok=True, rounds=self._rounds)

    def end_of_step(self, events: Sequence[Event], index: int) -> int | None:
        for at, event in enumerate(events[1:], start=1):
            if self._step(event) is not None:
                return None
            if at >= index and not self._due:
                return at
        return None

    def _failed(self, index: int, problem: str) -> Report:
        return Report(ok=False, commitment_ok=True, rounds=self._rounds, problem=problem, event_index=index)

    def _step(self, event: Event) -> str | None:
        problem = self._problem(event)
        if problem is None:
            self._rounds += self._notes.deck(self._state, event, self._ctx.session_seed) is not None
            self._state = match.evolve(self._game, self._state, event)
        return problem

    def _problem(self, event: Event) -> str | None:
        if not self._due:
            if type(event) in _FREE_TABLE_EVENTS:
                return self._table_problem(event)
            if self._state.play is None or self._state.table.is_over:
                return "the game is not under way"
            expected = self._expected(event)
            if isinstance(expected, str):
                return expected
            self._due = list(expected)
        due = self._due.pop(0)
        return None if _same(due, event) else difference(due, event)

    def _table_problem(self, event: Event) -> str | None:
        """The table's events are taken as they are, save that a game starts with those who sit there, and once."""
        if isinstance(event, ev.GameCreated):
            return "a log has one beginning"
        if isinstance(event, ev.GameStarted):
            if self._state.play is not None:
                return "the game has started already"
            seats = tuple((p.seat, p.player_id) for p in self._state.table.seated())
            if event.seats != seats:
                return f"the seats are {seats!r}"
        if isinstance(event, ev.SettingsChanged) and self._state.play is not None:
            return "the settings of a game that has started don't change"
        return None

    def _expected(self, event: Event) -> tuple[Event, ...] | str:
        """What must happen here if `event` is to be its first part; or the rule that forbids it."""
        game, state, ctx = self._game, self._state, self._ctx
        deadline = game.deadline(state)
        forced = game.expire(state, ctx) if deadline is not None else ()
        move = self._notes.move(event)
        if move is None:
            return forced or "nothing happens by itself here"
        if deadline is not None and deadline.after_ms == 0:
            return forced
        player_id, command = move
        decision = game.decide(state, player_id, command, ctx)
        if not isinstance(decision, Refusal) and _same(decision[0], event):
            return decision
        if forced and _same(forced[0], event):
            return forced
        if isinstance(decision, Refusal):
            return f"{command} by {player_id}: {decision.message}"
        return difference(decision[0], event)


def difference(due: Event, event: Event) -> str:
    """In words, the first thing in which `event` is not what is due."""
    if type(due) is not type(event):
        return f"the rules say that {due.name} comes here"
    return value_difference(to_data(due), to_data(event), "") or "equal"


def value_difference(due: Any, found: Any, path: str) -> str | None:
    """In words, the first place below `path` where `found` is not what is due; None: they are equal as JSON."""
    if isinstance(due, dict) and isinstance(found, dict):
        pairs = [(f"{path}.{key}" if path else key, due.get(key), found.get(key)) for key in sorted({*due, *found})]
    elif isinstance(due, (tuple, list)) and isinstance(found, (tuple, list)) and len(due) == len(found):
        pairs = [(f"{path}[{i}]", *both) for i, both in enumerate(zip(due, found, strict=True))]
    else:
        same = _text(due) == _text(found)
        return None if same else f"{path} is {_text(found)}, by the seeds and the rules it is {_text(due)}"
    return next((text for name, a, b in pairs if (text := value_difference(a, b, name)) is not None), None)


def _revealed(events: Sequence[Event]) -> str | None:
    """The revealed seed, whatever the log holds in its place; None: the game is not completed."""
    return next((str(event.session_seed) for event in reversed(events) if isinstance(event, ev.GameCompleted)), None)


def _same(due: Event, event: Event) -> bool:
    """Equal as JSON: unlike for Python, `true` is not 1 there, and a tuple is a list."""
    return type(due) is type(event) and _text(to_data(due)) == _text(to_data(event))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)
