from __future__ import annotations

from server.games.eldorado.cards import DECKS, STRENGTH, SUIT_OF, highest, lowest


def test_decks_are_in_order_and_without_repetition() -> None:
    assert [len(deck) for deck in DECKS] == [0, 52, 104]
    assert len(set(DECKS[2])) == 104
    assert DECKS[1][0] == "d0:clubs:2"
    assert DECKS[1][12:14] == ("d0:clubs:A", "d0:diamonds:2")
    assert DECKS[2][:52] == DECKS[1]
    assert DECKS[2][-1] == "d1:spades:A"


def test_every_card_has_a_suit_and_a_strength() -> None:
    assert SUIT_OF["d1:hearts:10"] == "hearts"
    assert (STRENGTH["d0:clubs:2"], STRENGTH["d0:clubs:10"], STRENGTH["d1:clubs:A"]) == (2, 10, 14)


def test_lowest_and_highest_are_decided_also_between_equals() -> None:
    cards = ("d0:spades:9", "d1:clubs:9", "d0:clubs:9", "d0:hearts:J", "d1:hearts:J")
    assert lowest(cards) == "d0:clubs:9"
    assert highest(cards) == "d1:hearts:J"
