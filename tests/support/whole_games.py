"""Whole games in memory: the rules, bots and virtual time, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from server.games import chance, match
from server.games import table_events as ev
from server.games.eldorado import GAME, Config
from server.games.rules import Command, Context, Event, Game, PlayerId, Refusal, State
from server.games.table import Status

Interruptions = Callable[[State[Any], int], Sequence[Event]]
"""Given the state and the number of events so far: what happens at the table just now (somebody leaves, returns)."""

Watch = Callable[[State[Any], PlayerId, tuple[Command, ...]], None]
"""Sees every state in which a player is to move, and the offered actions."""

GAME_ID = "01932f00-0000-7000-8000-00000000c0de"
CTX_NOW_MS = 1_700_000_000_000


@dataclass(frozen=True, slots=True)
class Played:
    events: list[Event]
    state: State[Any]


def player_id(seat: int) -> PlayerId:
    return f"00000000-0000-7000-8000-{seat:012d}"


def session_seed(seed: int | str) -> str:
    return hashlib.sha256(f"seed {seed}".encode()).hexdigest()


def context(seed: int | str = 0) -> Context:
    return Context(CTX_NOW_MS, session_seed(seed))


def opening(
    players: int,
    seed: int | str = 0,
    config: Config | None = None,
    client_seeds: Sequence[str] = (),
    level: str = "steady",
    game_id: str = GAME_ID,
    late: Sequence[Event] = (),
) -> list[Event]:
    """The events up to and including `game_started`: everybody is a bot, the first few have given a client seed.

    `late`: what happens just before the start; it must leave everybody on their seats.
    """
    secret = session_seed(seed)
    chosen = config or Config()
    settings = {name: getattr(chosen, name) for name in chosen.__struct_fields__}
    events: list[Event] = [
        ev.GameCreated(game_id, GAME.name, GAME.version, settings, player_id(0), chance.commitment(game_id, secret))
    ]
    for seat in range(players):
        profile = {"display_name": f"Bot {seat + 1}", "avatar_seed": f"bot:{seat + 1}", "color": "#5566ff"}
        events.append(ev.PlayerJoined(player_id(seat), seat, profile, is_bot=True, strategy=level))
    events += [ev.ClientSeedSet(player_id(seat), text) for seat, text in enumerate(client_seeds)]
    events += late
    events.append(ev.GameStarted(tuple((seat, player_id(seat)) for seat in range(players))))
    return events


def fold(events: Sequence[Event], game: Game[Any] = GAME) -> State[Any]:
    created = events[0]
    assert isinstance(created, ev.GameCreated)
    state = match.begin(game, created)
    for event in events[1:]:
        state = match.evolve(game, state, event)
    return state


def play_game(
    players: int = 4,
    seed: int | str = 0,
    config: Config | None = None,
    level: str | Sequence[str] = "steady",
    client_seeds: Sequence[str] = (),
    interrupt: Interruptions | None = None,
    watch: Watch | None = None,
    game_id: str = GAME_ID,
    late: Sequence[Event] = (),
) -> Played:
    """Play until the game is over. Disconnected players let their time run out; the others choose at once."""
    levels = [level] * players if isinstance(level, str) else list(level)
    events = opening(players, seed, config, client_seeds, game_id=game_id, late=late)
    state = fold(events)
    ctx = context(seed)
    while not state.table.is_over:
        chunk = list(interrupt(state, len(events))) if interrupt is not None else []
        for event in chunk:
            state = match.evolve(GAME, state, event)
        events += chunk
        following = next_chunk(state, ctx, len(events) - 1, levels, watch)
        for event in following:
            state = match.evolve(GAME, state, event)
        events += following
    return Played(events, state)


def next_chunk(
    state: State[Any], ctx: Context, head: int, levels: Sequence[str], watch: Watch | None = None
) -> tuple[Event, ...]:
    """What happens next: time passes, or somebody moves. `head`: the index of the last event."""
    deadline = GAME.deadline(state)
    assert deadline is not None
    if not deadline.player_ids or deadline.after_ms == 0:
        return GAME.expire(state, ctx)
    (mover,) = deadline.player_ids
    player = state.table.players[mover]
    actions = GAME.actions(state, mover)
    if watch is not None:
        watch(state, mover, actions)
    if player.status is Status.DISCONNECTED:
        return GAME.expire(state, ctx)
    seat = player.seat
    assert seat is not None
    draw = chance.bot_draw(ctx.session_seed, state.table.game_id, seat, head)
    command = GAME.bot(levels[seat]).choose(match.view(GAME, state, mover), actions, draw)
    decision = GAME.decide(state, mover, command, ctx)
    assert not isinstance(decision, Refusal), decision
    return decision
