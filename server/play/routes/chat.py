"""What was said in a room, for its members, and for those who may watch it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from persistence.play import chat, games
from persistence.play.games import GameRow
from server import limits
from server.api.guard import Caller, known_id
from server.errors import Refused
from server.games.replay import fold
from server.games.table import Table
from server.play.routes.context import With
from server.play.service.services import Services
from server.rooms.audience import frames
from server.rooms.machine.records import stored_record

router = APIRouter(prefix="/api", tags=["rooms"])


@router.get("/rooms/{game_id}/chat")
async def read_chat(
    services: With,
    caller: Caller,
    game_id: str,
    before: Annotated[int | None, Query(ge=1, lt=2**63, description="only older ones than this message")] = None,
    limit: Annotated[int, Query(ge=1, le=limits.PAGE_ITEMS_MAX)] = 50,
) -> dict[str, Any]:
    """Messages, the newest first, without those that were deleted. `next` is the `before` to go on with, null at the
    end. Whoever has no seat is as far behind as those who watch."""
    row = await games.get_game(services.database, known_id(game_id, "room_not_found", "room"))
    if row is None or row.last_event_index < 0 or row.game not in services.registry:
        raise Refused(404, "room_not_found", "no such room")
    table = await _table(services, row)
    member = table.players.get(caller)
    if not row.is_public and (member is None or member.kicked):
        raise Refused(404, "room_not_found", "no such room")
    if member is not None and member.kicked:
        raise Refused(403, "forbidden", "this player was removed from the room")
    seated = member is not None and member.seat is not None
    delay_ms = 0 if seated else table.config.spectator_delay_s * 1000
    until_ms = services.clock.now_ms() - delay_ms if delay_ms else None
    messages, following = await chat.page(services.database, row.id, before=before, until_ms=until_ms, limit=limit)
    return {"items": [frames.said(message) for message in messages], "next": following}


async def _table(services: Services, row: GameRow) -> Table:
    """Who is who in this room now: from memory, or from the log without loading the room."""
    room = services.directory.find(row.id)
    if room is not None and room.told_table is not None:
        return room.told_table
    codec = services.registry.codec(row.game)
    records = [stored_record(codec, stored) async for stored in services.log.read(row.id, 0, row.last_event_index)]
    return fold(services.registry.game(row.game), [record.event for record in records]).table
