"""The name and looks of players who are not members of a room yet."""

from __future__ import annotations

from persistence.database import Database
from persistence.play import players
from server.errors import Refused
from server.games.rules import PlayerId
from server.games.table_events import Profile


class Profiles:
    """Reads the players table. (The profiles of members are part of their room's state.)"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, player_id: PlayerId) -> Profile:
        """Raises `Refused` (401) for a player who is not in the database, PersistenceError if it is away."""
        row = await players.get(self._database, player_id)
        if row is None:
            raise Refused(401, "unauthorized", "this player does not exist")
        return {"display_name": row.display_name, "avatar_seed": row.avatar_seed, "color": row.color}
