"""Players: guests and profiles."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from persistence.errors import Conflict
from persistence.play import players
from persistence.play.players import PlayerRow
from server.api.answers import refused
from server.api.guard import WithCaller, known_id
from server.errors import Refused
from server.games.table_commands import profile_problem
from server.play.routes.context import With

router = APIRouter(prefix="/api/players", tags=["players"])

_COLORS = ("#c0392b", "#2471a3", "#1e8449", "#b7950b", "#7d3c98", "#ba4a00", "#117864", "#5d6d7e")


class ProfileChange(BaseModel):
    """What is not given stays as it is."""

    display_name: str | None = Field(default=None, description="1 to 24 characters")
    avatar_seed: str | None = Field(default=None, description="1 to 64 characters; the avatar is drawn from it")
    color: str | None = Field(default=None, description="#rrggbb")


class NewPlayer(ProfileChange):
    user_id: str | None = Field(
        default=None, min_length=1, max_length=200, description="an identity of your own, unique"
    )


@router.post("", status_code=201)
async def create_guest(services: With, wish: NewPlayer | None = None) -> dict[str, Any]:
    """A guest. The token is the bearer for everything else."""
    given = wish or NewPlayer.model_validate({})
    _check(given)
    if given.user_id is not None and "\x00" in given.user_id:
        raise Refused(422, "invalid_request", "user_id may not contain NUL", "user_id")
    try:
        row = await players.create(
            services.database,
            display_name=given.display_name or f"Guest {secrets.randbelow(9000) + 1000}",
            avatar_seed=given.avatar_seed or secrets.token_hex(4),
            color=given.color or secrets.choice(_COLORS),
            user_id=given.user_id,
        )
    except Conflict:
        raise Refused(409, "user_id_taken", "a player with this user_id exists", "user_id") from None
    return {"player_id": row.id, "token": services.tokens.issue(row.id), "profile": _profile(row)}


@router.get("/me")
async def read_me(services: With, caller: WithCaller) -> dict[str, Any]:
    row = await players.get(services.database, caller.player_id)
    if row is None:
        raise _nobody()
    return _profile(row)


@router.patch("/me")
async def change_me(services: With, caller: WithCaller, change: ProfileChange) -> dict[str, Any]:
    """Change the profile that new rooms are told; rooms one is in already take `update_profile`."""
    _check(change)
    row = await players.update(services.database, caller.player_id, **change.model_dump(exclude_none=True))
    if row is None:
        raise _nobody()
    return _profile(row)


@router.get("/{player_id}")
async def read_player(services: With, player_id: str) -> dict[str, Any]:
    return _profile(await known_player(services, player_id))


async def known_player(services: With, player_id: str) -> PlayerRow:
    """A player of whom somebody asks."""
    row = await players.get(services.database, known_id(player_id, "player_not_found", "player"))
    if row is None:
        raise Refused(404, "player_not_found", "no such player")
    return row


def _nobody() -> Refused:
    return Refused(401, "unauthorized", "this player does not exist")


def _check(change: ProfileChange) -> None:
    problem = profile_problem(change.display_name, change.avatar_seed, change.color)
    if problem is not None:
        raise refused(problem)


def _profile(row: PlayerRow) -> dict[str, Any]:
    return {
        "player_id": row.id,
        "display_name": row.display_name,
        "avatar_seed": row.avatar_seed,
        "color": row.color,
        "is_bot": row.is_bot,
    }
