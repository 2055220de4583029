"""Matchmaking tickets: the table `play.matchmaking_tickets`.

A ticket is matched, and the seat that it has is given up, in the transaction that says so in the room's log; those are
the `Write`s. A ticket that is `matched` has therefore a seat, and one seat only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Literal

from persistence import driver
from persistence.database import Database, Row
from persistence.errors import Conflict

_sql = driver.load(Path(__file__).with_suffix(".sql"))

Status = Literal["waiting", "matched", "cancelled", "expired"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """`game_id` and `seat`: once it is matched. `game_status`, `fill_at`: of that game. Times are UTC."""

    id: str
    status: Status
    game_id: str | None
    seat: int | None
    created_at: datetime
    game_status: str | None
    fill_at: datetime | None


@dataclass(frozen=True, slots=True)
class TicketMatched:
    """Write: a ticket has its seat. Refuses the append that gives the seat if the ticket has a seat elsewhere.

    A ticket that was given up meanwhile is matched all the same: its player has asked again.
    """

    before: ClassVar[bool] = False

    ticket_id: str
    game_id: str
    seat: int
    at_ms: int

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        matched = await _sql.match_ticket(
            connection, id=self.ticket_id, game_id=self.game_id, seat=self.seat, at_ms=self.at_ms
        )
        if matched is None:
            raise Conflict("one seat a ticket")


@dataclass(frozen=True, slots=True)
class SeatsGivenUp:
    """Write: the seats that tickets have in a game are lost. `player_id` None: all of them."""

    before: ClassVar[bool] = False

    game_id: str
    player_id: str | None
    status: Literal["cancelled", "expired"]

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        await _sql.give_up_seats(connection, game_id=self.game_id, player_id=self.player_id, status=self.status)


async def open_ticket(db: Database, player_id: str, game: str, *, bots: bool, at_ms: int, since_ms: int) -> Ticket:
    """The player's open ticket of this game, made if there is none.

    One with a seat counts as open until its game begins; if the seat was given at or after `since_ms`, until it ends.
    """
    return _ticket(
        await db.one(_sql.open_ticket, player_id=player_id, game=game, bots=bots, at_ms=at_ms, since_ms=since_ms)
    )


async def newest_ticket(db: Database, player_id: str, game: str) -> Ticket | None:
    """The player's last ticket of this game, None if there never was one."""
    row = await db.one(_sql.newest_ticket, player_id=player_id, game=game)
    return None if row is None else _ticket(row)


async def close_ticket(db: Database, ticket: Ticket, status: Literal["cancelled", "expired"]) -> None:
    """End a ticket. One that has become something else meanwhile stays what it is."""
    await db.one(_sql.close_ticket, id=ticket.id, was=ticket.status, status=status)


async def expire_tickets(db: Database, before_ms: int) -> int:
    """End the waiting tickets that nobody has asked for since `before_ms`; returns how many there were."""
    return len(await db.fetch(_sql.expire_tickets, before_ms=before_ms))


def _ticket(row: Row) -> Ticket:
    values = {name: row[name] for name in Ticket.__slots__}
    game_id = None if row["game_id"] is None else str(row["game_id"])
    return Ticket(**values | {"id": str(row["id"]), "game_id": game_id})
