"""What may be known of the chance in a game. A finished game is verified once, in a thread, and the report is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from server import limits
from server.games import fairness
from server.games.replay import fold
from server.games.rules import Data, Event, Game
from server.games.table import Player, Table
from server.replays.kept import Kept
from server.rooms.machine.effects import Record


class Reports:
    """The reports of finished games. `threads`: how many long computations there may be at once."""

    def __init__(self, threads: asyncio.Semaphore) -> None:
        self._threads = threads
        self._kept: Kept[Data] = Kept(limits.FAIRNESS_REPORTS_MAX)

    async def report(self, game: Game[Any], game_id: str, read: Callable[[], Awaitable[Sequence[Record]]]) -> Data:
        """All that there is to say of a completed game; `read`: reads its whole log."""

        async def compute() -> Data:
            events = [record.event for record in await read()]
            async with self._threads:
                return await asyncio.to_thread(_report, game, game_id, events)

        return await self._kept.get(game_id, compute)


def running(game_id: str, table: Table, seated: Sequence[Player]) -> Data:
    """What may be known of a game that is not completed. `seated`: the players as they were when it started."""
    return {
        "game_id": game_id,
        "scheme": "shuffle-v1",
        "shuffle_game_id": table.shuffle_id,
        "commitment": table.seed_commitment,
        "client_seeds": [
            {"seat": player.seat, "player_id": player.player_id, "client_seed": player.client_seed} for player in seated
        ],
        "session_seed": None,
        "decks": None,
        "verified": None,
    }


def _report(game: Game[Any], game_id: str, events: Sequence[Event]) -> Data:
    table = fold(game, events).table
    found = fairness.verify(game, events)
    return {
        **running(game_id, table, fairness.seated_at_start(game, events)),
        "session_seed": table.session_seed,
        "decks": [list(deck) for deck in fairness.decks(game, events)],
        "verified": {
            "ok": found.ok,
            "audited": found.audited,
            "problem": found.problem,
            "event_index": found.event_index,
        },
    }
