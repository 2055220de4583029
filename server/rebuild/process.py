"""What a process of the rebuild does: one thing at a time, on an event loop and a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from persistence.database import Database
from persistence.rebuild import ledger
from server import limits
from server.games.registry import Registry
from server.rebuild.games import Checked, check_games
from server.rebuild.players import mend_players


class _Process:
    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._registry = Registry.installed()
        self._database = self._runner.run(open_database(url))

    def games(self, game_ids: Sequence[str], mend: bool) -> Checked:
        async def work() -> Checked:
            async with ledger(self._database) as book:
                return await check_games(book, self._registry, game_ids, mend=mend)

        return self._runner.run(work())

    def players(self, player_ids: Sequence[str]) -> None:
        async def work() -> None:
            async with ledger(self._database) as book:
                await mend_players(book, player_ids)

        self._runner.run(work())


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
