"""Cards. A card is its id; its suit and rank are looked up.

An id is `d{deck}:{suit}:{rank}`, for example `d0:hearts:K`. With two decks every suit and rank is there twice; the two
are different cards of the same strength.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

Card: TypeAlias = str
Suit: TypeAlias = str
Hand: TypeAlias = tuple[Card, ...]

SUITS: Final[tuple[Suit, ...]] = ("clubs", "diamonds", "hearts", "spades")
RANKS: Final[tuple[str, ...]] = ("2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K", "A")
ACE: Final = 14
"""The highest strength; the lowest is 2."""

DECKS: Final[tuple[tuple[Card, ...], ...]] = tuple(
    tuple(f"d{deck}:{suit}:{rank}" for deck in range(decks) for suit in SUITS for rank in RANKS) for decks in range(3)
)
"""`DECKS[n]`: n decks in their unshuffled order, by deck, then suit, then rank."""

SUIT_OF: Final[dict[Card, Suit]] = {card: card.split(":")[1] for card in DECKS[2]}
STRENGTH: Final[dict[Card, int]] = {card: RANKS.index(card.split(":")[2]) + 2 for card in DECKS[2]}
ORDER: Final[dict[Card, tuple[int, int]]] = {card: (STRENGTH[card], i) for i, card in enumerate(DECKS[2])}
"""What cards are sorted by: strength, then their place in the unshuffled order."""


def lowest(cards: Iterable[Card]) -> Card:
    """The weakest card; of equally weak ones the first in the unshuffled order."""
    return min(cards, key=ORDER.__getitem__)


def highest(cards: Iterable[Card]) -> Card:
    """The strongest card; of equally strong ones the last in the unshuffled order."""
    return max(cards, key=ORDER.__getitem__)
