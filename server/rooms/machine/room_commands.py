"""Commands that the room itself answers, because they cause no event of the game. Pure."""

from __future__ import annotations

from server.games import chat, table_commands
from server.games.rules import Command, PlayerId
from server.games.table import Table
from server.rooms.machine.decisions import rematch_refusal
from server.rooms.machine.effects import ChatWish, OpenRematch, Reject

ROOM_COMMANDS = frozenset((table_commands.Rematch, *chat.CHAT_COMMANDS))


def wish(table: Table, player_id: PlayerId, command_id: str, command: Command) -> OpenRematch | ChatWish | Reject:
    """The effect of a room command; `command` is one of ROOM_COMMANDS."""
    is_rematch = isinstance(command, table_commands.Rematch)
    refusal = rematch_refusal(table, player_id) if is_rematch else chat.refusal(table, player_id, command)
    if refusal:
        return Reject(player_id, command_id, refusal.code, refusal.message, refusal.field)
    return OpenRematch(player_id, command_id) if is_rematch else ChatWish(player_id, command_id, command)
