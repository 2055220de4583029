"""Which rules answer a command, and what a misplay costs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server import limits
from server.games import table_commands
from server.games import table_events as ev
from server.games.rules import Command, Context, Event, Game, PlayerId, Refusal, State
from server.games.table import OVER, Phase, Table
from server.games.table_commands import BotIdentity, ChangeSettings, Decision
from server.rooms.machine.changing import change_settings
from server.wire.error_codes import ErrorCode

Bots = dict[tuple[str, int], BotIdentity]
"""The n-th bot of a level, by (level, n)."""

TABLE_COMMANDS = frozenset(table_commands.TABLE_COMMANDS)


def decide(
    game: Game[Any],
    state: State[Any],
    player_id: PlayerId,
    profile: ev.Profile,
    command: Command,
    ctx: Context,
    bots: Bots,
) -> Decision:
    """The table's rules for the commands of the table, the game's for its own, and those for seated players only."""
    if type(command) in TABLE_COMMANDS:
        if isinstance(command, ChangeSettings):
            return change_settings(game, state.table, player_id, command)
        return table_commands.decide(game, state, player_id, profile, command, bots)
    table = state.table
    if table.phase in OVER:
        return Refusal(ErrorCode.INVALID_PHASE, "the game is over")
    player = table.players.get(player_id)
    if player is None or player.seat is None or player.kicked:
        return Refusal(ErrorCode.NOT_SEATED, "only seated players can do that")
    if state.play is None:
        return Refusal(ErrorCode.INVALID_PHASE, "the game has not started")
    return game.decide(state, player_id, command, ctx)


def rematch_refusal(table: Table, player_id: PlayerId) -> Refusal | None:
    """The refusal of a rematch for this player; None: it is allowed."""
    player = table.players.get(player_id)
    if table.phase != Phase.COMPLETED:
        return Refusal(ErrorCode.INVALID_PHASE, "the game is not over")
    if player is None or player.seat is None or player.kicked:
        return Refusal(ErrorCode.NOT_SEATED, "only players of this game can ask")
    return None


def misplay(table: Table, player_id: PlayerId, command: Command, refusal: Refusal) -> tuple[Event, ...]:
    """The events that an illegal move causes: it is counted, and three forged ones put the player out."""
    player = table.players.get(player_id)
    if not refusal.misplay or player is None or player.misplays >= limits.MISPLAYS_LOGGED_MAX:
        return ()
    counted = ev.InvalidAction(player_id, command.name, refusal.code, refusal.forged)
    if player.forgeries + refusal.forged < limits.FORGERIES_MAX:
        return (counted,)
    return (counted, ev.PlayerKicked(player_id, "forged_moves"))


def removed(events: Sequence[Event]) -> tuple[PlayerId, ...]:
    """The players whom these events remove from the room."""
    return tuple([event.player_id for event in events if type(event) is ev.PlayerKicked])
