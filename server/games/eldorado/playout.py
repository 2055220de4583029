"""A fast second implementation of a round: a search plays thousands of rounds to their end for one move.

A card is one bit of an integer, a hand is the sum of its cards. The bits stand in the order of `lowest` and `highest`
(cards.py), so the lowest set bit of a hand is its lowest card. Everybody plays as the level `steady` does
(`choose_card` in bots.py): tests hold both this and the rules here to those of the real game.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from server.games.eldorado.cards import DECKS, ORDER, SUIT_OF, SUITS, Card, Suit
from server.games.eldorado.tricks import beats


@dataclass(frozen=True, slots=True)
class Pack:
    """The cards of one or two decks as bits.

    `bit` and `card`: from an id to its bit and back. `suits`: all cards of a suit. `suit_of`: of a card's bit, all
    cards of its suit. `beaten_by[trump][bit]`: all cards that take the trick from it.
    """

    bit: dict[Card, int]
    card: dict[int, Card]
    suits: dict[Suit, int]
    suit_of: dict[int, int]
    beaten_by: dict[Suit, dict[int, int]]


@cache
def pack(decks: int) -> Pack:
    """The cards of so many decks, 1 or 2."""
    ordered = sorted(DECKS[decks], key=ORDER.__getitem__)
    bit = {card: 1 << place for place, card in enumerate(ordered)}
    suits = {suit: sum(bit[card] for card in ordered if SUIT_OF[card] == suit) for suit in SUITS}
    return Pack(
        bit=bit,
        card={value: card for card, value in bit.items()},
        suits=suits,
        suit_of={bit[card]: suits[SUIT_OF[card]] for card in ordered},
        beaten_by={
            trump: {bit[best]: sum(bit[card] for card in ordered if beats(card, best, trump)) for best in ordered}
            for trump in SUITS
        },
    )


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a round stands, apart from who holds what. Players are numbers in seat order, 0 the first dealt in.

    `trump`: all trumps. `to_play`: those who still have to play in the trick under way, in turn; nobody has played in
    it yet when that is everybody. `led`: all cards of the suit led (0: none yet), `winning`: those that would take the
    trick now, `winner`: whose it is so far. `tricks`: how many are left, this one included.
    """

    pack: Pack
    trump: int
    beaten_by: dict[int, int]
    followers: tuple[tuple[int, ...], ...]
    to_play: tuple[int, ...]
    led: int
    winning: int
    winner: int
    broken: bool
    tricks: int


def followers(players: int) -> tuple[tuple[int, ...], ...]:
    """For each leader: the players after them, in turn."""
    return tuple(tuple((leader + step) % players for step in range(1, players)) for leader in range(players))


def legal(hand: int, led: int, trump: int, broken: bool) -> int:
    """The cards that may be played from a hand."""
    if led:
        return hand & led or hand
    return hand if broken else hand & ~trump or hand


def play_out(spot: Spot, hands: list[int], need: list[int], card: int = 0) -> None:  # noqa: C901  # one loop, unrolled: calls would cost more than what they do
    """Play the round to its end. `need`: how many tricks each player still wants; afterwards, how many are lacking.

    `card`: the card that the player to move must play first; 0: the player chooses.
    Changes `hands` and `need`.
    """
    trump, suit_of, beaten_by, following = spot.trump, spot.pack.suit_of, spot.beaten_by, spot.followers
    led, winning, winner, broken, rest = spot.led, spot.winning, spot.winner, spot.broken, spot.to_play
    last = rest[-1]
    for _ in range(spot.tricks):
        if not led:
            winner = rest[0]
            hand = hands[winner]
            if not card:
                may = hand if broken else hand & ~trump or hand
                card = 1 << (may.bit_length() - 1) if need[winner] > 0 else may & -may
            hands[winner] = hand ^ card
            led, winning = suit_of[card], beaten_by[card]
            if card & trump:
                broken = True
            card = 0
            rest = following[winner]
            last = rest[-1]
        for player in rest:
            hand = hands[player]
            may = hand & led or hand
            taking = may & winning
            if card:
                chosen, card = card, 0
            elif need[player] > 0:
                chosen = taking & -taking or may & -may
            elif may != taking:
                chosen = 1 << ((may ^ taking).bit_length() - 1)
            elif player == last:
                chosen = 1 << (taking.bit_length() - 1)
            else:
                chosen = taking & -taking
            hands[player] = hand ^ chosen
            if chosen & winning:
                winner, winning = player, beaten_by[chosen]
            if chosen & trump:
                broken = True
        need[winner] -= 1
        rest = (winner,)
        led = 0
