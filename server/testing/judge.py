"""The rules of a game under supervision: a broken contract is reported with the history that led to it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from server import limits
from server.games import match
from server.games.replay import digest
from server.games.rules import Command, Context, Deadline, Event, Game, PlayerId, Refusal, State
from server.games.table import Phase
from server.games.table_events import TABLE_EVENTS, GameCompleted
from server.testing.broken import Broken, never_raises
from server.wire.error_codes import ErrorCode

PURE = "rules depend on nothing but what they are given, and change nothing"
TOTAL = "rules never raise"
ANSWERS = "decide gives events or a refusal"
FORCED = "every wait has a forced move"

T = TypeVar("T")
_CODES = frozenset(ErrorCode)
_START_MS = 1_800_000_000_000


class Judge:
    """`strict`: everything is asked twice, and states are compared before and after; slow. `history`: what was done."""

    def __init__(self, game: Game[Any], seed: int) -> None:
        self.game = game
        self.ctx = Context(_START_MS, hashlib.sha256(f"seed {seed}".encode()).hexdigest())
        self.history: list[str] = []
        self.strict = True
        self._kinds = {*game.events, *TABLE_EVENTS}

    @contextmanager
    def at_ease(self) -> Iterator[None]:
        """Within it, not strict."""
        before, self.strict = self.strict, False
        try:
            yield
        finally:
            self.strict = before

    def broken(self, rule: str, detail: str) -> Broken:
        return Broken(rule, detail, self.history)

    def ask(self, state: State[Any], what: str, question: Callable[[], T]) -> T:
        """The answer to any question about a state: the same twice, and the state is what it was."""
        with never_raises(TOTAL, what, self.history):
            if not self.strict:
                return question()
            before = digest(state)
            answer, again = question(), question()
            if not (answer == again or digest(answer) == digest(again)):
                raise self.broken(PURE, f"{what} gave two different answers:\n  {answer}\n  {again}")
            if digest(state) != before:
                raise self.broken(PURE, f"{what} changed the state that it was given")
        return answer

    def decide(self, state: State[Any], actor: PlayerId, command: Command) -> tuple[Event, ...] | Refusal:
        what = f"decide({command})"
        found = self.ask(state, what, lambda: self.game.decide(state, actor, command, self.ctx))
        if isinstance(found, Refusal):
            if found.code not in _CODES and found.code not in self.game.refusals:
                raise self.broken(ANSWERS, f"{what} refused with {found.code!r}, which is no reject code")
            return found
        return self._events(what, found)

    def deadline(self, state: State[Any]) -> Deadline | None:
        """None also once the game is over."""
        if state.table.phase != Phase.PLAYING:
            return None
        found = self.ask(state, "deadline", lambda: self.game.deadline(state))
        members = state.table.players
        if found is not None and not all(who in members for who in found.player_ids):
            raise self.broken(FORCED, f"the deadline waits for somebody who is no player: {found}")
        return found

    def expire(self, state: State[Any]) -> tuple[Event, ...]:
        """The forced move."""
        found = self.ask(state, "expire", lambda: self.game.expire(state, self.ctx))
        return self._events("expire", found)

    def actions(self, state: State[Any], who: PlayerId) -> tuple[Command, ...]:
        return self.ask(state, f"actions of {who}", lambda: self.game.actions(state, who))

    def settle(self, state: State[Any], events: Sequence[Event]) -> tuple[State[Any], list[Event]]:
        """The state after these events and all that follows at once; with all of them."""
        happened = list(events)
        for event in events:
            state = self._evolve(state, event)
        with self.at_ease():  # an endless sequence takes long enough
            for _ in range(limits.EXPIRIES_AT_ONCE_MAX):
                deadline = self.deadline(state)
                if deadline is None or deadline.after_ms != 0:
                    return state, happened
                for event in self.expire(state):
                    happened.append(event)
                    state = self._evolve(state, event)
        raise self.broken(FORCED, f"{limits.EXPIRIES_AT_ONCE_MAX} deadlines of 0 ms follow each other without end")

    def _evolve(self, state: State[Any], event: Event) -> State[Any]:
        return self.ask(state, f"evolve({event})", lambda: match.evolve(self.game, state, event))

    def _events(self, what: str, found: Any) -> tuple[Event, ...]:
        if not isinstance(found, tuple) or not found:
            raise self.broken(ANSWERS, f"{what} gave {found!r}, not a tuple of at least one event")
        for event in found:
            if type(event) not in self._kinds:
                raise self.broken(ANSWERS, f"{what} gave {event!r}, which is not among the game's events")
        if any(isinstance(event, GameCompleted) for event in found[:-1]):
            raise self.broken(ANSWERS, f"{what}: nothing may follow game_completed")
        return found
