"""Who deals, how many cards, and which. Every card of a game follows from its seeds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from server.games.chance import Stream, round_key, shuffle
from server.games.eldorado.cards import DECKS, Card, Hand
from server.games.eldorado.state import after
from server.games.rules import PlayerId

FIRST_HAND = 10
"""Cards per player in round 0; every next round deals one fewer."""

_ONE_DECK_PLAYERS_MAX = 5


@dataclass(frozen=True, slots=True)
class Dealt:
    """The outcome of a deal: each hand in the order in which its cards came, and the deck's rest."""

    hands: dict[PlayerId, Hand]
    trump_card: Card
    undealt: tuple[Card, ...]

    @property
    def undealt_hash(self) -> str:
        return hashlib.sha256(",".join(self.undealt).encode()).hexdigest()


def cards_per_player(round_index: int) -> int:
    return FIRST_HAND - round_index


def dealer_of(players: Sequence[PlayerId], round_index: int) -> PlayerId:
    """The deal goes round: the (round_index mod n)-th of the players dealt in, in seat order."""
    return players[round_index % len(players)]


def decks_for(players: int) -> int:
    """One deck for up to five players dealt in, two for more."""
    return 1 if players <= _ONE_DECK_PLAYERS_MAX else 2


def shuffled_deck(
    session_seed: str, game_id: str, round_index: int, client_seeds: Sequence[tuple[int, str]], players: int
) -> tuple[Card, ...]:
    """The deck of a round, top card first."""
    return shuffle(DECKS[decks_for(players)], Stream(round_key(session_seed, game_id, round_index, client_seeds)))


def deal(deck: Sequence[Card], players: tuple[PlayerId, ...], dealer: PlayerId, cards_each: int) -> Dealt:
    """One card at a time from the top, clockwise, the seat after the dealer first; the next card is turned up.

    `players`: those dealt in, in seat order.
    """
    count = len(players)
    taken = count * cards_each
    first = players.index(after(players, dealer))
    return Dealt(
        hands={player: tuple(deck[(i - first) % count : taken : count]) for i, player in enumerate(players)},
        trump_card=deck[taken],
        undealt=tuple(deck[taken + 1 :]),
    )
