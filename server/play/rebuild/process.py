"""What a process of the rebuild does: one thing at a time, on an event loop and a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from persistence.database import Database
from persistence.errors import PersistenceError
from persistence.play.rebuild import Ledger, ledger
from server.games.registry import Registry
from server.play import limits
from server.play.rebuild.games import Checked, check_games
from server.play.rebuild.players import mend_players

T = TypeVar("T")


class _Process:
    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._registry = Registry.installed()
        self._database = self._runner.run(open_database(url))

    def games(self, game_ids: Sequence[str], mend: bool) -> Checked:
        return self._run(lambda book: check_games(book, self._registry, game_ids, mend=mend))

    def players(self, player_ids: Sequence[str]) -> None:
        self._run(lambda book: mend_players(book, player_ids))

    def _run(self, work: Callable[[Ledger], Coroutine[Any, Any, T]]) -> T:
        async def run() -> T:
            async with ledger(self._database) as book:
                return await work(book)

        try:
            return self._runner.run(run())
        except PersistenceError as error:
            raise ProcessFailed(str(error)) from None


class ProcessFailed(Exception):
    """The database is gone, or refused something. (Its own errors can't go from one process to another.)"""


_process: list[_Process] = []


def begin(url: str) -> None:
    """Make this process ready for the other calls."""
    _process.append(_Process(url))


def games(game_ids: Sequence[str], mend: bool) -> Checked:
    """See `check_games`."""
    return _process[0].games(game_ids, mend)


def players(player_ids: Sequence[str]) -> None:
    """See `mend_players`."""
    _process[0].players(player_ids)


async def open_database(url: str) -> Database:
    """One connection whose statements may take long."""
    return await Database.open(
        url, pool_size=1, command_timeout_s=limits.REBUILD_STATEMENT_S, acquire_timeout_s=limits.REBUILD_STATEMENT_S
    )
