"""Games and the directory of rooms."""

from __future__ import annotations

import time

import pytest

from persistence.database import Database
from persistence.errors import Conflict, Rejected
from persistence.ids import new_game_id
from persistence.play import games
from persistence.play.games import GameRow, RoomChanged, RoomClosed, SeatsChanged, StatusChanged
from tests.support.event_logs import AT_MS, new_game


async def made(db: Database, **more: object) -> str:
    game_id = new_game_id()
    await db.apply(new_game(game_id, **more))
    return game_id


async def fetched(db: Database, game_id: str) -> GameRow:
    row = await games.get_game(db, game_id)
    assert row is not None
    return row


async def test_a_new_game_is_stored(database: Database) -> None:
    game_id = await made(database, join_code="abc234", config={"rounds": 3, "hook": True}, current_players=1)
    row = await fetched(database, game_id)
    assert (row.id, row.game, row.rules_version, row.status) == (game_id, "relay", 1, "created")
    assert row.config == {"rounds": 3, "hook": True}
    assert (row.last_event_index, row.epoch, row.owner) == (-1, 1, "node-1")
    assert (row.join_code, row.is_public, row.max_players, row.current_players) == ("ABC234", True, 4, 1)
    assert row.created_at.timestamp() * 1000 == AT_MS
    assert (row.started_at, row.completed_at, row.rematch_of, row.closed_at) == (None, None, None, None)
    assert row.session_seed == "ab" * 32
    assert row.session_seed not in repr(row)
    assert row.session_seed not in repr(new_game(game_id))
    assert await games.get_game(database, new_game_id()) is None


async def test_games_start_and_abort(database: Database) -> None:
    game_id = await made(database)
    await database.apply(StatusChanged(game_id, "in_progress", AT_MS + 1000), SeatsChanged(game_id, 3))
    started = await fetched(database, game_id)
    assert started.started_at is not None
    assert started.started_at.timestamp() * 1000 == AT_MS + 1000
    assert started.current_players == 3
    assert await games.list_running(database) == [game_id]
    await database.apply(StatusChanged(game_id, "aborted", AT_MS + 2000))
    aborted = await fetched(database, game_id)
    assert (aborted.status, aborted.started_at, aborted.completed_at) == ("aborted", started.started_at, None)
    assert aborted.closed_at is not None
    assert await games.list_running(database) == []


async def test_changed_settings_are_stored(database: Database) -> None:
    game_id = await made(database, config={"rounds": 3})
    await database.apply(RoomChanged(game_id, {"rounds": 4}, 6, is_public=False))
    row = await fetched(database, game_id)
    assert (row.config, row.max_players, row.is_public) == ({"rounds": 4}, 6, False)
    assert (await games.list_public(database))[0] == []
    await database.apply(RoomChanged(game_id, {"rounds": 5}, 2, is_public=None))
    row = await fetched(database, game_id)
    assert (row.config, row.max_players, row.is_public) == ({"rounds": 5}, 2, False)


async def test_a_suspended_game_is_not_among_the_running(database: Database) -> None:
    game_id = await made(database)
    await database.apply(StatusChanged(game_id, "in_progress", AT_MS))
    async with database.connection() as connection:
        for index, kind in enumerate(("game_resumed", "game_paused")):
            await connection.execute(
                "insert into play.game_events (game_id, event_index, type, payload, created_at)"
                " values ($1, $2, $3, '{}', now())",
                game_id,
                index,
                kind,
            )
            await connection.execute("update play.games set last_event_index = $2 where id = $1", game_id, index)
            assert await games.list_running(database) == ([game_id] if kind == "game_resumed" else [])


async def test_taking_over_raises_the_epoch(database: Database) -> None:
    game_id = await made(database)
    row = await games.claim(database, game_id, "node-2")
    assert row is not None
    assert (row.owner, row.join_code) == ("node-2", game_id[-6:].upper())
    assert row == await fetched(database, game_id)
    again = await games.claim(database, game_id, "node-3")
    assert again is not None
    assert 1 < row.epoch < again.epoch
    # A failover may lose a claim, never the time: what was given out then is not given out again.
    assert abs(row.epoch - time.time() * 1000) < 60_000
    assert await games.claim(database, new_game_id(), "node-2") is None


async def test_join_codes_are_unique_among_open_rooms(database: Database) -> None:
    game_id = await made(database, join_code="ABC234")
    assert await games.find_open_by_code(database, " abc234 ") == game_id
    assert await games.find_open_by_code(database, "ABC235") is None
    with pytest.raises(Conflict) as conflict:
        await made(database, join_code="ABC234")
    assert conflict.value.constraint == "room_directory_open_code_idx"
    await database.apply(RoomClosed(game_id, AT_MS))
    assert await games.find_open_by_code(database, "ABC234") is None
    again = await made(database, join_code="ABC234")
    assert await games.find_open_by_code(database, "ABC234") == again


async def test_a_game_has_one_rematch(database: Database) -> None:
    first = await made(database)
    assert await games.find_rematch(database, first) is None
    second = await made(database, rematch_of=first)
    assert await games.find_rematch(database, first) == second
    with pytest.raises(Conflict) as conflict:
        await made(database, rematch_of=first)
    assert conflict.value.constraint == "games_rematch_of_key"


async def test_public_rooms_come_in_pages(database: Database) -> None:
    rooms = [await made(database) for _ in range(7)]
    await made(database, is_public=False)
    await made(database, game="eldorado")
    await database.apply(RoomClosed(rooms[2], AT_MS), StatusChanged(rooms[3], "in_progress", AT_MS))
    expected = [rooms[n] for n in (6, 5, 4, 3, 1, 0)]
    seen: list[str] = []
    cursor, pages = None, 0
    while True:
        page, cursor = await games.list_public(database, game="relay", limit=2, cursor=cursor)
        seen += [row.id for row in page]
        pages += 1
        if cursor is None:
            break
    assert seen == expected
    assert pages == 3
    waiting, _ = await games.list_public(database, game="relay", status="created")
    assert [row.id for row in waiting] == [room for room in expected if room != rooms[3]]
    everything, cursor = await games.list_public(database)
    assert len(everything) == 7
    assert cursor is None
    with pytest.raises(Rejected):
        await games.list_public(database, cursor="nonsense")
