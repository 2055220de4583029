"""Games that were counted before there was an order, figures by game and ratings get all three by the migration."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from migrations import runner
from persistence.database import Database
from persistence.ids import new_game_id
from persistence.play.rebuild import ledger
from server.play.metrics import PlayMetrics
from server.play.ratings.service import Ratings
from server.play.rebuild.differences import Difference
from server.play.rebuild.players import check_players
from server.play.rebuild.ratings import check_ratings
from tests.support.postgres import Server

BEFORE = "202611211820"
ADA, BOB, BOT = (f"01890000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
# Who played, and who of them won; the third and the fourth game ended at the same moment.
PLAYED = (((ADA, BOB), ADA), ((ADA, BOB, BOT), ADA), ((ADA, BOB), BOB), ((ADA, BOT), ADA), ((ADA,), ADA))


@pytest.fixture
def old(postgres: Server) -> Iterator[str]:
    dsn = postgres.create()
    runner.upgrade(dsn, BEFORE)
    with psycopg.connect(dsn) as connection:
        for player in (ADA, BOB, BOT):
            connection.execute(
                "insert into play.players (id, display_name, avatar_seed, color, is_bot) "
                "values (%s, 'x', 'x', 'x', %s)",
                [player, player == BOT],
            )
        for number, (people, winner) in enumerate(PLAYED):
            at, game_id = f"2026-01-0{min(number, 3) + 1 - (number == 3)}T00:00:00Z", new_game_id()
            connection.execute(
                "insert into play.games (id, game, rules_version, config, session_seed, status, completed_at) "
                "values (%s, %s, 1, '{}', 'x', 'completed', %s)", [game_id, "relay" if number == 1 else "eldorado", at],
            )  # fmt: skip
            connection.execute(
                "insert into play.game_summaries (game_id, players, rounds, final_scores) "
                "values (%s, '[]', '[]', '{}')",
                [game_id],
            )
            for seat, player in enumerate(people):
                connection.execute(
                    "insert into play.game_players select %s, id, game, %s, %s, 1, 1, 1, %s, completed_at "
                    "from play.games where id = %s", [player, seat, 5 - seat, player == winner, game_id],
                )  # fmt: skip
        connection.execute(
            "insert into play.player_lifetime_stats (player_id, games_played, games_won, highest_score, lowest_score, "
            "total_points, total_tricks_won, total_misplays, last_game_at) "
            "select player_id, count(*), count(*) filter (where is_winner), max(score), min(score), sum(score), "
            "sum(tricks_won), sum(misplays), max(completed_at) from play.game_players group by player_id"
        )
    yield dsn
    postgres.drop(dsn)


async def test_the_migration_fills_in_earlier_games(old: str) -> None:
    runner.upgrade(old)
    database = await Database.open(old)
    found: list[Difference] = []
    ratings = Ratings(PlayMetrics(CollectorRegistry())).consumer
    while await ratings.take_due(database):
        pass
    async with ledger(database) as book, book.transaction(snapshot=True):
        found += (await check_players(book))[0]
        await check_ratings(book, found.extend, lambda _: None, mend=False)
    assert found == []
    async with database.connection() as connection:
        ada = await connection.fetchrow("select * from play.player_lifetime_stats where player_id = $1", ADA)
        pools = await connection.fetch("select distinct rated_no, game, pool from play.rating_history order by 1")
        by_game = await connection.fetch(
            "select game, games_played, games_with_bots from play.player_game_stats where player_id = $1 order by 1",
            ADA,
        )
    await database.close()
    assert (ada["games_with_bots"], ada["wins_with_bots"], ada["most_consecutive_losses"]) == (2, 2, 1)
    assert [tuple(row) for row in by_game] == [("eldorado", 4, 1), ("relay", 1, 1)]
    assert sorted((row["game"], row["pool"]) for row in pools) == [
        ("eldorado", "bots"), ("eldorado", "people"), ("eldorado", "people"), ("relay", "bots"),
    ]  # fmt: skip


def test_the_migration_can_be_undone_and_repeated(old: str) -> None:
    runner.upgrade(old)
    runner.downgrade(old, BEFORE)
    with psycopg.connect(old) as connection:
        assert connection.execute("select sum(games_played) from play.player_lifetime_stats").fetchone() == (10,)
    runner.upgrade(old)
