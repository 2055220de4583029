"""Games and rooms: the tables `play.games` and `play.room_directory`.

The `Write`s go with an append of the event log; the functions are for everything that happens outside of a room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from persistence import driver
from persistence.database import Database, Row
from persistence.page import Keyset

_sql = driver.load(Path(__file__).with_suffix(".sql"))
_PAGES = Keyset(UUID)  # id


@dataclass(frozen=True, slots=True)
class GameRow:
    """A game, with its directory entry (all of that None if it has none). Times are UTC."""

    id: str
    game: str
    rules_version: int
    config: dict[str, Any]
    status: str
    session_seed: str = field(repr=False)
    last_event_index: int
    epoch: int
    owner: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    rematch_of: str | None
    join_code: str | None
    is_public: bool | None
    max_players: int | None
    current_players: int | None
    closed_at: datetime | None
    fill_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGame:
    """Write: a game that begins, owned by `owner` under epoch 1, and its room. Goes with the append of event 0.

    A join code that an open room has already, or a rematch that exists already, refuses the whole append.
    """

    before: ClassVar[bool] = True

    game_id: str
    game: str
    rules_version: int
    config: Mapping[str, Any]
    session_seed: str = field(repr=False)
    owner: str
    join_code: str
    is_public: bool
    max_players: int
    at_ms: int
    current_players: int = 0
    rematch_of: str | None = None
    fill_at_ms: int | None = None

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        await _sql.new_game(
            connection,
            id=self.game_id,
            game=self.game,
            rules_version=self.rules_version,
            config=dict(self.config),
            session_seed=self.session_seed,
            owner=self.owner,
            rematch_of=self.rematch_of,
            at_ms=self.at_ms,
        )
        await _sql.new_room(
            connection,
            game_id=self.game_id,
            join_code=self.join_code.upper(),
            is_public=self.is_public,
            max_players=self.max_players,
            current_players=self.current_players,
            at_ms=self.at_ms,
            fill_at_ms=self.fill_at_ms,
        )


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Write: `in_progress` (the game starts) or `aborted` (it ends without a result; the room closes).

    `completed` belongs to `stats.Completion`, because it needs a summary in the same transaction.
    """

    before: ClassVar[bool] = False

    game_id: str
    status: str
    at_ms: int

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        await _sql.change_status(connection, game_id=self.game_id, status=self.status, at_ms=self.at_ms)


@dataclass(frozen=True, slots=True)
class SeatsChanged:
    """Write: how many seats of a room are taken."""

    before: ClassVar[bool] = False

    game_id: str
    current_players: int

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        await _sql.change_seats(connection, game_id=self.game_id, current_players=self.current_players)


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """Write: the settings of a room were changed. `is_public` None: as it was."""

    before: ClassVar[bool] = False

    game_id: str
    config: Mapping[str, Any]
    max_players: int
    is_public: bool | None

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        await _sql.change_settings(
            connection,
            game_id=self.game_id,
            config=dict(self.config),
            max_players=self.max_players,
            is_public=self.is_public,
        )


@dataclass(frozen=True, slots=True)
class RoomClosed:
    """Write: a room leaves the directory; its join code is free again. Once is enough, twice does no harm."""

    before: ClassVar[bool] = False

    game_id: str
    at_ms: int

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        await _sql.close_room(connection, game_id=self.game_id, at_ms=self.at_ms)


async def claim(db: Database, game_id: str, owner: str) -> GameRow | None:
    """Take a game over: a higher epoch fences the previous owner. None: no such game."""
    return _game(await db.one(_sql.claim, game_id=game_id, owner=owner))


async def get_game(db: Database, game_id: str) -> GameRow | None:
    """One game, None if there is no such."""
    return _game(await db.one(_sql.get_game, game_id=game_id))


async def newest_event_until(db: Database, game_id: str, until_ms: int) -> int:
    """The index of the newest event that happened at `until_ms` (since 1970) or before; 0 if there is none."""
    index: int | None = await db.one(_sql.newest_event_until, game_id=game_id, until_ms=until_ms)
    return index or 0


async def find_open_by_code(db: Database, join_code: str) -> str | None:
    """The id of the open room with this join code, in whatever case it was typed."""
    return _text(await db.one(_sql.find_open_by_code, join_code=join_code.strip().upper()))


async def find_rematch(db: Database, game_id: str) -> str | None:
    """The id of the game that was made as the rematch of this one."""
    return _text(await db.one(_sql.find_rematch, game_id=game_id))


async def list_running(db: Database) -> list[str]:
    """Ids of the games under way, the oldest first, without those whose last event is `game_paused`."""
    return [str(row[0]) for row in await db.fetch(_sql.list_running)]


async def list_filling(db: Database) -> list[str]:
    """Ids of the games that have not begun and whose free seats bots are to take, the oldest first."""
    return [str(row[0]) for row in await db.fetch(_sql.list_filling)]


async def list_public(
    db: Database,
    *,
    game: str | None = None,
    status: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[GameRow], str | None]:
    """Open public rooms, the newest first, and the cursor of the next page (None: this was the last).

    Raises MalformedCursor.
    """
    (before,) = (None,) if cursor is None else _PAGES.decode(cursor)
    rows = await db.fetch(_sql.list_public, game=game, status=status, before=before, limit=limit + 1)
    page, following = _PAGES.cut([_game_row(row) for row in rows], limit, lambda row: (row.id,))
    return page, following


async def list_these(db: Database, game_ids: Sequence[str]) -> list[GameRow]:
    """Those of these games that `list_public` would list."""
    return [_game_row(row) for row in await db.fetch(_sql.list_these, ids=list(game_ids))]


async def ensure_partitions(db: Database, months_ahead: int) -> None:
    """Make the event log's partitions of this month and the `months_ahead` next ones; those that exist stay."""
    await db.one(_sql.ensure_partitions, months_ahead=months_ahead)


def _game(row: Row | None) -> GameRow | None:
    return None if row is None else _game_row(row)


def _game_row(row: Row) -> GameRow:
    values = {name: row[name] for name in GameRow.__slots__}
    return GameRow(**values | {"id": str(row["id"]), "rematch_of": _text(row["rematch_of"])})


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
