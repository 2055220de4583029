"""The operator: the state of the server, its rooms, and what an operator may do in them. `door.py` guards all of it.

Every action, and every look at hidden cards, is recorded before it happens: in the log and in the database.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from importlib.metadata import version
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from persistence.ops import operator_actions
from persistence.ops.operator_actions import Kind
from persistence.page import Keyset
from server import limits
from server.api.answers import refused
from server.api.guard import known_id
from server.errors import Refused
from server.games.rules import Event, Refusal
from server.ops import limits as ops_limits
from server.ops.routes.context import With
from server.ops.service.services import Services
from server.rooms import moderation
from server.rooms.audience import frames
from server.rooms.machine.waiting import database_deadline
from server.rooms.room import Room
from server.wire.error_codes import ErrorCode

_log = logging.getLogger(__name__)

_PAGES = Keyset(UUID)  # game_id
router = APIRouter(prefix="/api/ops", tags=["operator"])

_ONE_LINE = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
Words = Annotated[str, Field(min_length=1, max_length=ops_limits.OPERATOR_WORDS_MAX, pattern=_ONE_LINE)]
Page = Annotated[int, Query(ge=1, le=limits.PAGE_ITEMS_MAX)]
Stage = Literal["lobby", "playing", "completed", "aborted", "paused"]


class Why(BaseModel):
    reason: Words = Field(description="in your words, for the record")


class Kick(Why):
    player_id: str


class Notice(BaseModel):
    text: Words = Field(description="shown to everybody in the room")


@router.get("/overview")
async def read_overview(services: With) -> dict[str, Any]:
    """The server in numbers. Rates and quantiles are those of the last minute."""
    value = services.kernel.metrics.registry.get_sample_value
    rooms = list(services.directory)
    return {
        "version": version("parlor"),
        "status": services.kernel.status,
        "server_time": services.kernel.clock.now_ms(),
        "database": services.kernel.log.health.value,
        "pending_events": services.kernel.log.pending_events,
        "rooms": len(rooms),
        "connections": {
            "all": int(value("parlor_connections") or 0),
            "players": sum(len(room.fanout.players) for room in rooms),
            "spectators": sum(room.spectators for room in rooms),
            "lobby": int(value("parlor_lobby_listeners") or 0),
            "replays": int(value("parlor_replay_viewers") or 0),
        },
        **services.vitals.tell(),
    }


@router.get("/rooms")
async def list_rooms(
    services: With,
    stage: Stage | None = None,
    game: Annotated[str | None, Query(pattern=r"^[^\x00]*$", description="of this game only")] = None,
    search: Annotated[str | None, Query(max_length=64, description="part of an id, a join code or a name")] = None,
    limit: Page = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The rooms in memory, private ones too, the newest first."""
    known = sorted((room for room in services.directory if room.told_table is not None), key=_id, reverse=True)
    before = None if cursor is None else str(_PAGES.decode(cursor)[0])
    lines = (moderation.summary(room) for room in known if before is None or room.game_id < before)
    fitting = [line for line in lines if _fits(line, stage, game, search)]
    items, following = _PAGES.cut(fitting, limit, lambda line: (line["game_id"],))
    return {"items": items, "total": len(fitting), "next_cursor": following}


@router.get("/rooms/{game_id}")
async def read_room(request: Request, services: With, game_id: str, reveal: bool = False) -> dict[str, Any]:
    """One room in memory, as those who watch it see it. `reveal`: also every hand; that is written down."""
    room = _in_memory(services, game_id)
    if reveal:
        await _write_down(request, services, "reveal", room, "looked at all hands")
    return moderation.details(room, reveal=reveal)


@router.post("/rooms/{game_id}/pause")
async def pause_room(request: Request, services: With, game_id: str, why: Why) -> dict[str, Any]:
    """Let a room stand still, as in an outage, until `resume`."""
    room = await _room(services, game_id)
    if room.pauses.held or room.table.is_over:
        raise Refused(409, ErrorCode.INVALID_PHASE, "the room is paused already, or over")
    await _write_down(request, services, "pause", room, why.reason)
    room.pauses.hold()
    return moderation.summary(room)


@router.post("/rooms/{game_id}/resume")
async def resume_room(request: Request, services: With, game_id: str, why: Why) -> dict[str, Any]:
    """Let it go on."""
    room = await _room(services, game_id)
    if not room.pauses.held:
        raise Refused(409, ErrorCode.INVALID_PHASE, "no operator has paused this room")
    await _write_down(request, services, "resume", room, why.reason)
    if room.pauses.held:
        room.pauses.release()
    return moderation.summary(room)


@router.post("/rooms/{game_id}/close")
async def close_room(request: Request, services: With, game_id: str, why: Why) -> dict[str, Any]:
    """End a room before its game is over: `game_aborted`, for good, and it counts nowhere."""
    room = await _room(services, game_id)
    _decided(moderation.closing(room.table))
    await _write_down(request, services, "close", room, why.reason)
    await _impose(room, moderation.closing(room.table))
    if room.pauses.held:
        room.pauses.release()
    return moderation.summary(room)


@router.post("/rooms/{game_id}/kick")
async def kick_player(request: Request, services: With, game_id: str, wish: Kick) -> dict[str, Any]:
    """Put somebody out of a room for good; in the lobby a bot too."""
    room = await _room(services, game_id)
    player_id = known_id(wish.player_id, "player_not_found", "player")
    _decided(moderation.removal(room.table, player_id))
    await _write_down(request, services, "kick", room, wish.reason, player_id)
    await _impose(room, moderation.removal(room.table, player_id))
    return moderation.summary(room)


@router.post("/rooms/{game_id}/message")
async def tell_room(request: Request, services: With, game_id: str, notice: Notice) -> dict[str, Any]:
    """Show a text to everybody who is in the room now."""
    room = _in_memory(services, game_id)
    await _write_down(request, services, "message", room, notice.text)
    room.fanout.broadcast(frames.notice(notice.text, services.kernel.clock.now_ms()))
    return moderation.summary(room)


@router.get("/actions")
async def list_actions(
    services: With,
    game_id: str | None = None,
    limit: Page = 50,
    before: Annotated[int | None, Query(ge=1, lt=2**63, description="only older ones than this action")] = None,
) -> dict[str, Any]:
    """What operators have done and looked at, the newest first. `next` is the `before` to go on with."""
    about = None if game_id is None else known_id(game_id, "room_not_found", "room")
    actions, following = await operator_actions.newest(
        services.kernel.database, game_id=about, before=before, limit=limit
    )
    return {"items": [{**asdict(action), "at": action.at.isoformat()} for action in actions], "next": following}


async def _write_down(
    request: Request, services: Services, action: Kind, room: Room, reason: str, player_id: str | None = None
) -> None:
    address = request.state.address
    about = {"address": address, "action": action, "game_id": room.game_id, "player_id": player_id, "reason": reason}
    await operator_actions.add(services.kernel.database, address, action, room.game_id, player_id, reason)
    _log.warning("an operator acts", extra=about)


async def _impose(room: Room, decided: Event | Refusal) -> None:
    """Bring it about, and wait until it is committed."""
    async with database_deadline():
        room.impose((_decided(decided),))
        await room.wait_committed()


def _decided(outcome: Event | Refusal) -> Event:
    if not isinstance(outcome, Refusal):
        return outcome
    if outcome.code == "player_not_found":
        raise Refused(404, outcome.code, outcome.message, outcome.field)
    raise refused(outcome)


def _in_memory(services: Services, game_id: str) -> Room:
    room = services.directory.find(known_id(game_id, "room_not_found", "room"))
    if room is None or room.told_table is None:
        raise Refused(404, "room_not_found", "no such room in memory")
    return room


async def _room(services: Services, game_id: str) -> Room:
    """Also one that has left the memory."""
    room = await services.directory.get(known_id(game_id, "room_not_found", "room"))
    if room is None or room.told_table is None:
        raise Refused(404, "room_not_found", "no such room")
    return room


def _id(room: Room) -> str:
    return room.game_id


def _fits(line: dict[str, Any], stage: Stage | None, game: str | None, search: str | None) -> bool:
    if game is not None and line["game"] != game:
        return False
    if stage is not None and (line["paused"] is None if stage == "paused" else line["stage"] != stage):
        return False
    texts = (line["game_id"], line["join_code"], *(player["display_name"] for player in line["players"]))
    return search is None or any(search.lower() in text.lower() for text in texts)
