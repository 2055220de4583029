"""Players: the table `play.players`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from persistence import driver
from persistence.database import Database, Row

_sql = driver.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class PlayerRow:
    """A player: a guest, somebody with an account (`user_id`), or a bot. The times (UTC) are set by the database."""

    id: str
    display_name: str
    avatar_seed: str
    color: str
    is_bot: bool = False
    user_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """Write: a player's new profile; None leaves a field as it is."""

    before: ClassVar[bool] = False

    player_id: str
    display_name: str | None = None
    avatar_seed: str | None = None
    color: str | None = None

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        await _sql.update(
            connection,
            id=self.player_id,
            display_name=self.display_name,
            avatar_seed=self.avatar_seed,
            color=self.color,
        )


async def create(
    db: Database, *, display_name: str, avatar_seed: str, color: str, user_id: str | None = None
) -> PlayerRow:
    """A new player. Raises Conflict if `user_id` has one already."""
    return _player_row(
        await db.one(_sql.create, display_name=display_name, avatar_seed=avatar_seed, color=color, user_id=user_id)
    )


async def get(db: Database, player_id: str) -> PlayerRow | None:
    """One player, None if there is no such."""
    return _player(await db.one(_sql.get, id=player_id))


async def find_by_user(db: Database, user_id: str) -> PlayerRow | None:
    """The player of an account, None if it has none."""
    return _player(await db.one(_sql.find_by_user, user_id=user_id))


async def get_many(db: Database, player_ids: Sequence[str]) -> dict[str, PlayerRow]:
    """Those of the players that exist, by id."""
    rows = await db.fetch(_sql.get_many, ids=list(player_ids))
    return {player.id: player for player in map(_player_row, rows)}


async def update(
    db: Database,
    player_id: str,
    *,
    display_name: str | None = None,
    avatar_seed: str | None = None,
    color: str | None = None,
) -> PlayerRow | None:
    """Change what is given. None: no such player."""
    changed = await db.one(_sql.update, id=player_id, display_name=display_name, avatar_seed=avatar_seed, color=color)
    return _player(changed)


async def ensure_bots(db: Database, bots: Sequence[PlayerRow]) -> None:
    """Let these bots exist under the ids and with the profiles given."""
    await db.one(
        _sql.ensure_bots,
        ids=[bot.id for bot in bots],
        names=[bot.display_name for bot in bots],
        avatars=[bot.avatar_seed for bot in bots],
        colors=[bot.color for bot in bots],
    )


def _player(row: Row | None) -> PlayerRow | None:
    return None if row is None else _player_row(row)


def _player_row(row: Row) -> PlayerRow:
    return PlayerRow(**{**row, "id": str(row["id"])})
