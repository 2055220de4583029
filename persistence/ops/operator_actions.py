"""The audit log of the operators: the table `play.operator_actions`. Rows are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from persistence import driver
from persistence.database import Database

_sql = driver.load(Path(__file__).with_suffix(".sql"))

Kind = Literal["reveal", "pause", "resume", "close", "kick", "message"]


@dataclass(frozen=True, slots=True)
class ActionRow:
    """`id` grows with time. `player_id`: who was kicked. `reason`: in the operator's words; of a message its text."""

    id: int
    at: datetime
    address: str
    action: Kind
    game_id: str
    player_id: str | None
    reason: str


async def add(db: Database, address: str, action: Kind, game_id: str, player_id: str | None, reason: str) -> None:
    """Record one action. Raises PersistenceError."""
    await db.one(_sql.add_action, address=address, action=action, game_id=game_id, player_id=player_id, reason=reason)


async def newest(
    db: Database, *, game_id: str | None, before: int | None, limit: int
) -> tuple[list[ActionRow], int | None]:
    """Actions, the newest first, and the `before` to go on with (None: there are no more)."""
    rows = await db.fetch(_sql.list_actions, game_id=game_id, before=before, limit=limit + 1)
    actions = [
        ActionRow(
            row["id"],
            row["at"],
            row["address"],
            row["action"],
            str(row["game_id"]),
            None if row["player_id"] is None else str(row["player_id"]),
            row["reason"],
        )
        for row in rows[:limit]
    ]
    return actions, actions[-1].id if len(rows) > limit else None
