"""The rules of a trick: which cards may be played, and which one takes it."""

from __future__ import annotations

from collections.abc import Sequence

from server.games.eldorado.cards import STRENGTH, SUIT_OF, Card, Hand, Suit, highest, lowest
from server.games.rules import PlayerId, Refusal


def legal_cards(hand: Hand, led: Suit | None, trump: Suit, trump_broken: bool) -> Hand:
    """The cards that may be played from a hand; at least one of a hand that has any.

    `led` None: the player leads. Then trump must wait until it is broken, unless the hand has nothing else.
    """
    if led is not None:
        return tuple([card for card in hand if SUIT_OF[card] == led]) or hand
    if trump_broken:
        return hand
    return tuple([card for card in hand if SUIT_OF[card] != trump]) or hand


def refuse_card(card: Card, hand: Hand, led: Suit | None, trump: Suit, trump_broken: bool) -> Refusal | None:
    """The rule against playing this card, or None."""
    if card not in hand:
        return Refusal("invalid_card", "that card is not in your hand", misplay=True, forged=True, field="card")
    if SUIT_OF[card] == led or card in legal_cards(hand, led, trump, trump_broken):
        return None
    if led is not None:
        return Refusal("must_follow_suit", f"you hold {led} and must follow", misplay=True, field="card")
    return Refusal("cannot_lead_trump", f"{trump} is trump and not broken yet", misplay=True, field="card")


def forced_card(hand: Hand, led: Suit | None, trump: Suit) -> Card:
    """The card for a player who does not play: the highest of the led suit; else the lowest plain card, else trump.

    Always legal: a player who can't follow may play anything, and a leader's plain card comes before trumps.
    """
    following = [card for card in hand if SUIT_OF[card] == led]
    if following:
        return highest(following)
    return lowest([card for card in hand if SUIT_OF[card] != trump] or hand)


def beats(card: Card, best: Card, trump: Suit) -> bool:
    """Does `card`, played after `best`, take the trick from it? Of two identical cards the later one wins."""
    suit = SUIT_OF[card]
    if suit == SUIT_OF[best]:
        return STRENGTH[card] >= STRENGTH[best]
    return suit == trump


def winning_play(plays: Sequence[tuple[PlayerId, Card]], trump: Suit) -> tuple[PlayerId, Card]:
    """The play that takes the trick so far; the trick has at least one play."""
    best = plays[0]
    for play in plays[1:]:
        if beats(play[1], best[1], trump):
            best = play
    return best
