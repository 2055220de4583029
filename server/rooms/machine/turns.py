"""What follows by itself: starts, forced moves, and whom the game waits for next. Pure."""

from __future__ import annotations

from typing import Any

from server import limits
from server.games import match, table_commands
from server.games.rules import Context, Deadline, Event, Game, State
from server.games.table import Phase
from server.rooms.machine.effects import Wait


def follow_up(
    game: Game[Any], before: State[Any], state: State[Any], happened: list[Event], now_ms: int, session_seed: str
) -> tuple[State[Any], Deadline | None]:
    """Start the game if it starts by itself; let everything expire that has no time at all.

    `before` and `state` are those before and after what has `happened` so far; what follows is added to it. Returns
    the state after all of it, and what the game waits for then. Raises RuntimeError for rules that force moves without
    end.
    """
    if (state.table is not before.table or len(happened) > 1) and table_commands.starts_by_itself(state.table):
        for event in table_commands.start_by_itself(state.table):
            happened.append(event)
            state = match.evolve(game, state, event)
    for _ in range(limits.EXPIRIES_AT_ONCE_MAX):
        if state.table.phase is not Phase.PLAYING:
            return state, None
        deadline = game.deadline(state)
        if deadline is None or deadline.after_ms != 0:
            return state, deadline
        for event in game.expire(state, Context(now_ms, session_seed)):
            happened.append(event)
            state = match.evolve(game, state, event)
    raise RuntimeError(f"{game.name}: forced moves without end")


def next_wait(deadline: Deadline | None, present: Wait | None, now_ms: int) -> Wait | None:
    """The wait for `deadline`, `present` being the one before. Its clock runs on as long as its key stays equal."""
    if deadline is None:
        return None
    if present is not None and present.deadline.key == deadline.key:
        return present if present.deadline == deadline else Wait(deadline, present.due_ms)
    return Wait(deadline, None if deadline.after_ms is None else now_ms + deadline.after_ms)


def is_new(wait: Wait | None, before: Wait | None) -> bool:
    """Whether somebody must be told that it is his turn."""
    return wait is not None and (before is None or wait.deadline.key != before.deadline.key)


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
