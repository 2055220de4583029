"""Demo data: a few finished games between bots, so that a new server has something to look at."""

from __future__ import annotations

import asyncio

from persistence.play import players, statistics
from server.games.rules import Refusal
from server.lobby.opening import first_joins, room_config
from server.play.service.services import Services
from server.rooms.directory import NewRoom

GAMES = 3


async def make(services: Services) -> None:
    """Let bots play GAMES games, unless the database has games already. Takes less than a second."""
    bots = services.directory.bots
    if (await statistics.get_lifetime(services.database, bots["steady", 1].player_id)).games_played:
        return
    row = await players.create(services.database, display_name="Demo", avatar_seed="demo", color="#8e44ad")
    profile = {"display_name": row.display_name, "avatar_seed": row.avatar_seed, "color": row.color}
    game = services.registry.default
    config = room_config(game, {"rounds": 10}, bots_alone=True)
    assert not isinstance(config, Refusal)  # the settings above are within their bounds
    joins = first_joins(
        game,
        config,
        row.id,
        profile,
        spectator=True,
        bots=4,
        level=None,
        identities=bots,
    )
    assert not isinstance(joins, Refusal)  # there are seats for four
    new = NewRoom(game, config, row.id, joins, is_public=True)
    rooms = [await services.directory.create(new) for _ in range(GAMES)]
    await asyncio.gather(*(room.wait_over() for room in rooms))
