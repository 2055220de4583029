"""Opening a room: from what a player asks for to the values of a new room. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.games import match, table_commands
from server.games import table_events as ev
from server.games.rules import Config, Event, Game, PlayerId, Refusal, State
from server.games.table import Table, profile_of
from server.rooms.machine.decisions import Bots
from server.wire.config import decode_config

_BOT_ROOM = {"turn_seconds": 0, "round_pause_ms": 0}
"""Defaults of a room of bots alone: they need no time to think or to look."""


def room_config(game: Game[Any], given: Mapping[str, Any], *, bots_alone: bool) -> Config | Refusal:
    """The config of a new room."""
    known = game.config.__struct_fields__
    defaults = {key: value for key, value in _BOT_ROOM.items() if bots_alone and key in known}
    return decode_config(game, {**defaults, **given})


def first_joins(
    game: Game[Any],
    config: Config,
    creator: PlayerId,
    profile: ev.Profile,
    *,
    spectator: bool,
    bots: int,
    level: str | None,
    identities: Bots,
) -> tuple[Event, ...] | Refusal:
    """The creator on seat 0 (or watching), then the bots."""
    creator_joins = ev.PlayerJoined(creator, None if spectator else 0, profile)
    if spectator and bots < 2:
        return Refusal("invalid_request", "a room of bots alone needs at least 2 of them", field="bots")
    if bots == 0:
        return (creator_joins,)
    table = Table("", game.name, game.version, config, creator, "")
    seated = match.evolve(game, State(table, None), creator_joins).table
    decision = table_commands.add_bots(game, seated, bots, level, identities)
    if isinstance(decision, Refusal):
        field = "bot_level" if decision.field == "level" else "bots"
        return Refusal("invalid_request", decision.message, field=field)
    return (creator_joins, *decision)


def rematch_joins(state: State[Any]) -> tuple[Config, tuple[Event, ...]]:
    """The same people on the same seats, under the same settings."""
    joins = [
        ev.PlayerJoined(
            p.player_id,
            p.seat,
            profile_of(p),
            p.is_bot,
            p.strategy,
        )
        for p in state.table.seated()
        if not p.kicked
    ]
    return state.table.config, tuple(joins)
