"""The commands of the chat, and who may give them. Pure.

Chat is not part of the game: it causes no events, and the room answers these commands itself.
"""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from server.games.rules import Command, PlayerId, Refusal
from server.games.table import Player, Status, Table

TEXT_CHARACTERS_MAX = 500
_ID_MAX = 2**63 - 1


class Chat(Command):
    name: ClassVar[str] = "chat"
    text: str


class DeleteMessage(Command):
    name: ClassVar[str] = "delete_message"
    message_id: int


class Mute(Command):
    name: ClassVar[str] = "mute"
    player_id: str
    muted: bool


CHAT_COMMANDS: tuple[type[Command], ...] = (Chat, DeleteMessage, Mute)


def refusal(table: Table, actor: PlayerId, command: Command) -> Refusal | None:
    """The refusal of a chat command, as far as the table knows; None: it is allowed."""
    if not table.config.chat:
        return Refusal("chat_off", "the chat of this room is switched off")
    member = table.players.get(actor)
    if member is None or member.kicked:
        return Refusal("not_seated", "only players of this room can do that")
    match command:
        case Chat(text):
            return _not_playing(member) or _text_problem(text.strip())
        case DeleteMessage(message_id):
            return None if 0 < message_id <= _ID_MAX else no_such_message()
        case Mute(player_id, muted):
            return _mute_problem(table, actor, player_id, muted)
        case _:
            return Refusal("invalid_command", f"{command.name} is not a command of the chat")


def no_such_message() -> Refusal:
    return Refusal("invalid_command", "message_id: no such message in this room", field="message_id")


def delete_problem(table: Table, actor: PlayerId, author: PlayerId) -> Refusal | None:
    """Players may delete their own messages, and the host every message."""
    if actor in (author, table.host_player_id):
        return None
    return Refusal("not_host", "only the host can delete what others have said")


def _not_playing(member: Player) -> Refusal | None:
    if member.seat is None or member.status == Status.LEFT:
        return Refusal("not_seated", "only seated players can chat")
    return None


def _text_problem(text: str) -> Refusal | None:
    """`text` without the space around it. Line feeds are the only control characters; something must be to be seen."""
    kinds = {unicodedata.category(c) for c in text if c != "\n"}
    seen = any(kind[0] not in "CZ" for kind in kinds)
    if len(text) <= TEXT_CHARACTERS_MAX and seen and kinds.isdisjoint(("Cc", "Cs")):
        return None
    limit = f"1 to {TEXT_CHARACTERS_MAX} characters without control characters other than line feeds"
    return Refusal("invalid_command", f"text must be {limit}", field="text")


def _mute_problem(table: Table, actor: PlayerId, player_id: PlayerId, muted: bool) -> Refusal | None:
    if actor != table.host_player_id:
        return Refusal("not_host", "only the host can do that")
    target = table.players.get(player_id)
    if target is None or target.is_bot or (muted and player_id == actor):
        return Refusal("invalid_command", "player_id must be another member of the room, not a bot", field="player_id")
    return None
