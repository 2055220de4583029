"""Everybody who watches the rooms of a server is told of them, however many watch."""

from __future__ import annotations

from persistence.database import Database
from persistence.event_log.writer import PostgresLog
from persistence.play import players
from server.clock import SystemClock
from server.games import table_events as ev
from server.games.registry import Registry
from server.metrics import Metrics
from server.rooms.directory import Directory, NewRoom
from tests.integration.play.test_statistics import people

PROFILE: ev.Profile = {"display_name": "Ada", "avatar_seed": "a", "color": "#112233"}


async def test_a_second_watcher_does_not_replace_the_first(database: Database) -> None:
    registry, log = Registry.installed(), PostgresLog(database)
    await log.start()
    directory = Directory(registry, log, database, SystemClock(), Metrics(), "node", {})
    rooms: list[tuple[str, str]] = []
    directory.watch(room=lambda room: rooms.append(("first", room.game_id)))
    directory.watch(room=lambda room: rooms.append(("second", room.game_id)), listed=lambda game_id: None)
    (ada,) = await people(database, 1)
    assert await players.get(database, ada) is not None
    game = registry.game("relay")
    room = await directory.create(NewRoom(game, game.config(), ada, (ev.PlayerJoined(ada, 0, PROFILE),), True))
    assert rooms == [("first", room.game_id), ("second", room.game_id)]
    await directory.close(1)
    await log.close()
