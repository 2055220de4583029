"""The frames that a room sends besides its events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from persistence.play.chat import Message
from server.games import match
from server.games.rules import Command, Data, PlayerId, Viewer
from server.rooms.audience.member import Member
from server.rooms.machine.core import RoomCore
from server.rooms.machine.effects import Ack, Step
from server.wire.error_codes import RETRYABLE

PROTOCOL = 1


def welcome(
    core: RoomCore, member: Member, *, seat: int | None, head: int, mode: str, epoch: int, now_ms: int
) -> dict[str, Any]:
    return {
        "type": "welcome",
        "protocol": PROTOCOL,
        "game_id": core.identity.game_id,
        "game": core.game.name,
        "player_id": member.player_id,
        "seat": seat,
        "role": "spectator" if member.viewer is None else "player",
        "epoch": epoch,
        "head": head,
        "server_time": now_ms,
        "mode": mode,
        "limits": member.limits,
    }


def view(core: RoomCore, step: Step, viewer: Viewer, spectator: PlayerId | None = None) -> Data:
    """The state after `step` as `viewer` may see it. `spectator`: the player who watches without a seat."""
    seen = match.view(core.game, step.state, viewer)
    if seen.get("turn") is not None and step.wait is not None:
        seen["turn"] = {**seen["turn"], "deadline_at": step.wait.due_ms}
    if viewer is None:
        seen["you"]["player_id"] = spectator
    else:
        seen["join_code"] = core.identity.join_code
    return seen


def state(core: RoomCore, step: Step, member: Member) -> dict[str, Any]:
    return {"type": "state", "index": step.last, "view": view(core, step, member.viewer, member.player_id)}


def ack(done: Ack) -> dict[str, Any]:
    return {"type": "ack", "id": done.id, "first": done.first, "last": done.last}


def reject(command_id: str | None, code: str, message: str, field: str | None = None) -> dict[str, Any]:
    frame = {"type": "reject", "id": command_id, "code": code, "message": message, "retryable": code in RETRYABLE}
    return frame if field is None else {**frame, "field": field}


def turn(index: int, deadline_at: int | None, actions: Iterable[Command]) -> dict[str, Any]:
    return {
        "type": "turn",
        "index": index,
        "deadline_at": deadline_at,
        "actions": [{"name": command.name, "args": command} for command in actions],
    }


def notice(text: str, now_ms: int) -> dict[str, Any]:
    """An operator's message to everybody in a room."""
    return {"type": "notice", "text": text, "at": now_ms}


def spectators(count: int) -> dict[str, Any]:
    return {"type": "spectators", "count": count}


def chat(message: Message) -> dict[str, Any]:
    return {"type": "chat", **said(message)}


def chat_history(messages: Iterable[Message], muted: Sequence[PlayerId]) -> dict[str, Any]:
    return {"type": "chat_history", "messages": [said(message) for message in messages], "muted": muted}


def chat_deleted(message_id: int) -> dict[str, Any]:
    return {"type": "chat_deleted", "id": message_id}


def muted(player_id: PlayerId, *, muted: bool) -> dict[str, Any]:
    return {"type": "muted", "player_id": player_id, "muted": muted}


def said(message: Message) -> Data:
    """A chat message as everybody may see it."""
    return {
        "id": message.id,
        "player_id": message.player_id,
        "display_name": message.display_name,
        "text": message.text,
        "at": message.at_ms,
    }


def status(reason: str | None, now_ms: int) -> dict[str, Any]:
    """`reason`: why the room is paused, `database`, `restart` or `operator`; None: the pause is over."""
    return {"type": "status", "paused": reason is not None, "reason": reason, "since": now_ms}
