from __future__ import annotations

import pytest

from server.games.eldorado.cards import Card, Suit
from server.games.eldorado.tricks import forced_card, legal_cards, refuse_card, winning_play

HAND = ("d0:clubs:3", "d0:hearts:K", "d1:clubs:J", "d0:spades:2")
TRUMPS = ("d0:spades:9", "d0:spades:2")


@pytest.mark.parametrize(
    ("hand", "led", "broken", "legal"),
    [
        (HAND, "clubs", False, ("d0:clubs:3", "d1:clubs:J")),
        (HAND, "diamonds", False, HAND),
        (HAND, "spades", True, ("d0:spades:2",)),
        (HAND, None, False, HAND[:3]),
        (HAND, None, True, HAND),
        (TRUMPS, None, False, TRUMPS),
        ((), None, False, ()),
    ],
)
def test_legal_cards(hand: tuple[Card, ...], led: Suit | None, broken: bool, legal: tuple[Card, ...]) -> None:
    assert legal_cards(hand, led, "spades", broken) == legal


@pytest.mark.parametrize(
    ("card", "led", "code", "forged"),
    [
        ("d1:clubs:3", "clubs", "invalid_card", True),
        ("no card", None, "invalid_card", True),
        ("d0:hearts:K", "clubs", "must_follow_suit", False),
        ("d0:spades:2", None, "cannot_lead_trump", False),
    ],
)
def test_refusals_name_the_rule(card: Card, led: Suit | None, code: str, forged: bool) -> None:
    refusal = refuse_card(card, HAND, led, "spades", False)
    assert refusal is not None
    assert (refusal.code, refusal.misplay, refusal.forged, refusal.field) == (code, True, forged, "card")


def test_a_legal_card_is_not_refused() -> None:
    assert refuse_card("d0:clubs:3", HAND, "clubs", "spades", False) is None


@pytest.mark.parametrize(
    ("hand", "led", "forced"),
    [
        (HAND, "clubs", "d1:clubs:J"),
        (HAND, "diamonds", "d0:clubs:3"),
        (HAND, None, "d0:clubs:3"),
        (TRUMPS, "diamonds", "d0:spades:2"),
        (TRUMPS, None, "d0:spades:2"),
        (HAND, "spades", "d0:spades:2"),
    ],
)
def test_the_forced_card(hand: tuple[Card, ...], led: Suit | None, forced: Card) -> None:
    assert forced_card(hand, led, "spades") == forced
    assert forced in legal_cards(hand, led, "spades", False)


@pytest.mark.parametrize(
    ("cards", "winner"),
    [
        (["d0:clubs:3", "d0:clubs:10", "d0:clubs:J", "d0:clubs:9"], 2),
        (["d0:clubs:3", "d0:hearts:A"], 0),
        (["d0:clubs:A", "d0:spades:2"], 1),
        (["d0:clubs:A", "d0:spades:2", "d0:spades:3", "d0:clubs:K"], 2),
        (["d0:spades:A", "d0:spades:K", "d0:hearts:A"], 0),
        (["d0:clubs:A", "d0:hearts:2", "d1:clubs:A"], 2),
        (["d1:clubs:4", "d1:spades:A", "d0:spades:A", "d0:clubs:4"], 2),
        (["d0:clubs:A"], 0),
    ],
)
def test_who_takes_the_trick(cards: list[Card], winner: int) -> None:
    """Highest trump, else highest of the led suit; of two identical cards the later one."""
    plays = [(f"p{i}", card) for i, card in enumerate(cards)]
    assert winning_play(plays, "spades") == plays[winner]
