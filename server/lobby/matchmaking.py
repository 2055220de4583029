"""Matchmaking: the fullest open public room with a free seat, else a new one; bots fill it when nobody comes.

A request becomes a ticket in the database before a seat is looked for. The ticket is matched in the transaction that
gives the seat. So whatever crashes, a player who asks again has one seat: the same one, or the first one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakValueDictionary

from persistence.database import Database
from persistence.play import tickets
from persistence.play.tickets import SeatsGivenUp, Ticket, TicketMatched
from persistence.write import Write
from server import limits
from server.clock import Clock
from server.errors import Refused, RoomQuarantined, RoomUnavailable
from server.games.rules import Game, PlayerId, Refusal
from server.games.table import Phase, Table
from server.games.table_events import PlayerJoined, Profile
from server.lobby import matching
from server.lobby.open_rooms import OpenRooms
from server.lobby.opening import room_config
from server.metrics import Metrics, TicketOutcome
from server.rooms.directory import Directory, NewRoom
from server.rooms.machine.waiting import database_deadline
from server.rooms.room import Room

_ATTEMPTS = 3


class Matchmaker:
    """The rooms give the seats, synchronously: two people can't get the same seat, nobody waits for the commit of
    another, and people who ask at the same moment meet in one room."""

    def __init__(self, directory: Directory, database: Database, clock: Clock, metrics: Metrics) -> None:
        self._directory = directory
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._open_rooms = OpenRooms()
        self._asking: WeakValueDictionary[tuple[PlayerId, str], asyncio.Lock] = WeakValueDictionary()
        self._uncommitted: WeakValueDictionary[tuple[PlayerId, str], Room] = WeakValueDictionary()
        directory.watch(room=self._room_came)

    async def place(self, game: Game[Any], player_id: PlayerId, profile: Profile, *, bots: bool) -> tuple[Room, int]:
        """A seat for this player, committed. `bots`: fill up with bots at once.

        The player gets the same seat again while it is theirs and its game has not begun, and for TICKET_S after it was
        given. Raises `Refused`, `RoomUnavailable`, PersistenceError.
        """
        async with database_deadline(), self._alone(player_id, game.name):
            await self._wait_for_earlier_request(player_id, game.name)
            for _ in range(_ATTEMPTS):
                now_ms = self._clock.now_ms()
                since_ms = now_ms - limits.TICKET_S * 1000
                ticket = await tickets.open_ticket(
                    self._database, player_id, game.name, bots=bots, at_ms=now_ms, since_ms=since_ms
                )
                if ticket.game_id is None:
                    found = await self._seat(game, ticket, player_id, profile)
                else:
                    found = await self._held(ticket, player_id)
                if found is not None:
                    if bots:
                        _fill(found[0])
                    return found
        raise RoomUnavailable("no seat could be given")

    async def ticket(self, player_id: PlayerId, game: str) -> Ticket:
        """The player's newest ticket of this game. Raises `Refused` if there never was one."""
        ticket = await tickets.newest_ticket(self._database, player_id, game)
        if ticket is None:
            raise Refused(404, "ticket_not_found", "this player has not asked for a seat in this game")
        return ticket

    async def cancel(self, player_id: PlayerId, game: str) -> Ticket:
        """Give the ticket up, and the seat with it. A closed ticket stays as it is.

        Raises `Refused` (409 once the game has begun), `RoomUnavailable`, PersistenceError.
        """
        async with database_deadline(), self._alone(player_id, game):
            await self._wait_for_earlier_request(player_id, game)
            ticket = await self.ticket(player_id, game)
            if ticket.status in ("cancelled", "expired"):
                return ticket
            if ticket.status == "waiting":
                await tickets.close_ticket(self._database, ticket, "cancelled")
            else:
                await self._give_back(ticket, player_id)
            self._count(TicketOutcome.CANCELLED)
            return await self.ticket(player_id, game)

    async def expire(self) -> None:
        """End the waiting tickets whose players have not come back. Raises PersistenceError."""
        before_ms = self._clock.now_ms() - limits.TICKET_S * 1000
        self._count(TicketOutcome.EXPIRED, await tickets.expire_tickets(self._database, before_ms))

    # A ticket that has a seat.

    async def _held(self, ticket: Ticket, player_id: PlayerId) -> tuple[Room, int] | None:
        """The room and seat of this ticket. None: the seat is not the player's any more, and the ticket is closed."""
        room = await self._room(ticket)
        seat = None if room is None else matching.seat_of(room.table, player_id)
        if room is None or seat is None:
            await tickets.close_ticket(self._database, ticket, "expired")
            return None
        return room, seat

    async def _give_back(self, ticket: Ticket, player_id: PlayerId) -> None:
        room = await self._room(ticket) if ticket.game_status == "created" else None
        await self._directory.reachable()
        if ticket.game_status != "created" or (room is not None and room.table.phase != Phase.LOBBY):
            raise Refused(409, "already_started", "the game has begun: leave it in its room")
        if room is None:
            await tickets.close_ticket(self._database, ticket, "cancelled")
            return
        if matching.seat_of(room.table, player_id) is not None:
            room.give_back(player_id)
        await room.wait_committed()

    async def _room(self, ticket: Ticket) -> Room | None:
        """The room of this ticket. None: it can't be served any more. Raises `RoomUnavailable`."""
        try:
            return None if ticket.game_id is None else await self._directory.get(ticket.game_id)
        except RoomQuarantined:
            return None

    # A ticket that has none.

    async def _seat(
        self, game: Game[Any], ticket: Ticket, player_id: PlayerId, profile: Profile
    ) -> tuple[Room, int] | None:
        """A seat for this ticket. None: the log refused it, try again."""
        await self._directory.reachable()
        # From here to the seat nothing waits: the tables can't change between the choice and the seat.
        open_rooms = (room for room in self._open_rooms.of(game.name) if room.is_public and not room.pauses.held)
        rooms = {room.game_id: room for room in open_rooms}
        table = matching.choose((room.table for room in rooms.values()), player_id)
        if table is None:
            room, seat = self._open(game, ticket, player_id, profile), 0
        else:
            room, held = rooms[table.game_id], matching.seat_of(table, player_id)
            if held is not None:
                return await self._adopt(ticket, room, held)
            seat = _lowest(table)
            room.take_seat(player_id, profile, writes=self._matched(ticket, room.game_id, seat))
        if not await self._committed(room, player_id):
            return None
        self._count(TicketOutcome.MATCHED)
        waited_s = self._clock.now_ms() / 1000 - ticket.created_at.timestamp()
        self._metrics.matchmaking_wait_seconds.observe(max(0.0, waited_s))
        return room, seat

    def _open(self, game: Game[Any], ticket: Ticket, player_id: PlayerId, profile: Profile) -> Room:
        """A new room with this player on seat 0, that others may join at once."""
        count = limits.MATCH_SEATS
        config = room_config(game, {"min_players": count, "max_players": count, "autostart": True}, bots_alone=False)
        if isinstance(config, Refusal):
            raise Refused(422, config.code, config.message, config.field)
        return self._directory.open(
            NewRoom(
                game,
                config,
                player_id,
                (PlayerJoined(player_id, 0, profile),),
                is_public=True,
                fill_at_ms=self._clock.now_ms() + int(limits.FILL_AFTER_S * 1000),
                writes=lambda game_id: self._matched(ticket, game_id, 0),
            )
        )

    async def _adopt(self, ticket: Ticket, room: Room, seat: int) -> tuple[Room, int]:
        """The player took this seat without matchmaking; the ticket gets it without an event."""
        await room.wait_committed()
        await self._database.apply(*self._matched(ticket, room.game_id, seat))
        return room, seat

    def _matched(self, ticket: Ticket, game_id: str, seat: int) -> tuple[Write, ...]:
        return (TicketMatched(ticket.id, game_id, seat, self._clock.now_ms()),)

    async def _committed(self, room: Room, player_id: PlayerId) -> bool:
        """Wait for the seat that was just given. False: the log refused it."""
        try:
            await room.wait_told()
        except RoomUnavailable:
            if room.loss is None:
                raise
            return False
        except asyncio.CancelledError:
            # The player is told that it failed and may not come back: the seat must not wait.
            room.give_back(player_id, (SeatsGivenUp(room.game_id, player_id, "expired"),))
            self._uncommitted[player_id, room.game.name] = room
            raise
        return True

    async def _wait_for_earlier_request(self, player_id: PlayerId, game: str) -> None:
        """An earlier request may have left events on their way to the log, about the same ticket: wait for them."""
        room = self._uncommitted.get((player_id, game))
        if room is not None:
            with suppress(RoomUnavailable):
                await room.wait_committed()
            self._uncommitted.pop((player_id, game), None)

    # Bots.

    def _room_came(self, room: Room) -> None:
        """A room has come into memory: opened, or back from the log with the same deadline."""
        self._open_rooms.add(room)
        fill_at_ms = room.fill_at_ms
        if fill_at_ms is not None and room.table.phase == Phase.LOBBY:
            self._fill_after((fill_at_ms - self._clock.now_ms()) / 1000, room)

    def _fill_after(self, delay_s: float, room: Room) -> None:
        self._clock.call_later(delay_s, lambda: self._fill_if_possible(room))

    def _fill_if_possible(self, room: Room) -> None:
        if room.closed is None and room.pauses.reason is not None:
            self._fill_after(limits.FILL_RETRY_S, room)  # the database is away: nothing is decided
        else:
            _fill(room)

    # Aside.

    @asynccontextmanager
    async def _alone(self, player_id: PlayerId, game: str) -> AsyncIterator[None]:
        """One request of a player at a time; other players don't wait for it."""
        lock = self._asking.setdefault((player_id, game), asyncio.Lock())
        async with lock:
            yield

    def _count(self, outcome: TicketOutcome, tickets_closed: int = 1) -> None:
        self._metrics.matchmaking_tickets_total.labels(outcome).inc(tickets_closed)


def _lowest(table: Table) -> int:
    """The free seat that a newcomer gets: the lowest."""
    seat = table.free_seat()
    assert seat is not None, "a table with a free seat was chosen"
    return seat


def _fill(room: Room) -> None:
    """Seat bots on the free seats. With the last of them the game starts."""
    table = room.table
    if room.closed is None and table.phase == Phase.LOBBY and room.is_public and room.game.bot_levels:
        room.add_bots(matching.free_for_bots(table))
