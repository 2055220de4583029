"""Statistics and ratings over a real server: counted once whatever is killed, and computed again from the log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.acceptance.play.test_whole_game import parlor
from tests.support import bot_games
from tests.support.guests import Guests
from tests.support.postgres import Server
from tests.support.server import HostedProcess, serving
from tests.support.soak import amount

GAMES = amount(usual=100, soak=1_000)


@pytest.fixture(scope="module")
def played(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostedProcess]:
    """A server on which bots have played many games, rated by two servers, one of which was killed meanwhile."""
    with serving(postgres, PARLOR_ROOMS_PER_PLAYER_MAX="100000") as server:
        other = HostedProcess(server.dsn, tmp_path_factory.mktemp("other")).start()

        async def play() -> None:
            await bot_games.play(server, GAMES // 2)
            other.kill()
            await bot_games.play(server, GAMES // 4)
            server.kill()
            server.start()
            await bot_games.play(server, GAMES - GAMES // 2 - GAMES // 4)
            await bot_games.rated(server)

        asyncio.run(play())
        other.close()
        yield server


def rebuild(server: HostedProcess, *options: str) -> tuple[int, str]:
    told = parlor(server.dsn, "rebuild", "--processes", "1", *options)
    assert told.stderr == ""
    return told.returncode, told.stdout


def test_every_game_is_rated_once_and_everything_is_as_the_log_says(played: HostedProcess) -> None:
    assert played.rows("select count(distinct game_id), min(rated_no), max(rated_no) from play.rating_history") == [
        (GAMES, 1, GAMES)
    ]
    assert played.rows("select count(*) from (select distinct rated_no, game_id from play.rating_history) r") == [
        (GAMES,)
    ]
    assert rebuild(played, "--verify") == (0, f"{GAMES:,} games: everything is as the log says\n")


async def test_http_answers_agree_with_the_log(played: HostedProcess) -> None:
    guests = Guests(played)
    (player,) = played.rows(
        "select player_id::text from play.player_lifetime_stats order by games_played desc, 1 limit 1"
    )[0]
    path = f"/api/players/{player}"
    async with guests.http() as http:

        async def get(where: str, **params: Any) -> Any:
            answer = await http.get(where, params=params)
            assert answer.status_code == 200, answer.text
            return answer.json()

        stats = await get(f"{path}/stats")
        (of_game,) = stats["by_game"]
        assert of_game.items() <= ({"game": "eldorado"} | stats).items()
        assert stats["games_with_bots"] == stats["games_played"]
        assert stats["wins_with_bots"] == stats["games_won"]
        (rating,) = stats["ratings"]
        assert (rating["game"], rating["pool"], rating["games"]) == ("eldorado", "bots", stats["games_played"])

        # Newest first, page by page; where the newest has led is where the player stands.
        seen, cursor = [], {}
        while cursor is not None:
            page = await get(f"{path}/ratings", game="eldorado", pool="bots", limit=40, **cursor)
            seen += page["items"]
            cursor = page["next_cursor"] and {"cursor": page["next_cursor"]}
        assert len({item["game_id"] for item in seen}) == len(seen) == rating["games"]
        assert (seen[0]["rating"], seen[0]["deviation"]) == (rating["rating"], rating["deviation"])
        assert sum(item["change"] for item in seen) == pytest.approx(
            rating["rating"] - 1500, abs=0.05 * len(seen) + 0.1
        )
        assert (await get(f"{path}/ratings", pool="people"))["items"] == []

        changes = {item["game_id"]: item["change"] for item in seen}
        history = (await get(f"{path}/games", limit=100))["items"]
        for item in history:
            assert item["rating_change"] == changes[item["game_id"]]
            assert 1 <= item["rank"] <= item["players"] <= 4
            assert (item["rank"] == 1) == item["is_winner"]

        scores = await get(f"{path}/scores", game="eldorado")
        assert (scores["game"], scores["games"]) == ("eldorado", min(stats["games_played"], 1_000))
        assert sum(each["count"] for each in scores["bins"]) == scores["games"]
        assert scores["bins"][0]["from"] <= stats["lowest_score"] <= scores["bins"][0]["to"]
        assert await get(f"{path}/scores", game="chess") == {"game": "chess", "games": 0, "bins": []}

        board = {"game": "eldorado", "pool": "bots", "include_bots": True}
        leaders = await get("/api/leaderboards/rating", **board, limit=2)
        assert leaders["rows"] == [] or leaders["rows"][0]["value"] >= leaders["rows"][-1]["value"]
        for where, params, field in (
            ("/api/leaderboards/rating", {}, "game"),
            ("/api/leaderboards/rating", {"game": "eldorado", "pool": "cats"}, "pool"),
            ("/api/leaderboards/wins", {"cursor": "x"}, "cursor"),
            (f"{path}/ratings", {"cursor": "x"}, "cursor"),
            (f"{path}/ratings", {"pool": "cats"}, "pool"),
            (f"{path}/ratings", {"limit": 0}, "limit"),
            (f"{path}/scores", {}, "game"),
        ):
            refused = await http.get(where, params=params)
            assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (422, field), where
        metrics = (await http.get("/metrics")).text
        assert 'parlor_games_rated_total{pool="bots"}' in metrics
    await guests.close()


# What somebody did by hand, and the line that tells of it.
_FIRST = "(select min(game_id::text)::uuid from play.game_summaries)"
_LAST = "(select max(game_id::text)::uuid from play.game_summaries)"
_SOME = "(select min(player_id::text)::uuid from play.player_lifetime_stats where games_played > 3)"
_OTHER = "(select max(player_id::text)::uuid from play.player_lifetime_stats where games_played > 3)"
_HUMAN = "(select min(id::text)::uuid from play.players where not is_bot)"
ALTERED = (
    (f"update play.game_summaries set highest_bid = 77 where game_id = {_FIRST}", "game_summaries",
     "highest_bid is 77"),
    (f"update play.game_players set score = 1234 where game_id = {_FIRST}", "game_players", "score is 1234"),
    ("update play.game_players set played_no = 2 where played_no = 4", "game_players", "played_no is 2"),
    (f"delete from play.game_players where game_id = {_LAST}", "game_players", "the row is missing"),
    (f"insert into play.game_players select {_HUMAN}, {_FIRST}, 'eldorado', 9, 1, 1, 1, 1, true, now(), 1, true",
     "game_players", "there is no such row"),
    (f"update play.player_lifetime_stats set total_points = 9876 where player_id = {_SOME}", "player_lifetime_stats",
     "total_points is 9876"),
    (f"delete from play.player_lifetime_stats where player_id = {_OTHER}", "player_lifetime_stats",
     "the row is missing"),
    (f"insert into play.player_lifetime_stats (player_id) select {_HUMAN}", "player_lifetime_stats", "no such row"),
    (f"update play.player_game_stats set games_won = 9876 where player_id = {_SOME}", "player_game_stats",
     "games_won is 9876"),
    (f"delete from play.player_game_stats where player_id <> {_SOME}", "player_game_stats", "the row is missing"),
    (f"insert into play.player_game_stats (player_id, game) select {_HUMAN}, 'go'", "player_game_stats", "no such row"),
    ("update play.rating_history set mu_after = 3 where rated_no = 11", "rating_history", "mu_after is 3"),
    ("update play.rating_history set rated_no = 12 where rated_no = 15", "rating_history", "rated_no is 12"),
    ("delete from play.rating_history where rated_no = 20", "rating_history", "the row is missing"),
    (f"insert into play.rating_history select {_FIRST}, {_HUMAN}, 'eldorado', 'bots', 1, 1, 1, 1, 1, now()",
     "rating_history", "there is no such row"),
    (f"update play.player_ratings set games = 9876 where player_id = {_SOME}", "player_ratings", "games is 9876"),
    (f"delete from play.player_ratings where player_id <> {_SOME}", "player_ratings", "the row is missing"),
    (f"insert into play.player_ratings select {_HUMAN}, 'eldorado', 'bots', 1, 1, 1, now()", "player_ratings",
     "there is no such row"),
    (f"insert into play.finished_games select {_FIRST}, 'ratings', 'infinity'", "finished_games",
     "there is no such row"),
    ("update play.rating_clock set rated = 2", "rating_clock", "rated is 2"),
)  # fmt: skip


def test_altered_statistics_are_found_and_mended_while_games_go_on(played: HostedProcess, tmp_path: Path) -> None:
    with psycopg.connect(played.dsn) as connection:
        connection.execute("set session_replication_role = replica")  # past the triggers that refuse changes
        for statement, _, _ in ALTERED:
            assert connection.execute(statement.encode()).rowcount > 0, statement
        connection.execute(f"delete from play.game_summaries where game_id = {_LAST}".encode())
    file = tmp_path / "all.json"
    code, told = rebuild(played, "--verify", "--json", str(file))
    assert code == 1
    everything = json.loads(file.read_text("utf-8"))
    lines = [json.dumps(each) for each in everything["differences"]]
    assert everything["count"] == len(lines) > len(ALTERED)
    assert told.count("\nplay.") + 1 == min(len(lines), 100)
    for statement, table, words in ALTERED:
        found = [each for each in everything["differences"] if each["table"] == table and _says(each, words)]
        assert found, statement
    assert any(each["table"] == "game_summaries" and each["stored"] is None for each in everything["differences"])

    async def mend_beside_games() -> tuple[int, str]:
        mending = asyncio.create_task(asyncio.to_thread(rebuild, played))
        while not mending.done():
            await bot_games.play(played, 8, at_once=4)
        return await mending

    code, told = asyncio.run(mend_beside_games())
    assert code == 0
    assert "differences mended" in told
    asyncio.run(bot_games.rated(played))
    assert rebuild(played, "--verify")[0] == 0
    assert played.rows("select count(*) from play.games g where status = 'completed'") == played.rows(
        "select max(rated_no) from play.rating_history"
    )


def _says(difference: dict[str, Any], words: str) -> bool:
    if words == "the row is missing":
        return difference["column"] is None and difference["stored"] is None
    if words.endswith("no such row"):
        return difference["column"] is None and difference["computed"] is None
    column, _, value = words.partition(" is ")
    return difference["column"] == column and str(difference["stored"]) == value
