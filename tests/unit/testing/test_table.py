"""The test kit's table, as authors of games use it."""

from __future__ import annotations

from typing import Any

import pytest

from server.testing.table import Table
from tests.support import example_games

GAME = example_games.tictactoe().GAME


def started(**given: Any) -> Table:
    table = Table(GAME, **given)
    table.start()
    return table


def test_a_seat_sees_what_its_player_would() -> None:
    table = started(players=2)
    ada, bob = table.seats
    assert ada.turn is not None
    assert bob.turn is None
    answer = ada.move()
    assert (answer["type"], answer["first"]) == ("ack", bob.named("marked")[0]["index"])
    assert ada.turn is None
    assert bob.named("marked")[0]["data"] == {"player_id": ada.player_id, "cell": 0, "forced": False}
    assert bob.view["board"] == ["X..", "...", "..."]
    with pytest.raises(LookupError, match="not this player's turn"):
        ada.move()


def test_bots_and_time() -> None:
    table = started(players=1, bots=1, level="perfect", turn_seconds=10)
    table.seats[0].move()
    table.advance(0)
    assert table.names.count("marked") == 2
    table.advance(10)
    assert table.seats[0].named("marked")[2]["data"]["forced"]


def test_who_is_away_is_not_asked_and_is_told_when_he_is_back() -> None:
    table = started(players=2)
    ada, bob = table.seats
    ada.disconnect()
    assert ada.turn is None
    with pytest.raises(LookupError, match="not connected"):
        ada.ask("mark", cell=1)
    table.advance(60)
    seen = len(ada.events)
    ada.connect()
    assert next(event["name"] for event in ada.events[seen:]) == "player_disconnected"
    assert ada.events == bob.events


def test_a_game_survives_any_number_of_restarts() -> None:
    table = started(players=2, rounds=1)
    while not table.is_over:
        table.restart(after_s=3)
        for seat in table.seats:
            seat.connect()
        next(seat for seat in table.seats if seat.turn is not None).move()
        table.assert_log_gives_the_live_state()
    assert table.names[-1] == "game_completed"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"players": 3}, "3 players and 0 bots are more than max_players, 2"),
        ({"players": 1, "bots": 1, "level": "genius"}, r"no bots of level 'genius' \(levels: random, perfect\)"),
        ({"rounds": 99}, "rounds must be 1 to 9"),
    ],
)
def test_what_a_room_would_refuse(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Table(GAME, **given)


def test_an_unknown_setting_is_no_setting() -> None:
    with pytest.raises(TypeError, match="speed"):
        Table(GAME, speed=3)
