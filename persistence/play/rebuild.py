"""What the rebuild reads and writes: logs and what follows from them, side by side. See rebuild.sql.

`Ledger` is one connection with the temporary tables that belong to a run. Rows travel as JSON objects whose keys are
the columns; times are text in UTC.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persistence import driver
from persistence.database import Database
from persistence.play.figures import FIGURES
from persistence.play.statistics import Completion

Data = dict[str, Any]

KEYS = {"player_lifetime_stats": ("player_id",), "player_game_stats": ("player_id", "game")}
"""The tables of statistics, with what their rows are about. In the order in which rows are locked elsewhere."""

_NOBODY = "00000000-0000-0000-0000-000000000000"
_DELAY = "make_interval(secs => coalesce((g.config ->> 'spectator_delay_s')::int, 0))"


def _queries(table: str) -> Any:
    def listed(names: Sequence[str], of: str = "") -> str:
        return ", ".join(of + name for name in names)

    keys = KEYS[table]
    return driver.load(
        Path(__file__).with_suffix(".sql"),
        table=table,
        keys=listed(keys),
        keys_of_s=listed(keys, "s."),
        keys_of_c=listed(keys, "c."),
        figures=listed(FIGURES),
        figures_of_s=listed(FIGURES, "s."),
        figures_of_c=listed(FIGURES, "c."),
        delay=_DELAY,
    )


_of_table = {table: _queries(table) for table in KEYS}
_sql = _of_table["player_lifetime_stats"]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event of a log."""

    index: int
    type: str
    payload: Data
    at_ms: int


@dataclass(frozen=True, slots=True)
class StoredGame:
    """A completed game: its log, and what stands in the tables. `was_room`: it was played here, not imported."""

    game_id: str
    game: str
    rules_version: int
    last_event_index: int
    was_room: bool
    log: Sequence[LoggedEvent]
    summary: Data | None
    results: Mapping[str, Data]


class Ledger:
    """One connection at work. Raises `PersistenceError`s."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @asynccontextmanager
    async def transaction(self, *, snapshot: bool = False) -> AsyncIterator[None]:
        """`snapshot`: everything in it sees the database as it is at its first statement."""
        isolation = "repeatable_read" if snapshot else "read_committed"
        with driver.translated():
            async with self._connection.transaction(isolation=isolation):
                yield

    # Games.

    async def count_completed(self) -> int:
        """How many games are over."""
        return int(await _sql.count_completed(self._connection))

    async def completed_after(self, game_id: str | None, limit: int) -> list[str]:
        """The next of them, in the order of their ids."""
        return [str(row["id"]) for row in await self._rows(_sql.completed_after, after=game_id, limit=limit)]

    async def games(self, game_ids: Sequence[str]) -> list[StoredGame]:
        """These games, with their logs."""
        logs: dict[str, list[LoggedEvent]] = {game_id: [] for game_id in game_ids}
        for row in await self._rows(_sql.logs, ids=list(game_ids)):
            event = LoggedEvent(row["event_index"], row["type"], row["payload"], row["at_ms"])
            logs[str(row["game_id"])].append(event)
        return [
            StoredGame(
                game_id=str(row["id"]),
                game=row["game"],
                rules_version=row["rules_version"],
                last_event_index=row["last_event_index"],
                was_room=row["was_room"],
                log=logs[str(row["id"])],
                summary=row["summary"],
                results={result["player_id"]: result for result in row["results"] or ()},
            )
            for row in await self._rows(_sql.stored, ids=list(game_ids))
        ]

    async def strays(self, *, mend: bool) -> list[tuple[str, str | None]]:
        """Game and player of results, game and None of summaries, of games that are not over."""
        rows = await self._rows(_sql.strays, mend=mend)
        return [(str(row["game_id"]), _text(row["player_id"])) for row in rows]

    async def correct(self, game_ids: Sequence[str], rows: Sequence[Data]) -> None:
        """Let these be the results of these games, for this ledger alone."""
        await _sql.correct(self._connection, game_ids=list(game_ids), rows=list(rows))

    async def put_summary(self, completion: Completion) -> None:
        """In the place of whatever is there."""
        await _sql.drop_summary(self._connection, game_id=completion.game_id)
        await completion.add_summary(self._connection)

    async def put_results(self, rows: Sequence[Data], extra: Sequence[tuple[str, str]]) -> None:
        """Write rows, and delete those of these games and players."""
        await _sql.drop_results(
            self._connection, game_ids=[game for game, _ in extra], player_ids=[player for _, player in extra]
        )
        await _sql.put_results(self._connection, rows=list(rows))

    # Statistics. `players` None: everybody's.

    async def renumber(self, players: Sequence[str] | None) -> None:
        """Find the numbers of games that have no place in their player's order."""
        await _sql.renumber(self._connection, players=None if players is None else list(players))

    async def renumbered(self) -> list[Data]:
        """player_id, game_id, stored and computed number of those."""
        return [dict(row) for row in await self._rows(_sql.renumbered_rows)]

    async def apply_numbers(self) -> None:
        """Write them."""
        await _sql.apply_numbers(self._connection)

    async def compute(self, table: str, players: Sequence[str] | None) -> None:
        """Make the statistics of one of `KEYS` out of the results."""
        await _of_table[table].begin_figures(self._connection)
        await _of_table[table].compute(self._connection, players=None if players is None else list(players))

    async def wrong_figures(self, table: str) -> list[Data]:
        """The keys of rows that are not as computed, with `stored` and `computed`; None for what is not there."""
        return [dict(row) for row in await self._rows(_of_table[table].wrong_figures)]

    async def hold(self, table: str, players: Sequence[str]) -> None:
        """Let no game of theirs be counted until the transaction ends."""
        await self._rows(_of_table[table].hold, players=list(players))

    async def settle(self, table: str, players: Sequence[str]) -> None:
        """Make the rows of these players what was computed for them."""
        await _of_table[table].settle(self._connection, players=list(players))

    # Ratings.

    async def hold_ratings(self) -> None:
        """Let nobody rate until the transaction ends."""
        await self._rows(_sql.hold_ratings)

    async def order_ratings(self) -> None:
        """Find the order in which games are rated."""
        await _sql.order_ratings(self._connection)

    async def rated_games(self, after: int, limit: int) -> list[Data]:
        """The players of the next games in that order, with `stored`: the row of the history, or None."""
        ids = [row["game_id"] for row in await self._rows(_sql.next_rated, after=after, limit=limit)]
        told = {
            (row["game_id"], row["player_id"]): row["stored"] for row in await self._rows(_sql.told_ratings, ids=ids)
        }
        return [
            {**row, "stored": told.get((row["game_id"], row["player_id"]))}
            for row in await self._rows(_sql.rated_games, ids=ids)
        ]

    async def strange_history(self, *, mend: bool) -> list[Data]:
        """Rows of the history that should not be."""
        return [dict(row) for row in await self._rows(_sql.strange_history, mend=mend)]

    async def strange_queue(self, *, mend: bool) -> list[tuple[str, bool]]:
        """Games that wait and should not (True), or should and don't (False)."""
        rows = await self._rows(_sql.strange_queue, mend=mend)
        return [(str(row["game_id"]), row["is_there"]) for row in rows]

    async def put_history(self, rows: Sequence[Data]) -> None:
        """Write rows of the history."""
        await _sql.put_history(self._connection, rows=list(rows))

    async def standings(self, after: tuple[str, str, str] | None, limit: int) -> list[Data]:
        """The next rows in the order of player, game and pool; `stored` is the row."""
        player, game, pool = after or (_NOBODY, "", "")
        rows = await self._rows(_sql.standings, after_player=player, after_game=game, after_pool=pool, limit=limit)
        return [dict(row) for row in rows]

    async def put_standings(self, rows: Sequence[Data]) -> None:
        """Write where players stand."""
        await _sql.put_standings(self._connection, rows=list(rows))

    async def drop_standing(self, player_id: str, game: str, pool: str) -> None:
        """Delete a row that should not be."""
        await _sql.drop_standing(self._connection, player_id=player_id, game=game, pool=pool)

    async def clock(self) -> tuple[int | None, int]:
        """How many games are rated: as it is told (None: nowhere), and at least."""
        row = await _sql.clock(self._connection)
        return row["stored"], row["computed"]

    async def set_clock(self, rated: int) -> None:
        """Let the next game have the number after this one."""
        await _sql.set_clock(self._connection, rated=rated)

    async def _rows(self, query: Any, **parameters: Any) -> list[Any]:
        return [row async for row in query(self._connection, **parameters)]


@asynccontextmanager
async def ledger(database: Database) -> AsyncIterator[Ledger]:
    """A connection of its own for a run, as long as the block."""
    async with database.connection() as connection:
        await _sql.begin(connection)
        yield Ledger(connection)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
