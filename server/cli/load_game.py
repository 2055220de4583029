"""Load a whole game from the database, for the commands that show one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from persistence.play import games, statistics
from persistence.play.games import GameRow
from persistence.play.statistics import SummaryRow
from server.cli.database import open_log
from server.errors import StartupError
from server.games import match
from server.games.registry import Registry, UnknownGame
from server.games.rules import Game, State
from server.games.table_events import GameCreated
from server.rooms.machine.effects import Record
from server.rooms.machine.records import stored_record
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class LoadedGame:
    """A game as the log has it. `summary`: None unless it is completed."""

    row: GameRow
    game: Game[Any]
    records: list[Record]
    summary: SummaryRow | None

    @property
    def is_completed(self) -> bool:
        return self.row.status == "completed"


def known_id(text: str, what: str = "a game") -> str:
    """An id in its one spelling. Raises StartupError."""
    try:
        return str(UUID(text))
    except ValueError:
        raise StartupError(f"{text!r} is not the id of {what}", exit_code=2) from None


async def load_game(settings: Settings, game_id: str) -> LoadedGame:
    """Raises StartupError if there is no such game, or not for this build."""
    known = known_id(game_id)
    async with open_log(settings) as (database, log):
        row = await games.get_game(database, known)
        if row is None or row.last_event_index < 0:
            raise StartupError(f"there is no game {known}")
        registry = Registry.installed()
        try:
            game, codec = registry.game(row.game), registry.codec(row.game)
        except UnknownGame as error:
            raise StartupError(str(error)) from None
        rows = log.read(known, 0, row.last_event_index)
        records = [stored_record(codec, stored) async for stored in rows]
        return LoadedGame(row, game, records, await statistics.get_summary(database, known))


def states(game: Game[Any], records: list[Record]) -> Iterator[State[Any]]:
    """The state after each of the events of a whole log."""
    state: State[Any] | None = None
    for record in records:
        if isinstance(record.event, GameCreated):
            state = match.begin(game, record.event)
        elif state is not None:
            state = match.evolve(game, state, record.event)
        assert state is not None  # a log begins with game_created
        yield state
