"""Bots that take their time: what they are asked, and who can be asked."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from server.clock import Clock
from server.games.chance import Stream
from server.games.registry import Registry
from server.games.rules import Command, Data, ThinkingBot


@dataclass(frozen=True, slots=True, eq=False)
class Thought:
    """The whole of what a bot gets: the view of its seat, what it may do, and its own chance. Goes to another process.

    Two thoughts are never the same one: it is known again by being it.
    """

    game: str
    level: str
    view: Data
    actions: tuple[Command, ...]
    stream: Stream

    def think(self, registry: Registry, more: Callable[[], bool]) -> Command:
        """Let the bot search as long as `more` says so. Raises whatever a broken one raises."""
        bot = registry.game(self.game).bot(self.level)
        assert isinstance(bot, ThinkingBot)  # the others are not asked this way
        return bot.search(self.view, self.actions, copy(self.stream).draw, more)


Answer: TypeAlias = Callable[[Command | None], None]
"""Takes the bot's choice; None: there is none, and won't be."""

Withdraw: TypeAlias = Callable[[], None]
"""Nobody waits for the answer any more; to be called once too often does no harm."""


class Thinkers(Protocol):
    """Where bots think."""

    def think(self, thought: Thought, answer: Answer) -> Withdraw:
        """Ask. `answer` is called once, within bounded time, but not before this has returned; never once withdrawn."""


class NoThinkers:
    """Nobody thinks: all bots do what they can do at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def think(self, thought: Thought, answer: Answer) -> Withdraw:
        return self._clock.call_later(0, lambda: answer(None)).cancel
