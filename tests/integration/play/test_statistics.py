"""What remains of finished games."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from persistence.database import Database
from persistence.errors import Conflict, Rejected
from persistence.event_log.log import LossReason
from persistence.ids import new_game_id
from persistence.play import games, leaderboards, players, statistics
from persistence.play.players import PlayerRow
from persistence.play.statistics import Completion, PlayerResult
from tests.support.event_logs import AT_MS, PostgresLogSetup, Recorder, event, new_game, opened

DAY_MS = 86_400_000


async def people(db: Database, count: int) -> list[str]:
    made = [await players.create(db, display_name=f"P{n}", avatar_seed="a", color="#112233") for n in range(count)]
    return [player.id for player in made]


def result(player_id: str, score: int, *, won: bool, seat: int = 0, tricks: int = 2) -> PlayerResult:
    return PlayerResult(
        player_id=player_id, display_name=f"name {seat}", seat=seat, score=score, misplays=seat, is_winner=won,
        figures={
            "tricks_won": tricks, "highest_bid": seat + 3, "best_win_run": seat + 1, "best_loss_run": 2 - seat,
        },
    )  # fmt: skip


async def finish(db: Database, *results: PlayerResult, at_ms: int = AT_MS, game: str = "relay") -> str:
    game_id = new_game_id()
    await db.apply(new_game(game_id, game=game), Completion(game_id, at_ms, results, [{"round_index": 0}]))
    return game_id


async def test_the_end_of_a_game_is_stored(database: Database) -> None:
    ada, bob = await people(database, 2)
    game_id = await finish(database, result(ada, 40, won=True), result(bob, -7, won=False, seat=1, tricks=5))
    game = await games.get_game(database, game_id)
    assert game is not None
    assert game.status == "completed"
    assert game.completed_at is not None
    assert game.completed_at.timestamp() * 1000 == AT_MS
    assert game.closed_at is not None
    summary = await statistics.get_summary(database, game_id)
    assert summary is not None
    assert summary.players == [
        {"player_id": ada, "display_name": "name 0", "seat": 0, "score": 40, "tricks_won": 2, "highest_bid": 3,
         "misplays": 0, "is_winner": True},
        {"player_id": bob, "display_name": "name 1", "seat": 1, "score": -7, "tricks_won": 5, "highest_bid": 4,
         "misplays": 1, "is_winner": False},
    ]  # fmt: skip
    assert summary.rounds == [{"round_index": 0}]
    assert summary.final_scores == {ada: 40, bob: -7}
    assert (summary.highest_bid, summary.highest_score, summary.lowest_score) == (4, 40, -7)
    assert (summary.most_consecutive_wins, summary.most_consecutive_losses) == (2, 2)
    assert summary.highest_misplay == 1
    assert await statistics.get_summary(database, new_game_id()) is None


async def test_a_game_counts_once(database: Database) -> None:
    (ada,) = await people(database, 1)
    game_id = await finish(database, result(ada, 10, won=True))
    with pytest.raises(Conflict) as conflict:
        await database.apply(Completion(game_id, AT_MS, [result(ada, 10, won=True)]))
    assert conflict.value.constraint == "game_summaries_game_id_key"
    assert (await statistics.get_lifetime(database, ada)).games_played == 1


async def test_lifetime_statistics_add_up(database: Database) -> None:
    ada, bob = await people(database, 2)
    assert await statistics.get_lifetime(database, ada) == statistics.LifetimeRow(ada)
    for day, (score, won) in enumerate(
        [(10, True), (20, True), (-5, False), (30, True), (-9, False), (-1, False), (-2, False)]
    ):
        at_ms = AT_MS + day * DAY_MS
        await finish(database, result(ada, score, won=won), result(bob, 0, won=not won, seat=1), at_ms=at_ms)
    row = await statistics.get_lifetime(database, ada)
    assert (row.games_played, row.games_won) == (7, 3)
    assert (row.highest_score, row.lowest_score, row.total_points) == (30, -9, 43)
    assert (row.total_tricks_won, row.total_misplays) == (14, 0)
    assert (row.current_win_streak, row.current_loss_streak) == (0, 3)
    assert (row.most_consecutive_wins, row.most_consecutive_losses) == (2, 3)
    assert row.last_game_at is not None
    assert row.last_game_at.timestamp() * 1000 == AT_MS + 6 * DAY_MS
    other = await statistics.get_lifetime(database, bob)
    assert (other.most_consecutive_wins, other.most_consecutive_losses, other.total_misplays) == (3, 2, 7)


async def test_games_that_end_at_once_do_not_deadlock(dsn: str) -> None:
    database = await Database.open(dsn, pool_size=8)
    everybody = await people(database, 6)
    orders = [everybody, everybody[::-1], everybody[3:] + everybody[:3]] * 8
    await asyncio.gather(
        *(
            finish(database, *(result(player, seat, won=False, seat=seat) for seat, player in enumerate(order)))
            for order in orders
        )
    )
    for player in everybody:
        assert (await statistics.get_lifetime(database, player)).games_played == 24
    await database.close()


async def test_the_end_is_written_with_the_final_event(database: Database) -> None:
    logs = PostgresLogSetup(database)
    await logs.log.start()
    (ada,) = await people(database, 1)
    stream, room = await opened(logs)
    done = Completion(stream.game_id, AT_MS, [result(ada, 1, won=True)])
    logs.log.append(stream, [event(0)], [done])
    await room.reaches(0)
    logs.log.append(stream, [event(1)], [done])
    loss = await room.is_lost()
    assert (loss.reason, loss.first_index) == (LossReason.REFUSED, 1)
    assert (await statistics.get_lifetime(database, ada)).games_played == 1

    bare, bare_room = await opened(logs, Recorder())
    logs.log.append(bare, [event(0)], [games.StatusChanged(bare.game_id, "completed", AT_MS)])
    assert "no summary" in (await bare_room.is_lost()).detail
    await logs.close()


async def test_history_comes_in_pages(database: Database) -> None:
    ada, bob = await people(database, 2)
    games = [await finish(database, result(ada, n, won=n % 2 == 0), at_ms=AT_MS + n // 2 * DAY_MS) for n in range(7)]
    await finish(database, result(bob, 3, won=True))
    seen: list[str] = []
    cursor = None
    while True:
        page, cursor = await statistics.history(database, ada, limit=3, cursor=cursor)
        seen += [row.game_id for row in page]
        if cursor is None:
            break
    assert seen == games[::-1]
    assert (page[0].score, page[0].is_winner, page[0].game) == (0, True, "relay")
    with pytest.raises(Rejected):
        await statistics.history(database, ada, cursor="nonsense")


async def test_leaderboards_are_ordered(database: Database) -> None:
    ada, bob, eve = await people(database, 3)
    bot = PlayerRow(new_game_id(), "Bot 1", "bot:1", "#5566ff", is_bot=True)
    await players.ensure_bots(database, [bot])
    late, early = AT_MS + DAY_MS, AT_MS
    for _ in range(2):
        await finish(database, result(ada, 10, won=True), result(bot.id, 99, won=True), at_ms=late)
        await finish(database, result(bob, 12, won=True, tricks=4), at_ms=early)
    await finish(database, result(eve, 50, won=True), at_ms=early, game="eldorado")

    async def board(metric: str, **more: object) -> list[tuple[int, str, float]]:
        bounds = {"min_games": 2, **more}
        rows, _ = await leaderboards.leaderboard(database, metric, **bounds)  # type: ignore[arg-type]
        return [(row.rank, row.player_id, row.value) for row in rows]

    assert await board("wins") == [(1, bob, 2), (2, ada, 2)]  # equal: bob was there earlier
    assert await board("win_rate") == [(1, bob, 1.0), (2, ada, 1.0)]
    assert await board("highest_score", min_games=1) == [(1, eve, 50), (2, bob, 12), (3, ada, 10)]
    assert await board("total_points", include_bots=True) == [(1, bot.id, 198), (2, bob, 24), (3, ada, 20)]
    assert await board("total_tricks_won", limit=1) == [(1, bob, 8)]
    for metric in leaderboards.METRICS[:-1]:
        assert await board(metric, game="relay") == await board(metric)
        assert await board(metric, game="eldorado") == []
    assert await board("highest_score", game="eldorado", min_games=1) == [(1, eve, 50)]
    with pytest.raises(ValueError, match="beauty"):
        await board("beauty")


async def test_an_unknown_player_refuses_the_end(database: Database) -> None:
    (ada,) = await people(database, 1)
    nobody = replace(result(ada, 1, won=True), player_id=new_game_id())
    with pytest.raises(Rejected) as rejected:
        await finish(database, nobody)
    assert rejected.value.sqlstate == "23503"
