"""Matchmaking: ask for a seat, look what became of it, give it up."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from persistence.play.tickets import Ticket
from server.api.guard import WithCaller
from server.play.routes.context import With, known_game, ws_url
from server.play.service.services import Services

router = APIRouter(prefix="/api", tags=["matchmaking"])

TicketGame = Annotated[str | None, Query(description="the game that the seat was asked for in")]


class Matchmake(BaseModel):
    game: str | None = None
    bots: int = Field(default=0, ge=0, description="true or 1: do not wait, bots take the free seats at once")


@router.post("/matchmake")
async def matchmake(
    request: Request, services: With, caller: WithCaller, wish: Matchmake | None = None
) -> dict[str, Any]:
    """A seat in the fullest open public room; bots take the free seats when nobody else comes."""
    wanted = wish or Matchmake()
    game = known_game(services, wanted.game)
    profile = await services.profiles.get(caller.player_id)
    room, seat = await services.matchmaker.place(game, caller.player_id, profile, bots=bool(wanted.bots))
    return {"game_id": room.game_id, "seat": seat, "ws_url": ws_url(request, services, room.game_id)}


@router.get("/matchmake")
async def read_ticket(request: Request, services: With, caller: WithCaller, game: TicketGame = None) -> dict[str, Any]:
    """What became of the caller's newest ticket."""
    ticket = await services.matchmaker.ticket(caller.player_id, known_game(services, game).name)
    return _shown(request, services, ticket)


@router.delete("/matchmake")
async def cancel_ticket(
    request: Request, services: With, caller: WithCaller, game: TicketGame = None
) -> dict[str, Any]:
    """Give the ticket up; the seat too, as long as the game has not begun."""
    ticket = await services.matchmaker.cancel(caller.player_id, known_game(services, game).name)
    return _shown(request, services, ticket)


def _shown(request: Request, services: Services, ticket: Ticket) -> dict[str, Any]:
    shown: dict[str, Any] = {"status": ticket.status, "created_at": ticket.created_at.isoformat()}
    if ticket.status == "matched" and ticket.game_id is not None:
        shown |= {"game_id": ticket.game_id, "seat": ticket.seat, "ws_url": ws_url(request, services, ticket.game_id)}
        if ticket.game_status == "created" and ticket.fill_at is not None:
            shown["fill_at"] = ticket.fill_at.isoformat()
    return shown
