"""parlor replay, parlor verify: a game as the log has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from persistence import play
from persistence.play import GameRow
from server.cli.database import open_log
from server.errors import StartupError
from server.games import fairness, match
from server.games.registry import Registry, UnknownGame
from server.games.replay import state_hash
from server.games.rules import Game
from server.games.table_events import GameCreated
from server.rooms.effects import Record
from server.rooms.fanout import visible
from server.rooms.records import stored_record
from server.settings import Settings


async def replay(settings: Settings, game_id: str, at: int | None, viewer: str | None, *, as_json: bool) -> None:
    """Print the events up to `at` and the state after them: as `viewer` saw them, or everything if it is over."""
    row, game, records = await _read(settings, game_id)
    last = row.last_event_index if at is None else at
    if not 0 <= last <= row.last_event_index:
        raise StartupError(f"--at: the events of this game are 0 to {row.last_event_index}", exit_code=2)
    everything = row.status == "completed" and viewer is None
    items: list[dict[str, Any]] = []
    state = None
    for record in records[: last + 1]:
        if isinstance(record.event, GameCreated):
            state = match.begin(game, record.event)
        elif state is not None:
            state = match.evolve(game, state, record.event)
        assert state is not None  # a log begins with game_created
        name, data = (record.event.name, record.data) if everything else visible(game, record, viewer)
        items.append(
            {"index": record.index, "name": name, "at": record.at_ms, "data": data, "state_hash": state_hash(state)}
        )
    assert state is not None  # `last` is at least 0
    view = match.view(game, state, viewer)
    if as_json:
        print(orjson.dumps({"game_id": row.id, "game": row.game, "items": items, "view": view}).decode())
    else:
        _print_readable(row, items, view)


async def verify(settings: Settings, game_id: str) -> int:
    """Check a completed game against its commitment and its rules. 0: all of it is right."""
    row, game, records = await _read(settings, game_id)
    if row.status != "completed":
        raise StartupError(f"the game is {row.status}: it can be verified once it is completed")
    report = fairness.verify(game, [record.event for record in records])
    if report.ok and not report.audited:
        print(f"ok: the seed is the one that was committed to ({row.game} has nothing else that can be verified)")
        return 0
    if report.ok:
        print(f"ok: {report.rounds} rounds were dealt from the seed that was committed to, and played by the rules")
        return 0
    where = "" if report.event_index is None else f" at event {report.event_index}"
    print(f"NOT ok{where}: {report.problem}")
    return 1


async def _read(settings: Settings, game_id: str) -> tuple[GameRow, Game[Any], list[Record]]:
    try:
        known = str(UUID(game_id))
    except ValueError:
        raise StartupError(f"{game_id!r} is not a game id", exit_code=2) from None
    async with open_log(settings) as (database, log):
        row = await play.get_game(database, known)
        if row is None or row.last_event_index < 0:
            raise StartupError(f"there is no game {known}")
        registry = Registry.installed()
        try:
            game, codec = registry.game(row.game), registry.codec(row.game)
        except UnknownGame as error:
            raise StartupError(str(error)) from None
        rows = log.read(known, 0, row.last_event_index)
        return row, game, [stored_record(codec, stored) async for stored in rows]


def _print_readable(row: GameRow, items: list[dict[str, Any]], view: dict[str, Any]) -> None:
    names = {player["player_id"]: player["display_name"] for player in view["players"]}
    print(f"{row.game} {row.id}: {row.status}, {row.last_event_index + 1} events")
    for item in items:
        clock = datetime.fromtimestamp(item["at"] / 1000, UTC).strftime("%H:%M:%S")
        detail = "  ".join(f"{key}={_named(value, names)}" for key, value in item["data"].items())
        print(f"{item['index']:>5}  {clock}  {item['name']:<22} {detail}"[:200])
    if view.get("scores"):
        scores = sorted(view["scores"].items(), key=lambda score: -score[1])
        print("scores: " + ", ".join(f"{names.get(player, player)} {score}" for player, score in scores))


def _named(value: Any, names: dict[str, str]) -> str:
    """The value in short, players by their names."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{names.get(key, key)}: {_named(item, names)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(_named(item, names) for item in value) + "]"
    return str(value)
