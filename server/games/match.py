"""A match: the table and the play of one game, taken together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.games import table_commands
from server.games import table_events as ev
from server.games.rules import Context, Data, Deadline, Event, Game, State, Viewer
from server.games.table import Phase, config_of, create_table, evolve_table, view_table

_TABLE_TYPES = frozenset(ev.TABLE_EVENTS)


def begin(game: Game[Any], event: ev.GameCreated) -> State[Any]:
    """The state after event 0."""
    table = create_table(event, config_of(game.config, event.config))
    return State(table, game.setup(table) if game.open_table else None)


def evolve(game: Game[Any], state: State[Any], event: Event) -> State[Any]:
    """The state after `event`, be it the table's or the game's own."""
    if type(event) not in _TABLE_TYPES:
        return State(state.table, game.evolve(state, event))
    table = evolve_table(state.table, event)  # type: ignore[arg-type]  # the set above is that very union
    if isinstance(event, ev.GameStarted) and state.play is None:
        return State(table, game.setup(table))
    return State(table, state.play)


def unfold(
    game: Game[Any], state: State[Any], events: Sequence[Event], ctx: Context, expiries_max: int
) -> tuple[State[Any], list[Event], Deadline | None]:
    """Apply `events` and all that follows from them at once: a game that starts by itself, deadlines of 0 ms.

    Returns the state after all of it, all that happened, and what the game waits for then. Raises RuntimeError for
    rules that force more than `expiries_max` moves.
    """
    table, happened = state.table, list(events)
    for event in events:
        state = evolve(game, state, event)
    if (state.table is not table or len(happened) > 1) and table_commands.starts_by_itself(state.table):
        for event in table_commands.start_by_itself(state.table):
            happened.append(event)
            state = evolve(game, state, event)
    for _ in range(expiries_max):
        if state.table.phase is not Phase.PLAYING:
            return state, happened, None
        deadline = game.deadline(state)
        if deadline is None or deadline.after_ms != 0:
            return state, happened, deadline
        for event in game.expire(state, ctx):
            happened.append(event)
            state = evolve(game, state, event)
    raise RuntimeError(f"{game.name}: forced moves without end")


def phase(game: Game[Any], state: State[Any]) -> str:
    """The phase as clients know it: the game's own name for it while the game runs."""
    return game.phase(state) if state.table.phase == Phase.PLAYING else state.table.phase.value


def view(game: Game[Any], state: State[Any], viewer: Viewer) -> Data:
    """The view of the state for `viewer`."""
    return {**view_table(state.table, viewer), **game.view(state, viewer), "phase": phase(game, state)}


def redact(game: Game[Any], event: Event, viewer: Viewer) -> Data | None:
    """The part of a private event that `viewer` may know; None hides it completely."""
    if type(event) in _TABLE_TYPES:
        return ev.redact_table_event(event, viewer)
    return game.redact(event, viewer)
