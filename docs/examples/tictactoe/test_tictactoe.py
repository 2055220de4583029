from tictactoe import GAME

from server.testing.properties import GameProperties
from server.testing.table import Table


class TestRules(GameProperties):
    game = GAME


def test_three_in_a_row_win() -> None:
    table = Table(GAME, players=2, rounds=1)
    table.start()
    ada, bob = table.seats
    for player, cell in ((ada, 0), (bob, 3), (ada, 1), (bob, 4), (ada, 2)):
        assert player.ask("mark", cell=cell)["type"] == "ack"
    assert bob.named("game_completed")[0]["data"]["winners"] == [ada.player_id]


def test_a_taken_cell_is_refused() -> None:
    table = Table(GAME, players=2)
    table.start()
    ada, bob = table.seats
    ada.move()
    assert bob.ask("mark", cell=0)["code"] == "invalid_command"
    assert ada.ask("mark", cell=1)["code"] == "not_your_turn"


def test_who_is_silent_has_his_move_made() -> None:
    table = Table(GAME, players=2, turn_seconds=20)
    table.start()
    table.advance(20)
    assert table.seats[0].named("marked")[0]["data"]["forced"]


def test_the_perfect_bot_never_loses() -> None:
    table = Table(GAME, players=1, bots=1, level="perfect", rounds=9)
    table.start()
    table.play()
    assert table.seats[0].player_id not in table.seats[0].view["past"]


def test_a_game_goes_on_after_a_restart() -> None:
    table = Table(GAME, players=2)
    table.start()
    table.seats[0].move()
    table.restart()
    for seat in table.seats:
        seat.connect()
    table.play()
    table.assert_log_gives_the_live_state()
