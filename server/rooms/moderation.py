"""What an operator may do in a room, as events, and what he sees of it."""

from __future__ import annotations

from typing import Any

from server.games import table_events as ev
from server.games.rules import Data, Event, PlayerId, Refusal
from server.games.table import Phase, Player, Status, Table
from server.rooms.audience import frames
from server.rooms.room import Room
from server.wire.error_codes import ErrorCode


def removal(table: Table, player_id: PlayerId) -> Event | Refusal:
    """The event that puts somebody out of a room."""
    member = table.players.get(player_id)
    if member is None or member.kicked or (member.status == Status.LEFT and member.seat is None):
        return Refusal("player_not_found", "nobody of that id is in this room", field="player_id")
    if table.is_over:
        return Refusal(ErrorCode.INVALID_PHASE, "the game is over")
    if not member.is_bot:
        return ev.PlayerKicked(player_id, "operator")
    if table.phase != Phase.LOBBY:
        return Refusal(ErrorCode.INVALID_PHASE, "a bot plays its game to the end", field="player_id")
    return ev.BotRemoved(player_id)


def closing(table: Table) -> Event | Refusal:
    """The event that ends a room before its game is over."""
    if table.is_over:
        return Refusal(ErrorCode.INVALID_PHASE, "the game is over")
    return ev.GameAborted("operator")


def stage(room: Room) -> str:
    """Where a room is: `lobby`, `playing`, `completed` or `aborted`, as far as it is committed."""
    return room.core.told_state.table.phase.value


def line(room: Room) -> Data:
    """A room as it stands in a list; nothing that only its players may know. Raises LookupError before event 0."""
    table = room.core.told_state.table
    return {
        "game_id": room.game_id,
        "game": room.core.game.name,
        "join_code": room.core.identity.join_code,
        "is_public": room.core.is_public,
        "stage": stage(room),
        "paused": "operator" if room.pauses.held else "database" if room.core.paused else None,
        "players": [_player(room, p) for p in table.players.values() if p.status != Status.LEFT or p.seat is not None],
        "spectators": len(room.fanout.watchers),
        "head": room.core.told_head,
    }


def look(room: Room, *, reveal: bool) -> Data:
    """One room: as those who watch it see it now; with `reveal` also as each of its players does, hands included."""
    shown = room.audience.shown(None)
    newest = room.core.told
    told: dict[str, Any] = {
        **line(room),
        "epoch": room.epoch,
        "durable_head": room.core.committed_head,
        "spectator_delay_s": room.core.told_state.table.config.spectator_delay_s,
        "index": None if shown is None else shown.last,
        "view": None if shown is None else frames.view(room.core, shown, None),
        "revealed": None,
    }
    if reveal and newest is not None:
        seated = newest.state.table.seated()
        told["revealed"] = {p.player_id: frames.view(room.core, newest, p.player_id) for p in seated}
    return told


def _player(room: Room, player: Player) -> Data:
    return {
        "player_id": player.player_id,
        "seat": player.seat,
        "display_name": player.display_name,
        "is_bot": player.is_bot,
        "status": player.status.value,
        "connected": room.fanout.find(player.player_id) is not None,
    }
