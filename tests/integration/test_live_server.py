"""The test kit's real server: a game that is not installed is played over HTTP and a socket."""

from __future__ import annotations

import pytest

from server.errors import StartupError
from server.games import relay
from server.testing.live import Guest, live_server
from tests.support import example_games


def test_a_game_that_is_not_installed_is_played(dsn: str) -> None:
    with live_server(example_games.tictactoe().GAME, database_url=dsn) as url:
        (told,) = Guest(url).get("/api/games")["items"]
        assert (told["name"], told["bot_levels"], told["config"]["rounds"]) == ("tictactoe", ["random", "perfect"], 3)
        guest = Guest(url, "Ada")
        room = guest.open("tictactoe", bots=1, rounds=1)
        assert guest.ask("mark", cell=99)["code"] == "invalid_command"
        over = guest.play()
        assert over["data"]["final_scores"].keys() == {p["player_id"] for p in told_players(guest, room["game_id"])}
        with pytest.raises(AssertionError, match=r"422 .*unknown_game"):
            guest.open("chess")
        guest.close()


def told_players(guest: Guest, game_id: str) -> list[dict[str, str]]:
    players: list[dict[str, str]] = guest.get(f"/api/games/{game_id}")["players"]
    return players


def test_a_missing_game_does_not_harm_others(dsn: str, caplog: pytest.LogCaptureFixture) -> None:
    """Its rooms wait in the log for the day on which it is back."""
    tictactoe = example_games.tictactoe().GAME
    given = {"database_url": dsn, "token_key": "k" * 32}
    with live_server(tictactoe, relay.GAME, **given) as url:
        host = Guest(url)
        room = host.open("tictactoe", bots=1, rounds=1)
        code = host.open("tictactoe")["join_code"]
    with live_server(relay.GAME, **given) as url:
        guest = Guest(url)
        for path, body in ((f"/api/rooms/{room['game_id']}/join", {}), ("/api/join", {"join_code": code})):
            with pytest.raises(AssertionError, match=r"503 .*the game 'tictactoe' is not installed on this server"):
                guest.post(path, **body)
        guest.open("relay")
        assert guest.ask("say", data="still here")["type"] == "ack"
    assert not [record for record in caplog.records if record.exc_info], caplog.text
    with live_server(tictactoe, **given) as url:
        host.move_to(url)
        host.connect(f"{url.replace('http', 'ws')}/ws/rooms/{room['game_id']}")
        assert host.play()["data"]["winners"]


def test_an_error_at_the_start_is_raised() -> None:
    with pytest.raises(StartupError), live_server(env="production"):
        pytest.fail("it can't have started")
