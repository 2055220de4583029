"""Statistics: the results of a player's games, added up in their order."""

from __future__ import annotations

from collections.abc import Sequence

from persistence.play.figures import FIGURES
from persistence.play.rebuild import KEYS, Ledger
from server.play.rebuild.differences import Difference, row_differences


async def check_players(ledger: Ledger) -> tuple[list[Difference], set[str]]:
    """What is not as computed, over all players, and whose it is. To be called in one snapshot."""
    await ledger.renumber(None)
    found: list[Difference] = []
    players: set[str] = set()
    for row in await ledger.renumbered():
        key = {"game_id": str(row["game_id"]), "player_id": str(row["player_id"])}
        found.append(Difference("game_players", key, "played_no", row["stored"], row["computed"]))
        players.add(key["player_id"])
    for table, keys in KEYS.items():
        await ledger.compute(table, None)
        for row in await ledger.wrong_figures(table):
            key = {name: str(row[name]) for name in keys}
            found += row_differences(table, key, FIGURES, row["stored"], row["computed"])
            players.add(key["player_id"])
    return found, players


async def mend_players(ledger: Ledger, players: Sequence[str]) -> None:
    """Compute the statistics of these players again, each in a transaction that blocks only their own games."""
    for player in players:
        async with ledger.transaction():
            for table in KEYS:
                await ledger.hold(table, [player])
            await ledger.renumber([player])
            await ledger.apply_numbers()
            for table in KEYS:
                await ledger.compute(table, [player])
                await ledger.settle(table, [player])
