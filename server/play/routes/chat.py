"""What was said in a room, for its members, and for those who may watch it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from persistence.play import chat
from server import limits
from server.api.guard import WithCaller, known_id
from server.errors import Refused
from server.play.routes.context import With
from server.replays.access import is_member, is_seated, may_look
from server.rooms.audience import frames

router = APIRouter(prefix="/api", tags=["rooms"])


@router.get("/rooms/{game_id}/chat")
async def read_chat(
    services: With,
    caller: WithCaller,
    game_id: str,
    before: Annotated[int | None, Query(ge=1, lt=2**63, description="only older ones than this message")] = None,
    limit: Annotated[int, Query(ge=1, le=limits.PAGE_ITEMS_MAX)] = 50,
) -> dict[str, Any]:
    """Messages, the newest first, without those that were deleted. `next` is the `before` to go on with, null at the
    end. Callers without a seat are as far behind as spectators."""
    row = await services.reader.row(known_id(game_id, "room_not_found", "room"))
    if row is None:
        raise Refused(404, "room_not_found", "no such room")
    table = (await services.reader.newest(row)).table
    if not may_look(row, table, caller.player_id):
        raise Refused(404, "room_not_found", "no such room")
    if caller.player_id in table.players and not is_member(table, caller.player_id):
        raise Refused(403, "forbidden", "this player was removed from the room")
    delay_ms = 0 if is_seated(table, caller.player_id) else table.config.spectator_delay_s * 1000
    until_ms = services.clock.now_ms() - delay_ms if delay_ms else None
    messages, following = await chat.page(services.database, row.id, before=before, until_ms=until_ms, limit=limit)
    return {"items": [frames.said(message) for message in messages], "next": following}
