"""Bots that think: what they are asked, and who can be asked."""

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
    """Everything that a bot gets: the view of its seat, what it may do, and its own chance. Goes to another process.

    Compared by identity.
    """

    game: str
    level: str
    view: Data
    actions: tuple[Command, ...]
    stream: Stream

    def think(self, registry: Registry, more: Callable[[], bool]) -> Command:
        """Let the bot search as long as `more` says so. Raises whatever a broken bot raises."""
        bot = registry.game(self.game).bot(self.level)
        assert isinstance(bot, ThinkingBot)  # the others are not asked this way
        return bot.search(self.view, self.actions, copy(self.stream).draw, more)


Answer: TypeAlias = Callable[[Command | None], None]
"""Takes the bot's choice; None: there won't be one."""

Withdraw: TypeAlias = Callable[[], None]
"""Says that nobody waits for the answer any more. A second call does nothing."""


class Workers(Protocol):
    """Those who let bots think."""

    def think(self, thought: Thought, answer: Answer) -> Withdraw:
        """Let a bot think. `answer` is called once, within bounded time, after this returned; never once withdrawn."""


class NoWorkers:
    """Nobody thinks: every bot chooses at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def think(self, thought: Thought, answer: Answer) -> Withdraw:
        return self._clock.call_later(0, lambda: answer(None)).cancel
