"""Prints how long leaderboards and histories take among many: python -m tests.support.bench_leaderboards [--plans]

100,000 players and 1,000,000 games, made by SQL in a database of its own (some minutes, 3 GB of disk).
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg

from migrations import runner
from persistence.database import Database
from persistence.embedded import postgres
from persistence.play import leaderboards, ratings
from persistence.play.figures import FIGURES
from persistence.play.rebuild import KEYS, ledger

RUNS = 200
DEEP = 20_000

# Few players play much and many play little: the share of all seats falls with the square root of a player's place.
DATA = """
set session_replication_role = replica;
set work_mem = '256MB';
set maintenance_work_mem = '512MB';
create temp table drawn as
    select n, p, min(seat) as seat, lpad(to_hex(n), 32, '0')::uuid as game_id, md5('p' || p)::uuid as player_id,
        case when n % 5 = 0 then 'relay' else 'eldorado' end as game, min(seat) = n % 4 as won,
        timestamptz '2026-01-01' + n * interval '20 s' as at,
        (40 * (random() + random() + random() - 1.5))::int as score
    from (
        select n, seat, floor({players} * random() ^ 2)::int as p
        from generate_series(1, {games}) n, generate_series(0, 3) seat
    ) d
    group by n, p;
insert into play.players (id, display_name, avatar_seed, color, is_bot)
    select md5('p' || n)::uuid, 'Player ' || n, 'a', '#112233', n < 20 from generate_series(0, {players} - 1) n;
insert into play.games (id, game, rules_version, config, session_seed, status, created_at, completed_at)
    select distinct game_id, game, 1, '{{}}'::jsonb, 'x', 'completed', at, at from drawn;
insert into play.game_players (game_id, player_id, game, seat, score, tricks_won, highest_bid, misplays, is_winner,
        completed_at, with_bots, played_no)
    select game_id, player_id, game, seat, score, score / 5 + 13, 4, 0, won, at,
        bool_or(p < 20) over (partition by n), row_number() over (partition by p order by n)
    from drawn order by n;
insert into play.rating_history (game_id, player_id, game, pool, rated_no, mu_before, sigma_before, mu_after,
        sigma_after, completed_at)
    select game_id, player_id, game, case when with_bots then 'bots' else 'people' end,
        (extract(epoch from completed_at - '2026-01-01') / 20)::bigint, 25, 8, 25 + random(), 7.5, completed_at
    from play.game_players;
insert into play.player_ratings (player_id, game, pool, mu, sigma, games, last_game_at)
    select player_id, game, pool, 15 + 20 * random(), 25 / 3.0 / sqrt(1 + count(*) / 30.0), count(*), max(completed_at)
    from play.rating_history group by player_id, game, pool;
analyze
"""


class Explaining:
    """A database that tells the plan of every query before it runs it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def fetch(self, query: Any, **parameters: Any) -> list[Any]:
        async with self._database.connection() as connection:

            class Told:
                async def fetch(self, sql: str, *given: Any) -> Any:
                    for (line,) in await connection.fetch(f"explain (analyze, buffers) {sql}", *given):
                        print("   ", line)
                    return await connection.fetch(sql, *given)

            return [row async for row in query(Told(), **parameters)]


async def make_data(dsn: str, players: int, games: int) -> None:
    began = time.perf_counter()
    connection = await asyncpg.connect(dsn)
    for statement in DATA.format(players=players, games=games).strip().split(";\n"):
        await connection.execute(statement)
    await connection.close()
    database = await Database.open(dsn, command_timeout_s=3600)
    async with ledger(database) as book, database.connection():
        for table, keys in KEYS.items():
            await book.compute(table, None)
            columns = ", ".join((*keys, *FIGURES))
            await book._connection.execute(
                f"insert into play.{table} ({columns}) select {columns} from computed_{table}"
            )
    async with database.connection() as connection:
        await connection.execute("vacuum analyze")
        counts = await connection.fetchrow(
            "select (select count(*) from play.game_players), pg_size_pretty(pg_database_size(current_database()))"
        )
    await database.close()
    print(f"{players:,} players, {games:,} games, {counts[0]:,} results, {counts[1]}", end="; ")
    print(f"made in {time.perf_counter() - began:.0f} s\n")


async def measure(name: str, ask: Callable[[Any], Awaitable[Any]], database: Database, *, plans: bool) -> None:
    waits = []
    for _ in range(RUNS):
        began = time.perf_counter()
        await ask(database)
        waits.append((time.perf_counter() - began) * 1e3)
    waits.sort()
    print(f"{name:<62} p50 {statistics.median(waits):6.2f} ms, p99 {waits[int(RUNS * 0.99)]:6.2f} ms", flush=True)
    if plans:
        await ask(Explaining(database))
        print()


async def boards(database: Database, *, plans: bool) -> None:
    for metric in leaderboards.METRICS:
        for game in ("eldorado",) if metric == "rating" else (None, "eldorado"):
            for bounds in ({}, {"min_games": 1}, {"min_games": 1_000}):
                given = {"game": game, "pool": "people", "sigma_max": 300 / 42, **bounds}
                _, deep = await leaderboards.leaderboard(database, metric, limit=DEEP, **given)
                pages = [("first page", None), *([(f"from place {DEEP:,}", deep)] if deep else [])]
                for page, cursor in pages:

                    async def ask(db: Any, given: Any = given, metric: str = metric, cursor: Any = cursor) -> None:
                        await leaderboards.leaderboard(db, metric, limit=20, cursor=cursor, **given)

                    least = bounds.get("min_games", 10)
                    name = f"{metric}, {game or 'all games'}, at least {least:,} games, {page}"
                    await measure(name, ask, database, plans=plans and not bounds)


async def histories(database: Database, *, plans: bool) -> None:
    async with database.connection() as connection:
        busiest = await connection.fetchval(
            "select player_id from play.player_lifetime_stats order by games_played desc limit 1"
        )
    player = str(busiest)
    played = (await statistics.get_lifetime(database, player)).games_played
    for page in ("first page", "from the middle"):
        cursors: list[Any] = [None, None]
        if page != "first page":
            _, cursors[0] = await statistics.history(database, player, limit=played // 2)
            _, cursors[1] = await ratings.history(database, player, limit=played // 2)
        name = f"of a player with {played:,} games, {page}"

        async def games(db: Any, cursor: Any = cursors[0]) -> None:
            await statistics.history(db, player, limit=20, cursor=cursor)

        async def moves(db: Any, cursor: Any = cursors[1]) -> None:
            await ratings.history(db, player, limit=20, cursor=cursor)

        await measure(f"history {name}", games, database, plans=plans)
        await measure(f"ratings {name}", moves, database, plans=plans)

    async def scores(db: Any) -> None:
        await statistics.scores(db, player, "eldorado", limit=1_000)

    await measure("the last 1,000 scores of a player", scores, database, plans=plans)


async def main(dsn: str, players: int, games: int, *, plans: bool) -> None:
    await make_data(dsn, players, games)
    database = await Database.open(dsn, command_timeout_s=60)
    await boards(database, plans=plans)
    await histories(database, plans=plans)
    await database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--players", type=int, default=100_000)
    parser.add_argument("--games", type=int, default=1_000_000)
    parser.add_argument("--plans", action="store_true", help="print the plans too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = postgres.start(Path(folder) / "db")
        try:
            runner.upgrade(server.dsn)
            asyncio.run(main(server.dsn, asked.players, asked.games, plans=asked.plans))
        finally:
            server.stop()
