from __future__ import annotations

import hashlib

import pytest

from server.games.eldorado.cards import DECKS
from server.games.eldorado.dealing import cards_per_player, deal, dealer_of, decks_for, shuffled_deck


@pytest.mark.parametrize(("players", "decks"), [(2, 1), (5, 1), (6, 2), (10, 2)])
def test_two_decks_from_six_players_on(players: int, decks: int) -> None:
    assert decks_for(players) == decks
    deck = shuffled_deck("00" * 32, "g", 0, [], players)
    assert sorted(deck) == sorted(DECKS[decks])
    assert len(deck) > players * 10


def test_cards_come_one_at_a_time_and_the_seat_after_the_dealer_is_first() -> None:
    dealt = deal([f"c{i}" for i in range(9)], ("a", "b", "c"), "b", 2)
    assert dealt.hands == {"c": ("c0", "c3"), "a": ("c1", "c4"), "b": ("c2", "c5")}
    assert list(dealt.hands) == ["a", "b", "c"]
    assert dealt.trump_card == "c6"
    assert dealt.undealt == ("c7", "c8")
    assert dealt.undealt_hash == hashlib.sha256(b"c7,c8").hexdigest()


def test_the_deal_goes_round() -> None:
    assert [dealer_of("abc", i) for i in range(5)] == ["a", "b", "c", "a", "b"]
    assert [cards_per_player(i) for i in range(10)] == list(range(10, 0, -1))
