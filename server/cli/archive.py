"""parlor export, parlor import: write a finished game to a file, and add one from a file."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from persistence.database import Database
from persistence.errors import Conflict
from persistence.event_log.log import EventLog, NewEvent
from persistence.play import games
from persistence.play.archive import ImportedGame
from server import limits
from server.cli.database import open_log
from server.cli.load_game import known_id
from server.clock import SystemClock
from server.errors import StartupError
from server.games import archive
from server.games.archive import Archive, BadArchive, Logged
from server.games.registry import Registry, UnknownGame
from server.games.table import config_data
from server.games.table_events import GameStarted
from server.rooms.audience.delay import may_be_ahead
from server.rooms.machine.writes import completion
from server.settings import Settings


async def export_game(settings: Settings, game_id: str, file: Path | None) -> None:
    """Write a completed game to `file`, which must not exist, or to standard output. Raises StartupError."""
    known = known_id(game_id)
    _refuse_existing(file)
    async with open_log(settings) as (database, log):
        row = await games.get_game(database, known)
        if row is None or row.last_event_index < 0:
            raise StartupError(f"there is no game {known}")
        if row.status != "completed":
            raise StartupError(
                f"the game is {row.status}: it can be exported once it is completed, until then its seed is secret"
            )
        if may_be_ahead(row, SystemClock().now_ms()):
            raise StartupError("those who watch the game with a delay have not seen its end yet: try again later")
        registry = Registry.installed()
        try:
            game = registry.game(row.game)
        except UnknownGame as error:
            raise StartupError(str(error)) from None
        document = archive.write(game, await _logged(log, registry, row.game, known))
    text = _text(document)
    if file is None:
        sys.stdout.write(text)
        return
    _write(file, text)
    print(f"{file}: {row.game} {known}, {len(document['events'])} events, digest {document['digest']}")


async def import_game(settings: Settings, file: Path) -> None:
    """Check a file and take its game in; one that is there already, and is the same, stays. Raises StartupError."""
    registry = Registry.installed()
    try:
        checked = archive.read(_document(file), registry)
    except BadArchive as error:
        raise StartupError(f"{file}: {error}") from None
    table = checked.state.table
    name = f"{table.game} {table.game_id}"
    async with open_log(settings) as (database, log):
        if await _is_there(database, log, registry, checked):
            print(f"{name} is there already, and is the same")
            return
        try:
            await database.apply(_imported(checked))
        except Conflict:
            raise StartupError(f"{name} came into being meanwhile: try again") from None
    print(f"{name} is imported: {len(checked.events)} events. It counts in nobody's statistics")


def _imported(checked: Archive) -> ImportedGame:
    table, events = checked.state.table, checked.events
    assert table.session_seed is not None  # the game is completed
    return ImportedGame(
        game_id=table.game_id,
        game=table.game,
        rules_version=table.rules_version,
        config=config_data(table.config),
        session_seed=table.session_seed,
        events=[NewEvent(it.event.name, json.dumps(it.payload), it.at_ms, it.actor_id, it.command_id) for it in events],
        started_ms=next((it.at_ms for it in events if isinstance(it.event, GameStarted)), None),
        completion=completion(checked.game, checked.state, events[-1].at_ms),
    )


async def _is_there(database: Database, log: EventLog, registry: Registry, checked: Archive) -> bool:
    """Whether this very game is here. Raises StartupError if another one of its id is."""
    game_id = checked.state.table.game_id
    row = await games.get_game(database, game_id)
    if row is None:
        return False
    if row.status != "completed" or row.game != checked.game.name:
        raise StartupError(f"there is a different game {game_id} here: {row.game}, {row.status}")
    here = await _logged(log, registry, row.game, game_id)
    for index, (mine, given) in enumerate(zip(here, checked.events, strict=False)):
        if mine != given:
            raise StartupError(f"there is a different game {game_id} here: event {index} is not the same")
    if len(here) != len(checked.events):
        raise StartupError(f"there is a different game {game_id} here: it has {len(here)} events")
    return True


async def _logged(log: EventLog, registry: Registry, game: str, game_id: str) -> list[Logged]:
    codec = registry.codec(game)
    return [
        Logged(row.at_ms, codec.from_data(row.type, row.payload), row.payload, row.actor_id, row.command_id)
        async for row in log.read(game_id)
    ]


# Files.


def _text(document: dict[str, Any]) -> str:
    """JSON, with a line for each event, so that two files can be compared."""
    parts = []
    for key, value in document.items():
        if key == "events":
            lines = ",\n".join("  " + json.dumps(event, ensure_ascii=False) for event in value)
            parts.append(f' "events": [\n{lines}\n ]')
        else:
            parts.append(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _refuse_existing(file: Path | None) -> None:
    if file is not None and file.exists():
        raise StartupError(f"{file} exists already", exit_code=2)


def _write(file: Path, text: str) -> None:
    """All of it or nothing."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.write_text(text, "utf-8")
        os.replace(part, file)
    except OSError as error:
        raise StartupError(f"{file}: {error.strerror}") from None


def _document(file: Path) -> Any:
    try:
        size, text = file.stat().st_size, ""
        if size <= limits.ARCHIVE_BYTES_MAX:
            text = file.read_text("utf-8")
    except OSError as error:
        raise BadArchive("file", error.strerror or "can't be read") from None
    except UnicodeDecodeError as error:
        raise BadArchive("file", f"is not UTF-8 ({error})") from None
    if size > limits.ARCHIVE_BYTES_MAX:
        raise BadArchive("file", f"has more than {limits.ARCHIVE_BYTES_MAX:,} bytes")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadArchive("file", f"is not JSON ({error})") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")
