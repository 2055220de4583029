"""The wait of a game, and the turn of a bot. Pure."""

from __future__ import annotations

from typing import Any

from server.games import match
from server.games.chance import bot_draw, bot_stream
from server.games.rules import Command, Context, Deadline, Event, Game, PlayerId, Refusal, State, ThinkingBot
from server.rooms.machine.effects import StopThinking, Think, Wait
from server.rooms.machine.thought import Thought

Move = tuple[PlayerId, tuple[Event, ...]]


class BotTurn:
    """The bot that the game waits for. `due_ms`: when it is to begin; None: it has begun, or there is none."""

    def __init__(self, game: Game[Any]) -> None:
        self._game = game
        self._asked: Thought | None = None
        self._who: PlayerId = ""
        self._key: tuple[int | str, ...] = ()  # of the wait in which it was asked
        self.due_ms: int | None = None

    def follow(self, state: State[Any], wait: Wait | None, now_ms: int) -> None:
        """The wait has changed."""
        if self._asked is not None and wait is not None and self._is_waited_for(wait):
            return
        self._asked = None
        self.due_ms = bot_due(state, wait, now_ms)

    def _is_waited_for(self, wait: Wait) -> bool:
        return wait.deadline.key == self._key and self._who in wait.deadline.player_ids

    def forget(self) -> tuple[StopThinking, ...]:
        """The bot need not move now."""
        thinks, self._asked, self.due_ms = self._asked is not None, None, None
        return (StopThinking(),) if thinks else ()

    def move(self, state: State[Any], deadline: Deadline, head: int, ctx: Context) -> Move | Think:
        """The move of the first bot that `deadline` waits for, or the search to start for it.

        Its chance is drawn from the game's seed, its seat and the index of the last event, so that a bot that doesn't
        think decides alike whenever it is asked.
        """
        self.due_ms = None
        players = state.table.players
        player = next(players[p] for p in deadline.player_ids if players[p].is_bot)
        level = player.strategy or self._game.bot_levels[0]
        source = (ctx.session_seed, state.table.game_id, player.seat or 0, head)
        actions = self._game.actions(state, player.player_id)
        view = match.view(self._game, state, player.player_id)
        bot = self._game.bot(level)
        if not isinstance(bot, ThinkingBot) or len(actions) == 1:
            command = bot.choose(view, actions, bot_draw(*source))
            return player.player_id, self._resolved(state, player.player_id, command, ctx)
        remembered = self._game.memory(state, player.player_id)
        self._asked = Thought(self._game.name, level, {**view, **remembered}, actions, bot_stream(*source))
        self._who, self._key = player.player_id, deadline.key
        return Think(player.player_id, self._asked)

    def answer(self, state: State[Any], asked: Think, command: Command | None, ctx: Context) -> Move | None:
        """The move that the search found, or without a `command` the bot's quick choice. None: it came too late."""
        thought = asked.thought
        if thought is not self._asked:
            return None
        self._asked = None
        if command is None:
            command = self._game.bot(thought.level).choose(thought.view, thought.actions, thought.stream.draw)
        return asked.player_id, self._resolved(state, asked.player_id, command, ctx)

    def _resolved(self, state: State[Any], player_id: PlayerId, command: Command, ctx: Context) -> tuple[Event, ...]:
        """A choice that is not legal becomes the forced move."""
        decision = self._game.decide(state, player_id, command, ctx)
        return self._game.expire(state, ctx) if isinstance(decision, Refusal) else decision


def next_wait(deadline: Deadline | None, present: Wait | None, now_ms: int) -> tuple[Wait | None, bool]:
    """The wait for `deadline`, `present` being the one before; and whether it is new, so that somebody must be told.

    The clock of a wait runs on as long as its key stays equal.
    """
    if deadline is None:
        return None, False
    if present is not None and present.deadline.key == deadline.key:
        return present if present.deadline == deadline else Wait(deadline, present.due_ms), False
    return Wait(deadline, None if deadline.after_ms is None else now_ms + deadline.after_ms), True


def bot_due(state: State[Any], wait: Wait | None, now_ms: int) -> int | None:
    """When the bot that the game waits for is to move; None if it waits for no bot."""
    if wait is None:
        return None
    players = state.table.players
    for player_id in wait.deadline.player_ids:
        player = players[player_id]
        if player.is_bot and player.is_present:
            return now_ms + state.table.config.bot_delay_ms
    return None
