"""Matchmaking tickets in Postgres: one waits at a time, each has one seat, matched with the event that gives it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from persistence.database import Database
from persistence.errors import Conflict
from persistence.event_log.log import LossReason
from persistence.ids import new_game_id
from persistence.play import games, players, tickets
from persistence.play.games import StatusChanged
from persistence.play.tickets import SeatsGivenUp, Ticket, TicketMatched
from tests.support.event_logs import AT_MS, PostgresLogSetup, Recorder, event, new_game, opened

MINUTE_MS = 60_000


@pytest_asyncio.fixture
async def player(database: Database) -> str:
    return (await players.create(database, display_name="Anna", avatar_seed="a", color="#123456")).id


@pytest_asyncio.fixture
async def logs(database: Database) -> AsyncIterator[PostgresLogSetup]:
    made = PostgresLogSetup(database)
    await made.log.start()
    yield made
    await made.close()


async def ask(db: Database, player_id: str, after_ms: int = 0, game: str = "relay") -> Ticket:
    now_ms = AT_MS + after_ms
    return await tickets.open_ticket(db, player_id, game, bots=False, at_ms=now_ms, since_ms=now_ms - MINUTE_MS)


async def matched(db: Database, player_id: str, status: str = "created") -> tuple[Ticket, str]:
    """A ticket with seat 2 of a game that has this status."""
    game_id = new_game_id()
    ticket = await ask(db, player_id)
    await db.apply(new_game(game_id, fill_at_ms=AT_MS + 20_000), TicketMatched(ticket.id, game_id, 2, AT_MS))
    if status != "created":
        await db.apply(StatusChanged(game_id, status, AT_MS))
    return ticket, game_id


async def status(db: Database, player_id: str) -> str:
    ticket = await tickets.newest_ticket(db, player_id, "relay")
    assert ticket is not None
    return ticket.status


async def test_a_repeated_request_keeps_its_ticket(database: Database, player: str) -> None:
    assert await tickets.newest_ticket(database, player, "relay") is None
    first = await ask(database, player)
    assert (first.status, first.game_id, first.seat) == ("waiting", None, None)
    assert await ask(database, player, 5) == first
    assert (await ask(database, player, game="eldorado")).id != first.id
    at_once = await asyncio.gather(*(ask(database, player, 7) for _ in range(10)))
    assert {ticket.id for ticket in at_once} == {first.id}


async def test_a_seat_in_a_lobby_is_repeated_for_ever_and_one_in_a_game_for_a_minute(
    database: Database, player: str
) -> None:
    ticket, game_id = await matched(database, player)
    again = await ask(database, player, 100 * MINUTE_MS)
    assert (again.id, again.status, again.game_id, again.seat) == (ticket.id, "matched", game_id, 2)
    assert again.game_status == "created"
    assert again.fill_at is not None and again.fill_at.timestamp() * 1000 == AT_MS + 20_000
    await database.apply(StatusChanged(game_id, "in_progress", AT_MS))
    assert (await ask(database, player, MINUTE_MS)).id == ticket.id
    assert (await ask(database, player, MINUTE_MS + 1)).id != ticket.id


async def test_a_seat_in_a_finished_game_is_not_repeated(database: Database, player: str) -> None:
    ticket, _ = await matched(database, player, "aborted")
    assert (await ask(database, player)).id != ticket.id


async def test_a_seat_that_is_given_up_is_not_repeated(database: Database, player: str) -> None:
    ticket, game_id = await matched(database, player)
    await database.apply(SeatsGivenUp(game_id, new_game_id(), "cancelled"))
    assert await status(database, player) == "matched"
    await database.apply(SeatsGivenUp(game_id, player, "cancelled"))
    assert await status(database, player) == "cancelled"
    assert (await ask(database, player, 1)).id != ticket.id
    await database.apply(SeatsGivenUp(game_id, None, "expired"))
    assert await status(database, player) == "waiting", "it has no seat to give up"


async def test_a_ticket_has_one_seat(database: Database, player: str) -> None:
    ticket, game_id = await matched(database, player)
    other = new_game_id()
    await database.apply(TicketMatched(ticket.id, game_id, 2, AT_MS))  # said twice
    with pytest.raises(Conflict):
        await database.apply(new_game(other), TicketMatched(ticket.id, other, 0, AT_MS))
    assert await games.get_game(database, other) is None
    assert (await ask(database, player)).game_id == game_id


async def test_an_append_that_would_give_a_second_seat_is_refused(logs: PostgresLogSetup, player: str) -> None:
    ticket, _ = await matched(logs.database, player)
    stream, room = await opened(logs)
    neighbour, next_room = await opened(logs)
    logs.log.hold()
    logs.log.append(stream, [event()], [TicketMatched(ticket.id, stream.game_id, 0, AT_MS)])
    logs.log.append(neighbour, [event()])
    logs.log.release()
    assert (await room.is_lost()).reason is LossReason.REFUSED
    await next_room.reaches(0)


async def test_a_fenced_append_matches_nothing(logs: PostgresLogSetup, player: str) -> None:
    ticket = await ask(logs.database, player)
    stream, room = await opened(logs)
    await logs.claim(stream.game_id)
    logs.log.append(stream, [event()], [TicketMatched(ticket.id, stream.game_id, 0, AT_MS)])
    assert (await room.is_lost()).reason is LossReason.FENCED
    assert await status(logs.database, player) == "waiting"


async def test_a_ticket_is_matched_with_the_first_events_of_a_game(logs: PostgresLogSetup, player: str) -> None:
    ticket, game_id, room = await ask(logs.database, player), new_game_id(), Recorder()
    stream = logs.log.open(game_id, -1, 1, room)
    logs.log.append(stream, [event()], [new_game(game_id), TicketMatched(ticket.id, game_id, 0, AT_MS)])
    await room.reaches(0)
    assert (await ask(logs.database, player)).game_id == game_id


async def test_a_player_who_asks_again_after_giving_up_is_matched(database: Database, player: str) -> None:
    ticket = await ask(database, player)
    await tickets.close_ticket(database, ticket, "cancelled")
    assert await status(database, player) == "cancelled"
    game_id = new_game_id()
    await database.apply(new_game(game_id), TicketMatched(ticket.id, game_id, 1, AT_MS))
    assert await status(database, player) == "matched"
    await tickets.close_ticket(database, ticket, "expired")
    assert await status(database, player) == "matched", "only what it was is closed"


async def test_waiting_tickets_that_were_not_renewed_expire(database: Database, player: str) -> None:
    await matched(database, player)
    waiting = await ask(database, player, game="eldorado")
    await ask(database, player, 10, game="eldorado")
    assert await tickets.expire_tickets(database, AT_MS + 10) == 0
    assert await tickets.expire_tickets(database, AT_MS + 11) == 1
    assert await tickets.expire_tickets(database, AT_MS + 11) == 0
    assert await status(database, player) == "matched"
    assert (await ask(database, player, 12, game="eldorado")).id != waiting.id


async def test_games_that_wait_for_bots_are_found(database: Database) -> None:
    waiting, running, aborted, other = (new_game_id() for _ in range(4))
    for game_id in (waiting, running, aborted):
        await database.apply(new_game(game_id, fill_at_ms=AT_MS + 20_000))
    await database.apply(new_game(other))
    await database.apply(StatusChanged(running, "in_progress", AT_MS), StatusChanged(aborted, "aborted", AT_MS))
    assert await games.list_filling(database) == [waiting]
