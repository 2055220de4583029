"""`parlor export` and `parlor import`: a finished game on its way from one database to another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.acceptance.play.test_whole_game import parlor
from tests.support.guests import NOBODY, Guests
from tests.support.replays import finished, watching
from tests.support.server import ServerProcess


async def exported(guests: Guests, folder: Path) -> tuple[str, Path, dict[str, Any]]:
    """A finished game, its file and what stands in it."""
    _, game_id = await finished(guests)
    file = folder / "game.json"
    told = parlor(guests.server.dsn, "export", game_id, str(file))
    assert told.returncode == 0, told.stderr
    document = json.loads(file.read_text("utf-8"))
    assert document["digest"] in told.stdout
    return game_id, file, document


async def test_the_file_says_what_the_socket_http_and_the_terminal_say(guests: Guests, tmp_path: Path) -> None:
    game_id, _, document = await exported(guests, tmp_path)
    async with guests.http() as http:
        listed = (await http.get(f"/api/games/{game_id}/events", params={"limit": 5000})).json()["items"]
        game = (await http.get(f"/api/games/{game_id}")).json()
    lines = [json.loads(line) for line in parlor(guests.server.dsn, "replay", game_id, "--json").stdout.splitlines()]
    told = [
        {
            "index": event["index"],
            "name": event["name"],
            "at": event["at"],
            "data": {key: value for key, value in event["payload"].items() if not key.startswith("_")},
        }
        for event in document["events"]
    ]
    assert told == listed
    hashes = [event["state_hash"] for event in document["events"]]
    assert hashes == [line["state_hash"] for line in lines]
    async with watching(guests, game_id) as line:
        for index in range(0, len(hashes), 5):
            await line.send({"type": "seek", "index": index})
            assert (await line.next("state"))["state_hash"] == hashes[index]
    assert (document["game_id"], document["config"]) == (game_id, game["config"])
    scores = {player["player_id"]: player["score"] for player in document["summary"]["players"]}
    assert (scores, document["summary"]["rounds"]) == (game["summary"]["final_scores"], game["summary"]["rounds"])
    assert parlor(guests.server.dsn, "export", game_id).stdout == (tmp_path / "game.json").read_text("utf-8")


async def test_another_server_shows_the_same_game_and_counts_it_nowhere(
    guests: Guests, server_process: ServerProcess, dsn: str, tmp_path: Path
) -> None:
    game_id, file, document = await exported(guests, tmp_path)
    told = parlor(dsn, "import", str(file))
    assert (told.returncode, told.stderr) == (0, "")
    assert "is imported" in told.stdout
    again = parlor(dsn, "import", str(file))
    assert (again.returncode, again.stdout) == (0, f"eldorado {game_id} is there already, and is the same\n")

    async with guests.http() as here, Guests(server_process).http() as there:
        for path in ("", "/events?limit=5000", "/state", "/state?at=30", "/fairness"):
            answers = [(await http.get(f"/api/games/{game_id}{path}")).json() for http in (here, there)]
            for answer in answers:  # times of rows are those of the events, and a code opens no room any more
                for key in ("created_at", "started_at", "completed_at"):
                    answer.pop(key, None)
                if answer.get("summary"):
                    answer["summary"].pop("created_at")
            assert answers[0] == answers[1], path
        player_id = document["players"][0]["player_id"]
        stats = (await there.get(f"/api/players/{player_id}/stats")).json()
        assert stats.get("games_played", 0) == 0
        board = (await there.get("/api/leaderboards/wins", params={"min_games": 1, "include_bots": True})).json()
        assert board["rows"] == []
    assert parlor(dsn, "verify", game_id).returncode == 0
    copy = tmp_path / "copy.json"
    assert parlor(dsn, "export", game_id, str(copy)).returncode == 0
    assert copy.read_text("utf-8") == file.read_text("utf-8")


async def test_importing_into_the_database_of_origin_changes_nothing(guests: Guests, tmp_path: Path) -> None:
    game_id, file, _ = await exported(guests, tmp_path)
    before = guests.server.rows("select * from play.player_lifetime_stats order by id")
    told = parlor(guests.server.dsn, "import", str(file))
    assert told.stdout == f"eldorado {game_id} is there already, and is the same\n"
    assert guests.server.rows("select * from play.player_lifetime_stats order by id") == before


async def test_a_different_game_with_the_same_id_is_refused(guests: Guests, dsn: str, tmp_path: Path) -> None:
    _, file, document = await exported(guests, tmp_path)
    assert parlor(dsn, "import", str(file)).returncode == 0
    with psycopg.connect(dsn) as connection:
        connection.execute("set session_replication_role = replica")  # past the trigger that refuses changes
        connection.execute(
            "update play.game_events set created_at = created_at + interval '1 ms' where event_index = 7"
        )
    told = parlor(dsn, "import", str(file))
    assert told.returncode == 1
    assert f"there is a different game {document['game_id']} here: event 7 is not the same" in told.stderr


async def test_a_running_game_is_not_exported(guests: Guests, tmp_path: Path) -> None:
    _, room = await guests.playing(2)
    file = tmp_path / "game.json"
    for arguments in ([str(file)], []):
        told = parlor(guests.server.dsn, "export", room["game_id"], *arguments)
        assert (told.returncode, told.stdout) == (1, "")
        assert "until then its seed is secret" in told.stderr
    assert not file.exists()


async def test_invalid_exports_are_refused(guests: Guests, tmp_path: Path) -> None:
    game_id, file, _ = await exported(guests, tmp_path)
    before = file.read_text("utf-8")
    for arguments, said in (
        ([game_id, str(file)], "exists already"),
        ([NOBODY], "there is no game"),
        (["x"], "is not the id of a game"),
        ([game_id, str(tmp_path / "nowhere" / "x.json")], "nowhere"),
    ):
        told = parlor(guests.server.dsn, "export", *arguments)
        assert told.returncode != 0
        assert said in told.stderr and "Traceback" not in told.stderr, told.stderr
    assert file.read_text("utf-8") == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "file: is not JSON"),
        (b"[]", "file: must be one JSON object"),
        (b"{}", "format: must be"),
        (b'{"format": "parlor-game", "format": "parlor-game"}', "file: is not JSON (a key stands twice"),
        (b'{"x": NaN}', "file: is not JSON (NaN"),
        (b"\xff", "file: is not UTF-8"),
        (b"[" * 100_000, "file: is not JSON"),
        (None, "file: No such file"),
    ],
)
async def test_files_that_are_no_game_are_refused(dsn: str, tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "game.json"
    if content is not None:
        file.write_bytes(content)
    told = parlor(dsn, "import", str(file))
    assert told.returncode == 1
    assert said in told.stderr and "Traceback" not in told.stderr, told.stderr


async def test_an_altered_file_is_refused_and_names_the_place(guests: Guests, dsn: str, tmp_path: Path) -> None:
    _, file, document = await exported(guests, tmp_path)
    text = file.read_text("utf-8")
    (card,) = [event["payload"]["card"] for event in document["events"] if event["name"] == "card_played"][:1]
    file.write_text(text.replace(f'"card": "{card}"', '"card": "d0:hearts:2"', 1), "utf-8")
    told = parlor(dsn, "import", str(file))
    assert told.returncode == 1
    assert "digest: the file was altered or cut" in told.stderr
    with psycopg.connect(dsn) as connection:
        assert connection.execute("select count(*) from play.games").fetchone() == (0,)
