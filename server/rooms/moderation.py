"""What an operator may do in a room, as events, and what an operator sees of it."""

from __future__ import annotations

from server.games import table_events as ev
from server.games.rules import Data, Event, PlayerId, Refusal
from server.games.table import Phase, Player, Status, Table
from server.rooms.machine.effects import Step
from server.rooms.room import Room
from server.wire.error_codes import ErrorCode


def removal(table: Table, player_id: PlayerId) -> Event | Refusal:
    """The event that removes a player, a spectator or (in the lobby) a bot."""
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


def summary(room: Room) -> Data:
    """A room as it stands in a list: nothing that only its players may know. Raises LookupError before event 0."""
    told = _told(room)
    table = told.state.table
    return {
        "game_id": room.game_id,
        "game": room.game.name,
        "join_code": room.join_code,
        "is_public": room.is_public,
        "stage": table.phase.value,
        "paused": room.pauses.reason,
        "players": [_player(room, p) for p in table.players.values() if p.status != Status.LEFT or p.seat is not None],
        "spectators": room.spectators,
        "head": told.last,
    }


def details(room: Room, *, reveal: bool) -> Data:
    """One room as its spectators see it now; with `reveal` also as each of its players sees it, hands included.

    Raises LookupError before event 0.
    """
    shown, told = room.shown(None), _told(room)
    table = told.state.table
    return {
        **summary(room),
        "epoch": room.epoch,
        "durable_head": room.committed_head,
        "spectator_delay_s": table.config.spectator_delay_s,
        "index": None if shown is None else shown.last,
        "view": None if shown is None else room.view(shown, None),
        "revealed": {p.player_id: room.view(told, p.player_id) for p in table.seated()} if reveal else None,
    }


def _told(room: Room) -> Step:
    if room.told is None:
        raise LookupError("nothing is committed yet")
    return room.told


def _player(room: Room, player: Player) -> Data:
    return {
        "player_id": player.player_id,
        "seat": player.seat,
        "display_name": player.display_name,
        "is_bot": player.is_bot,
        "status": player.status.value,
        "connected": room.fanout.find(player.player_id) is not None,
    }
