"""Games, running and finished: what happened, how it stood at any moment, whether it was fair."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from persistence.ids import new_game_id
from persistence.play import statistics
from server.api.answers import events_answer, events_format, refused
from server.api.guard import MaybeWithCaller, WithCaller, known_id
from server.errors import Refused
from server.games.catalogue import describe
from server.games.rules import Refusal
from server.games.table import config_data, view_players
from server.play import limits
from server.play.routes.context import With, ws_url
from server.play.service.services import Services
from server.replays.access import viewer_of
from server.replays.forking import Taker, fork, write
from server.replays.reader import Seen
from server.replays.recordings import state_answer
from server.sessions.caller import Caller, id_of

router = APIRouter(prefix="/api/games", tags=["games"])

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_NEVER = {"Cache-Control": "no-store"}

Index = Annotated[int | None, Query(ge=0)]


@router.get("")
async def list_games(services: With) -> dict[str, Any]:
    """The installed games, with all that may be known before playing; `config`: of a room that sets nothing."""
    items = [{**describe(game), "config": config_data(game.config())} for game in services.registry]
    return {"items": items}


@router.get("/{game_id}")
async def read_game(services: With, caller: MaybeWithCaller, game_id: str) -> dict[str, Any]:
    """Status, players, config and head; the summary once it is completed."""
    seen = await _seen(services, game_id, caller)
    row = seen.row
    state = seen.state or (await services.reader.recording(row).at(row.last_event_index)).state
    summary = await statistics.get_summary(services.database, row.id) if row.status == "completed" else None
    return {
        "game_id": row.id,
        "game": row.game,
        "rules_version": row.rules_version,
        "status": row.status,
        "players": view_players(state.table),
        "config": row.config,
        "head": row.last_event_index,
        "created_at": row.created_at.isoformat(),
        "started_at": None if row.started_at is None else row.started_at.isoformat(),
        "completed_at": None if row.completed_at is None else row.completed_at.isoformat(),
        "rematch_of": row.rematch_of,
        "forked_from": state.table.forked_from,
        "summary": None if summary is None else asdict(summary),
    }


@router.get("/{game_id}/events")
async def read_events(
    request: Request,
    services: With,
    caller: MaybeWithCaller,
    game_id: str,
    first: Annotated[int, Query(alias="from", ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=limits.EVENTS_PAGE_MAX)] = 500,
    viewer: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """Events from index `from` on. A completed game shows everything, or what `as` saw; a running one what the caller
    may see. `next` is the index to go on with, null at the end."""
    seen = await _seen(services, game_id, caller)
    row = seen.row
    last = min(row.last_event_index, first + limit - 1)
    following = last + 1 if last < row.last_event_index else None
    if seen.state is not None:
        # Who is asking is decided by how the room stands now, whatever part of its past is asked for.
        eyes = viewer_of(seen.state.table, id_of(caller), viewer)
        items = await services.reader.events(seen, first, last, eyes, everything=False)
        return events_answer(request, items, following, _NEVER)
    tag = _tag(row.id, row.last_event_index, first, limit, viewer, events_format(request))
    headers = {**_FOREVER, "ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    items = await services.reader.events(seen, first, last, viewer, everything=viewer is None)
    return events_answer(request, items, following, headers)


@router.get("/{game_id}/state")
async def read_state(
    request: Request,
    services: With,
    caller: MaybeWithCaller,
    game_id: str,
    at: Index = None,
    viewer: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """The view after event `at` (default: the newest); of a completed game also the hash of the whole state."""
    seen = await _seen(services, game_id, caller)
    row = seen.row
    index = row.last_event_index if at is None else at
    if index > row.last_event_index:
        raise Refused(422, "invalid_request", f"at: the last event is {row.last_event_index}", "at")
    if seen.state is None:
        tag = _tag(row.id, index, viewer, id_of(caller))
        headers = {**_FOREVER, "Vary": "Authorization", "ETag": tag} if at is not None else _NEVER
        if at is not None and tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        recording = services.reader.recording(row)
        past = state_answer(recording, await recording.at(index), viewer, id_of(caller))
        return Response(orjson.dumps(past), headers=headers, media_type="application/json")
    view = await services.reader.state_at(seen, index, viewer)
    return Response(orjson.dumps({"index": index, "view": view}), headers=_NEVER, media_type="application/json")


@router.get("/{game_id}/fairness")
async def read_fairness(services: With, caller: MaybeWithCaller, game_id: str) -> dict[str, Any]:
    """The commitment and, as far as it may be known, what it was a commitment to."""
    return await services.reader.fairness(await _seen(services, game_id, caller))


def _tag(*asked: str | int | None) -> str:
    """The ETag of an answer that depends on nothing else; a hash, because clients choose some of it."""
    return f'"{hashlib.sha256(orjson.dumps(asked)).hexdigest()[:32]}"'


class ForkWish(BaseModel):
    """`at`: the event to go on from; what followed from it at once is part of it. `seat`: the one to take."""

    at: Annotated[int, Field(strict=True, ge=0)]
    seat: Annotated[int | None, Field(strict=True, ge=0)] = None


@router.post("/{game_id}/fork", status_code=201)
async def fork_game(
    request: Request, services: With, caller: WithCaller, game_id: str, wish: ForkWish
) -> dict[str, Any]:
    """A private room, going on from the middle of a completed game; bots hold the other seats, nothing is counted."""
    seen = await _seen(services, game_id, caller)
    if seen.state is not None:
        raise Refused(409, "invalid_phase", "only a completed game can be forked")
    row = seen.row
    taker = Taker(caller.player_id, await services.profiles.get(caller.player_id), wish.seat)
    records = await services.reader.log(row)
    game, codec, now_ms = services.registry.game(row.game), services.registry.codec(row.game), services.clock.now_ms()
    # In a thread: it goes through the whole game, rule by rule.
    made = await asyncio.to_thread(
        fork, game, codec, records, new_game_id(), wish.at, taker, services.directory.bots, now_ms
    )
    if isinstance(made, Refusal):
        raise refused(made)
    room = await services.directory.take_in(caller.player_id, lambda code: write(made, code, now_ms))
    return {
        "game_id": room.game_id,
        "join_code": room.join_code,
        "ws_url": ws_url(request, services, room.game_id),
        "seat": made.seat,
        "at": made.at,
    }


async def _seen(services: Services, game_id: str, caller: Caller | None) -> Seen:
    """The game as far as `caller` may know of it."""
    seen = await services.reader.see(known_id(game_id, "room_not_found", "game"), id_of(caller))
    if seen is None:
        raise Refused(404, "room_not_found", "no such game")
    return seen
