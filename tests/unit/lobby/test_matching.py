"""The choice of a table for a player."""

from __future__ import annotations

from dataclasses import replace

from server.games import relay
from server.games.table import Phase, Player, Status, Table
from server.lobby import matching

ME = "me"


def table(name: str, *players: Player, max_players: int = 4) -> Table:
    config = relay.GAME.config(max_players=max_players)
    return Table(name, "relay", 1, config, "host", "", {player.player_id: player for player in players})


def player(seat: int | None, name: str = "", **more: object) -> Player:
    return replace(Player(name or f"player {seat}", seat, "Name", "avatar", "#123456"), **more)  # type: ignore[arg-type]


def chosen(*tables: Table) -> str | None:
    best = matching.choose(tables, ME)
    return None if best is None else best.game_id


def test_the_fullest_table_with_a_free_seat_is_chosen() -> None:
    one, two = table("one", player(0)), table("two", player(0), player(1))
    four = table("four", *map(player, range(4)), max_players=10)
    assert chosen(one, two, four) == "two"
    assert chosen(four) is None
    assert chosen() is None


def test_the_oldest_of_equal_tables_is_chosen() -> None:
    assert chosen(table("first", player(0)), table("second", player(0))) == "first"


def test_empty_tables_are_not_chosen() -> None:
    assert chosen(table("empty"), table("watched", player(None))) is None


def test_a_table_for_two_is_full_with_two() -> None:
    assert chosen(table("two", player(0), player(1), max_players=2)) is None


def test_the_table_where_the_player_sits_comes_first() -> None:
    fuller = table("fuller", *map(player, range(3)))
    assert chosen(fuller, table("mine", player(2, ME))) == "mine"
    assert chosen(fuller, table("watched", player(0), player(None, ME))) == "fuller"


def test_a_table_that_removed_the_player_is_not_chosen() -> None:
    removed = player(None, ME, kicked=True, status=Status.LEFT)
    fuller, emptier = table("fuller", player(0), player(1), removed), table("emptier", player(0))
    assert chosen(fuller, emptier) == "emptier"
    assert chosen(fuller) is None


def test_a_player_may_come_back_to_a_seat_unless_left_or_removed() -> None:
    seated = table("game", player(1, ME))
    assert matching.seat_of(seated, ME) == 1
    assert matching.seat_of(replace(seated, phase=Phase.PLAYING), ME) == 1
    assert matching.seat_of(replace(seated, phase=Phase.COMPLETED), ME) is None
    assert matching.seat_of(seated, "somebody else") is None
    assert matching.seat_of(table("game", player(1, ME, status=Status.LEFT)), ME) is None
    assert matching.seat_of(table("game", player(1, ME, status=Status.ABSENT)), ME) == 1
    assert matching.seat_of(table("game", player(1, ME, kicked=True)), ME) is None


def test_bots_fill_the_free_seats_of_a_table_with_people() -> None:
    bot = player(1, is_bot=True)
    assert matching.free_for_bots(table("one", player(0))) == 3
    assert matching.free_for_bots(table("one", player(0), bot)) == 2
    assert matching.free_for_bots(table("large", *map(player, range(6)), max_players=10)) == 0
    assert matching.free_for_bots(table("left by all", bot)) == 0
    assert matching.free_for_bots(table("empty")) == 0
