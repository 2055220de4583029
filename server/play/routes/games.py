"""Games, running and finished: what happened, how it stood at any moment, whether it was fair. Read from the log."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from persistence.ids import new_game_id
from persistence.play import games, statistics
from persistence.play.games import GameRow
from server import limits
from server.api.answers import events_answer, events_format, refused
from server.api.guard import Caller, MaybeCaller, known_id
from server.errors import Refused
from server.games import fairness
from server.games.catalogue import describe
from server.games.replay import fold
from server.games.rules import Refusal, State
from server.games.table import config_data, view_players
from server.play.routes.context import With, ws_url
from server.play.service.services import Services
from server.replays.forking import Taker, fork, write
from server.replays.recordings import past_view, state_answer
from server.rooms.audience.delay import as_watched, may_be_ahead
from server.rooms.audience.fanout import visible
from server.rooms.machine.effects import Record
from server.rooms.machine.records import stored_record

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
async def read_game(services: With, caller: MaybeCaller, game_id: str) -> dict[str, Any]:
    """Status, players, config and head; the summary once it is completed."""
    row = await _row(services, game_id, caller)
    state = _fold(services, row, await _records(services, row, 0, row.last_event_index))
    _may_look(state, row, caller)
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
    caller: MaybeCaller,
    game_id: str,
    first: Annotated[int, Query(alias="from", ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=limits.EVENTS_PAGE_MAX)] = 500,
    viewer: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """Events from index `from` on. A completed game shows everything, or what `as` saw; a running one what the caller
    may see. `next` is the index to go on with, null at the end."""
    row = await _row(services, game_id, caller)
    last = min(row.last_event_index, first + limit - 1)
    following = last + 1 if last < row.last_event_index else None
    headers = _NEVER
    if row.status == "completed":
        tag = _tag(row.id, row.last_event_index, first, limit, viewer, events_format(request))
        headers = {**_FOREVER, "ETag": tag}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if viewer is None:
            return events_answer(request, await _everything(services, row, first, last), following, headers)
        records = await _records(services, row, first, last)
    else:
        # Who is asking is decided by how the room stands now, whatever part of its past is asked for.
        records = await _records(services, row, 0, row.last_event_index)
        state = _fold(services, row, records)
        _may_look(state, row, caller)
        viewer = _viewer(state, caller, viewer)
        records = records[first : last + 1]
    game = services.registry.game(row.game)
    items = []
    for record in records:
        name, data = visible(game, record, viewer)
        items.append({"index": record.index, "name": name, "at": record.at_ms, "data": data})
    return events_answer(request, items, following, headers)


@router.get("/{game_id}/state")
async def read_state(
    request: Request,
    services: With,
    caller: MaybeCaller,
    game_id: str,
    at: Index = None,
    viewer: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """The view after event `at` (default: the newest); of a completed game also the hash of the whole state."""
    row = await _row(services, game_id, caller)
    index = row.last_event_index if at is None else at
    if index > row.last_event_index:
        raise Refused(422, "invalid_request", f"at: the last event is {row.last_event_index}", "at")
    if row.status == "completed":
        tag = _tag(row.id, index, viewer, caller)
        headers = {**_FOREVER, "Vary": "Authorization", "ETag": tag} if at is not None else _NEVER
        if at is not None and tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        recording = services.recordings.of(row)
        past = state_answer(recording, await recording.at(index), viewer, caller)
        return Response(orjson.dumps(past), headers=headers, media_type="application/json")
    if not row.is_public:
        # Who is asking is decided by how the room stands now, whatever moment of its past is asked for.
        _may_look(_fold(services, row, await _records(services, row, 0, row.last_event_index)), row, caller)
    state = _fold(services, row, await _records(services, row, 0, index))
    viewer = _viewer(state, caller, viewer)
    game = services.registry.game(row.game)
    view = _live_view(services, row, index, viewer) or past_view(game, state, viewer, caller, row.join_code)
    return Response(orjson.dumps({"index": index, "view": view}), headers=_NEVER, media_type="application/json")


@router.get("/{game_id}/fairness")
async def read_fairness(services: With, caller: MaybeCaller, game_id: str) -> dict[str, Any]:
    """The commitment and, as far as it may be known, what it was a commitment to."""
    row = await _row(services, game_id, caller)
    records = await _records(services, row, 0, row.last_event_index)
    state = _fold(services, row, records)
    _may_look(state, row, caller)
    table = state.table
    game, events = services.registry.game(row.game), [record.event for record in records]
    answer: dict[str, Any] = {
        "game_id": row.id,
        "scheme": "shuffle-v1",
        "shuffle_game_id": table.shuffle_id,
        "commitment": table.seed_commitment,
        "client_seeds": [],
        "session_seed": None,
        "decks": None,
        "verified": None,
    }
    if row.status != "created":
        answer["client_seeds"] = [
            {"seat": p.seat, "player_id": p.player_id, "client_seed": p.client_seed}
            for p in fairness.seated_at_start(game, events)
        ]
    if row.status == "completed":
        report = fairness.verify(game, events)
        answer["session_seed"] = table.session_seed
        answer["decks"] = [list(deck) for deck in fairness.decks(game, events)]
        answer["verified"] = {
            "ok": report.ok,
            "audited": report.audited,
            "problem": report.problem,
            "event_index": report.event_index,
        }
    return answer


def _tag(*asked: str | int | None) -> str:
    """The ETag of an answer that depends on nothing else; a hash, because clients choose some of it."""
    return f'"{hashlib.sha256(orjson.dumps(asked)).hexdigest()[:32]}"'


class ForkWish(BaseModel):
    """`at`: the event to go on from; what followed from it at once is part of it. `seat`: the one to take."""

    at: Annotated[int, Field(strict=True, ge=0)]
    seat: Annotated[int | None, Field(strict=True, ge=0)] = None


@router.post("/{game_id}/fork", status_code=201)
async def fork_game(request: Request, services: With, caller: Caller, game_id: str, wish: ForkWish) -> dict[str, Any]:
    """A private room, going on from the middle of a completed game; bots hold the other seats, nothing is counted."""
    row = await _row(services, game_id, caller)
    if row.status != "completed":
        _may_look(_fold(services, row, await _records(services, row, 0, row.last_event_index)), row, caller)
        raise Refused(409, "invalid_phase", "only a completed game can be forked")
    taker = Taker(caller, await services.profiles.get(caller), wish.seat)
    records = await _records(services, row, 0, row.last_event_index)
    game, codec, now_ms = services.registry.game(row.game), services.registry.codec(row.game), services.clock.now_ms()
    # In a thread: it goes through the whole game, rule by rule.
    made = await asyncio.to_thread(
        fork, game, codec, records, new_game_id(), wish.at, taker, services.directory.bots, now_ms
    )
    if isinstance(made, Refusal):
        raise refused(made)
    room = await services.directory.take_in(caller, lambda code: write(made, code, now_ms))
    return {
        "game_id": room.game_id,
        "join_code": room.join_code,
        "ws_url": ws_url(request, services, room.game_id),
        "seat": made.seat,
        "at": made.at,
    }


async def _row(services: Services, game_id: str, caller: str | None) -> GameRow:
    """The game as far as `caller` may know of it."""
    row = await games.get_game(services.database, known_id(game_id, "room_not_found", "game"))
    if row is None or row.last_event_index < 0 or row.game not in services.registry:
        raise Refused(404, "room_not_found", "no such game")
    if not may_be_ahead(row, services.clock.now_ms()):
        return row
    records = await _records(services, row, 0, row.last_event_index)
    player = _fold(services, row, records).table.players.get(caller or "")
    if player is not None and player.seat is not None:
        return row
    return as_watched(row, records, services.clock.now_ms())


async def _records(services: Services, row: GameRow, first: int, last: int) -> list[Record]:
    codec = services.registry.codec(row.game)
    if last < first:
        return []
    return [stored_record(codec, stored) async for stored in services.log.read(row.id, first, last)]


async def _everything(services: Services, row: GameRow, first: int, last: int) -> list[dict[str, Any]]:
    """The events with all that they say, for a game that has no secrets any more."""
    plain = services.registry.codec(row.game).plain
    return [
        {"index": stored.index, "name": stored.type, "at": stored.at_ms, "data": plain(stored.type, stored.payload)}
        async for stored in services.log.read(row.id, first, last)
    ]


def _fold(services: Services, row: GameRow, records: list[Record]) -> State[Any]:
    return fold(services.registry.game(row.game), [record.event for record in records])


def _live_view(services: Services, row: GameRow, index: int, viewer: str | None) -> dict[str, Any] | None:
    """The newest view of a running game as its room shows it: with the deadline, which stands in no event."""
    room = services.directory.find(row.id)
    step = None if room is None or row.status == "completed" else room.shown(viewer)
    if room is None or step is None or step.last != index:
        return None
    return room.view(step, viewer)


def _may_look(state: State[Any], row: GameRow, caller: str | None) -> None:
    """A private game that is not completed shows itself to its members only."""
    if row.is_public or row.status == "completed":
        return
    member = None if caller is None else state.table.players.get(caller)
    if member is None or member.kicked:
        raise Refused(404, "room_not_found", "no such game")


def _viewer(state: State[Any] | None, caller: str | None, wanted: str | None) -> str | None:
    """Whose eyes a running game is shown through: one's own, if one has a seat, or nobody's."""
    if wanted is not None and wanted != caller:
        raise Refused(403, "forbidden", "in a running game `as` is allowed only to that player", "as")
    member = None if caller is None or state is None else state.table.players.get(caller)
    return None if member is None or member.seat is None else caller
