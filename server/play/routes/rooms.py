"""Rooms: open one, list them, take a seat."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from persistence.play import games
from persistence.play.games import GameRow
from server import limits
from server.api.answers import refused
from server.api.guard import WithCaller, known_id
from server.errors import Refused
from server.games.rules import Refusal
from server.lobby.entry import listed
from server.lobby.opening import first_joins, room_config
from server.play.routes.context import GameName, With, known_game, ws_url
from server.play.service.services import Services
from server.rooms.directory import NewRoom
from server.rooms.room import Room

router = APIRouter(prefix="/api", tags=["rooms"])

Role = Literal["player", "spectator"]


class WantedRoom(BaseModel):
    game: str | None = Field(default=None, description="the name of an installed game; none: the featured one")
    config: dict[str, Any] = Field(default_factory=dict, description="settings; what is not given has its default")
    is_public: bool = Field(default=True, description="listed, and open to spectators")
    bots: int = Field(default=0, ge=0, description="bots that sit down at once")
    bot_level: str | None = Field(default=None, description="how well they play")
    autostart: bool | None = Field(default=None, description="start as soon as min_players are seated")
    role: Role = Field(default="player", alias="as", description="spectator: a room of bots alone, at least 2")


class Join(BaseModel):
    role: Role = "player"


class JoinByCode(Join):
    join_code: str = Field(min_length=1, max_length=20)


@router.post("/rooms", status_code=201)
async def create_room(request: Request, services: With, caller: WithCaller, wanted: WantedRoom) -> dict[str, Any]:
    """A new room; the caller is host and has seat 0, unless they only watch."""
    game = known_game(services, wanted.game)
    spectator = wanted.role == "spectator"
    given = wanted.config if wanted.autostart is None else {**wanted.config, "autostart": wanted.autostart}
    config = room_config(game, given, bots_alone=spectator)
    if isinstance(config, Refusal):
        raise refused(config)
    profile = await services.profiles.get(caller.player_id)
    joins = first_joins(
        game,
        config,
        caller.player_id,
        profile,
        spectator=spectator,
        bots=wanted.bots,
        level=wanted.bot_level,
        identities=services.directory.bots,
    )
    if isinstance(joins, Refusal):
        raise refused(joins)
    room = await services.directory.create(NewRoom(game, config, caller.player_id, joins, wanted.is_public))
    return {
        "game_id": room.game_id,
        "join_code": room.join_code,
        "ws_url": ws_url(request, services, room.game_id),
        "seat": None if spectator else 0,
    }


@router.get("/rooms")
async def list_rooms(
    services: With,
    game: GameName = None,
    status: Literal["created", "in_progress"] | None = None,
    limit: Annotated[int, Query(ge=1, le=limits.PAGE_ITEMS_MAX)] = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The public rooms that are open or being played in, newest first."""
    rows, following = await games.list_public(services.database, game=game, status=status, limit=limit, cursor=cursor)
    return {"items": [_listed(services, row) for row in rows], "next_cursor": following}


@router.get("/rooms/{game_id}")
async def read_room(services: With, caller: WithCaller, game_id: str) -> dict[str, Any]:
    """One room; a private one to its members only."""
    row = await games.get_game(services.database, _id(game_id))
    if row is None:
        raise _not_found()
    if not row.is_public:
        room = await services.directory.get(row.id)
        if room is None or not room.is_member(caller.player_id):
            raise _not_found()
    return _listed(services, row)


@router.post("/rooms/{game_id}/join")
async def join_room(
    request: Request, services: With, caller: WithCaller, game_id: str, wish: Join | None = None
) -> dict[str, Any]:
    """A seat in a public room, or again in one's own. (Private rooms are joined by their code.)"""
    room = await services.directory.get(_id(game_id))
    if room is None:
        raise _not_found()
    if not room.is_public and not room.is_member(caller.player_id):
        raise Refused(403, "forbidden", "this room is private: join with its code")
    return await _join(request, services, caller.player_id, room, "player" if wish is None else wish.role)


@router.post("/join")
async def join_by_code(request: Request, services: With, caller: WithCaller, wish: JoinByCode) -> dict[str, Any]:
    """A seat in the open room with this code."""
    game_id = await games.find_open_by_code(services.database, wish.join_code.strip().upper().replace("\x00", ""))
    room = None if game_id is None else await services.directory.get(game_id)
    if room is None:
        raise _not_found()
    return await _join(request, services, caller.player_id, room, wish.role)


async def _join(request: Request, services: Services, caller: str, room: Room, role: Role) -> dict[str, Any]:
    profile = room.profile(caller) or await services.profiles.get(caller)
    # A public room is watched without being a member of it; in a private one membership is the right to watch.
    if role == "spectator" and room.is_public:
        if not room.admits(caller, role):
            raise Refused(403, "forbidden", "this player was removed from the room")
        seat = None
    else:
        seat = await room.join(caller, profile, spectator=role == "spectator")
    return {"game_id": room.game_id, "seat": seat, "ws_url": ws_url(request, services, room.game_id)}


def _listed(services: Services, row: GameRow) -> dict[str, Any]:
    room = services.directory.find(row.id)
    return listed(row, 0 if room is None else room.spectators, services.clock.now_ms())


def _id(game_id: str) -> str:
    return known_id(game_id, "room_not_found", "room")


def _not_found() -> Refused:
    return Refused(404, "room_not_found", "no such room")
