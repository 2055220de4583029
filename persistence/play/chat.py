"""The chat of the rooms: the tables `play.chat_messages` and `play.chat_moderation`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persistence import driver
from persistence.database import Database, Query, Row

_sql = driver.load(Path(__file__).with_suffix(".sql"))

_AT_ONCE = 2
"""So many connections of the pool are for the chat; the others are left to HTTP."""


@dataclass(frozen=True, slots=True)
class Message:
    """`id` grows with time. `command_id` and `head`: how it was sent, and with which index that was acknowledged."""

    id: int
    player_id: str
    display_name: str
    text: str
    at_ms: int
    command_id: str
    head: int


@dataclass(frozen=True, slots=True)
class Written:
    """What a command has written: now (`is_new`) or when it came before. `id`: of the message, 0 for other commands."""

    head: int
    is_new: bool
    id: int = 0


class Chats:
    """Every write is one statement, under the epoch of the room's owner. None: another one owns the room by now.

    All raise PersistenceError; whether a write that raised was carried out is not known.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def say(
        self, game_id: str, epoch: int, player_id: str, command_id: str, text: str, *, head: int, at_ms: int
    ) -> Written | None:
        """A message that nobody has deleted yet."""
        return await self._write(
            _sql.say,
            game_id=game_id,
            epoch=epoch,
            player_id=player_id,
            command_id=command_id,
            text=text,
            head=head,
            at_ms=at_ms,
        )

    async def delete(
        self, game_id: str, epoch: int, actor_id: str, command_id: str, message_id: int, *, head: int, at_ms: int
    ) -> Written | None:
        """Take the text of a message away; of one that has none any more as well."""
        return await self._write(
            _sql.delete_message,
            game_id=game_id,
            epoch=epoch,
            actor_id=actor_id,
            command_id=command_id,
            message_id=message_id,
            head=head,
            at_ms=at_ms,
        )

    async def mute(
        self,
        game_id: str,
        epoch: int,
        actor_id: str,
        command_id: str,
        player_id: str,
        *,
        muted: bool,
        head: int,
        at_ms: int,
    ) -> Written | None:
        """From now on the player may not chat in this room, or may again."""
        return await self._write(
            _sql.mute,
            game_id=game_id,
            epoch=epoch,
            actor_id=actor_id,
            command_id=command_id,
            player_id=player_id,
            muted=muted,
            head=head,
            at_ms=at_ms,
        )

    async def author(self, game_id: str, message_id: int) -> str | None:
        """Who said it in this room; None: there is no such message."""
        async with self._turn:
            found = await self._database.one(_sql.author, game_id=game_id, message_id=message_id)
        return None if found is None else str(found)

    async def recent(self, game_id: str, *, shown_ms: int, limit: int) -> list[Message]:
        """The last `limit` messages up to a moment and all that came after it, oldest first."""
        async with self._turn:
            rows = await self._database.fetch(_sql.recent, game_id=game_id, shown_ms=shown_ms, limit=limit)
        return [_message(row) for row in rows]

    async def muted(self, game_id: str) -> set[str]:
        """Who may not chat in this room."""
        async with self._turn:
            rows = await self._database.fetch(_sql.muted, game_id=game_id)
        return {str(row[0]) for row in rows}

    async def _write(self, query: Query, **parameters: Any) -> Written | None:
        async with self._turn:
            row = await self._database.one(query, **parameters)
        return None if row is None else Written(row["head"], row["is_new"], row.get("id", 0))


async def page(
    db: Database, game_id: str, *, before: int | None = None, until_ms: int | None = None, limit: int = 50
) -> tuple[list[Message], int | None]:
    """Messages, newest first, and what `before` must be for the next page (None: this was the last)."""
    rows = await db.fetch(_sql.page, game_id=game_id, before=before, until_ms=until_ms, limit=limit + 1)
    messages = [_message(row) for row in rows[:limit]]
    return messages, messages[-1].id if len(rows) > limit else None


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        player_id=str(row["player_id"]),
        display_name=row["display_name"],
        text=row["text"],
        at_ms=round(row["created_at"].timestamp() * 1000),
        command_id=row["command_id"],
        head=row["head"],
    )
