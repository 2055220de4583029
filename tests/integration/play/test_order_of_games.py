"""The order of a player's games is stored, and the statistics are what the games make in that order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from persistence.database import Database
from persistence.ids import new_game_id
from persistence.play import players
from persistence.play.players import PlayerRow
from persistence.play.statistics import Completion, PlayerResult
from tests.support.event_logs import AT_MS, new_game

BOT = PlayerRow("01890000-0000-7000-8000-00000000b070", "Bot 1", "bot:1", "#5566ff", is_bot=True)

_GAME = st.tuples(
    st.sampled_from(["relay", "eldorado"]),
    st.booleans(),
    st.lists(st.tuples(st.integers(-50, 50), st.booleans()), min_size=3, max_size=3),
    st.integers(0, 2),
)


def folded(rows: Sequence[Any]) -> dict[str, Any]:
    """The statistics that these games make, one after the other."""
    s: dict[str, Any] = dict.fromkeys(
        ("games_played", "games_won", "games_with_bots", "wins_with_bots", "total_points", "total_tricks_won",
         "total_misplays", "current_win_streak", "current_loss_streak", "most_consecutive_wins",
         "most_consecutive_losses"), 0,
    )  # fmt: skip
    for row in rows:
        won, bots = row["is_winner"], row["with_bots"]
        s["games_played"] += 1
        s["games_won"] += won
        s["games_with_bots"] += bots
        s["wins_with_bots"] += won and bots
        s["total_points"] += row["score"]
        s["total_tricks_won"] += row["tricks_won"]
        s["total_misplays"] += row["misplays"]
        s["current_win_streak"] = s["current_win_streak"] + 1 if won else 0
        s["current_loss_streak"] = 0 if won else s["current_loss_streak"] + 1
        s["most_consecutive_wins"] = max(s["most_consecutive_wins"], s["current_win_streak"])
        s["most_consecutive_losses"] = max(s["most_consecutive_losses"], s["current_loss_streak"])
    scores = [row["score"] for row in rows]
    s |= {"highest_score": max(scores), "lowest_score": min(scores)}
    return s | {"last_game_at": max(row["completed_at"] for row in rows)}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(games=st.lists(_GAME, min_size=1, max_size=12))
def test_statistics_equal_the_fold_of_the_results(dsn: str, games: list[Any]) -> None:
    asyncio.run(_check(dsn, games))


async def _check(dsn: str, games: list[Any]) -> None:
    database = await Database.open(dsn, pool_size=4)
    await players.ensure_bots(database, [BOT])
    people = [
        (await players.create(database, display_name=f"P{n}", avatar_seed="a", color="#112233")).id for n in range(3)
    ]

    async def finish(game: str, bots: bool, outcomes: list[tuple[int, bool]], moment: int) -> None:
        seats = [*people[:2], BOT.id] if bots else people
        results = [
            PlayerResult(player, "x", seat, score, seat, won, player == BOT.id, {"tricks_won": seat, "highest_bid": 1})
            for seat, (player, (score, won)) in enumerate(zip(seats, outcomes, strict=True))
        ]
        game_id = new_game_id()
        await database.apply(new_game(game_id, game=game), Completion(game_id, AT_MS + moment, results))

    await asyncio.gather(*(finish(*each) for each in games))  # side by side, several in the same millisecond
    async with database.connection() as connection:
        for player in people:
            rows = await connection.fetch(
                "select * from play.game_players where player_id = $1 order by played_no", player
            )
            assert [row["played_no"] for row in rows] == list(range(1, len(rows) + 1))
            if not rows:
                continue
            lifetime = await connection.fetchrow(
                "select * from play.player_lifetime_stats where player_id = $1", player
            )
            assert dict(lifetime).items() >= folded(rows).items()
            of_games = await connection.fetch("select * from play.player_game_stats where player_id = $1", player)
            assert {row["game"] for row in of_games} == {row["game"] for row in rows}
            for of_game in of_games:
                own = [row for row in rows if row["game"] == of_game["game"]]
                assert dict(of_game).items() >= folded(own).items()
    await database.close()
