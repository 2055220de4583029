"""The epoch in the compare-and-set fences a former owner: without it, Postgres would accept its writes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from persistence.database import Database
from persistence.event_log import connection
from tests.support.event_logs import PostgresLogSetup, event, opened, read

_CONDITION = "and g.epoch = w.epoch"


async def what_a_zombie_writes(database: Database) -> list[int]:
    """Another owner claims the game while nothing is under way; then the first one appends. The numbers in the log."""
    logs = PostgresLogSetup(database)
    await logs.log.start()
    try:
        stream, room = await opened(logs)
        logs.log.append(stream, [event(0)])
        await room.reaches(0)
        await logs.claim(stream.game_id)
        logs.log.append(stream, [event(1)])
        await logs.log.settled()
        return [row.payload["number"] for row in await read(logs.log, stream.game_id)]
    finally:
        await logs.close()


async def test_a_former_owner_writes_nothing(database: Database) -> None:
    assert await what_a_zombie_writes(database) == [0]


async def test_without_the_epoch_a_former_owner_would_write(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = connection._sql.append.sql
    assert sql.count(_CONDITION) == 1
    without = SimpleNamespace(append=SimpleNamespace(sql=sql.replace(_CONDITION, "")), heads=connection._sql.heads)
    monkeypatch.setattr(connection, "_sql", without)
    assert await what_a_zombie_writes(database) == [0, 1]
