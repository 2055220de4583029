from __future__ import annotations

import pytest

from server.games.eldorado.worlds import Dice, _fit, fit

X, Y, Z = 1, 2, 4


def test_dice_are_fair_enough_and_can_be_repeated() -> None:
    dice, again = Dice(7), Dice(7)
    thrown = [dice.below(6) for _ in range(6_000)]
    assert thrown == [again.below(6) for _ in range(6_000)]
    assert set(thrown) == set(range(6))
    assert all(900 < thrown.count(face) < 1_100 for face in range(6))


def test_cards_find_a_place_where_there_is_only_one_way() -> None:
    """A card that took the place of another one makes room, if it can."""
    banned = (Z, Y, Y | X)  # so Y lies with the first, X with the second, Z with the third
    for seed in range(60):
        assert _fit([X, Y, Z], owners=[0, 1, 2], banned=banned, dice=Dice(seed)) == [Y, X, Z]


def test_every_way_is_found_where_there_are_several() -> None:
    found = {tuple(_fit([X, Y, Z], [0, 1, 2], (Z, 0, 0), Dice(seed))) for seed in range(200)}
    assert found == {(X, Y, Z), (X, Z, Y), (Y, X, Z), (Y, Z, X)}


@pytest.mark.parametrize("bid", [0, 3])
def test_the_better_a_bid_fits_the_likelier_it_is_and_none_is_impossible(bid: int) -> None:
    likely = [fit(worth, bid) for worth in (bid, bid + 0.5, bid + 1, bid + 2, bid + 9)]
    assert likely[:2] == [1.0, 1.0]
    assert likely == sorted(likely, reverse=True)
    assert likely[-1] > 0
