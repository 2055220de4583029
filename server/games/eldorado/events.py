"""The events of the game, in the order of a round.

The events of the table (who comes and goes, how the game ends) are those of every game.
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from server.games.eldorado.cards import Card, Hand
from server.games.rules import Data, Event, PlayerId, Viewer


class RoundStarted(Event):
    """Who is dealt in is said by `cards_dealt`."""

    name: ClassVar[str] = "round_started"
    round_index: int
    cards_per_player: int
    dealer_player_id: PlayerId
    starting_player_id: PlayerId


class CardsDealt(Event):
    """`undealt_hash`: SHA-256 of the ids of the cards left over, in deck order, joined by commas; hex.

    The hash stays in the log until the game is completed: with few cards left over it could be guessed back.
    """

    name: ClassVar[str] = "cards_dealt"
    private: ClassVar[bool] = True
    hands: dict[PlayerId, Hand]
    undealt_hash: str


class TrumpRevealed(Event):
    name: ClassVar[str] = "trump_revealed"
    card: Card


class PlayerBid(Event):
    """`forced`: made for the player, whose time was up or who was gone."""

    name: ClassVar[str] = "player_bid"
    player_id: PlayerId
    bid: int
    forced: bool = False


class BiddingComplete(Event):
    name: ClassVar[str] = "bidding_complete"


class TrickStarted(Event):
    name: ClassVar[str] = "trick_started"
    trick_index: int
    leader_player_id: PlayerId


class CardPlayed(Event):
    """`forced`: made for the player, whose time was up or who was gone."""

    name: ClassVar[str] = "card_played"
    player_id: PlayerId
    card: Card
    forced: bool = False


class TrumpBroken(Event):
    """Once a round at most, directly after the first trump was played."""

    name: ClassVar[str] = "trump_broken"


class TrickCompleted(Event):
    name: ClassVar[str] = "trick_completed"
    trick_index: int
    winning_player_id: PlayerId
    winning_card: Card


class RoundScored(Event):
    """Both maps name everybody who was seated at the start of the game."""

    name: ClassVar[str] = "round_scored"
    round_index: int
    deltas: dict[PlayerId, int]
    cumulative_scores: dict[PlayerId, int]


EldoradoEvent: TypeAlias = (
    RoundStarted
    | CardsDealt
    | TrumpRevealed
    | PlayerBid
    | BiddingComplete
    | TrickStarted
    | CardPlayed
    | TrumpBroken
    | TrickCompleted
    | RoundScored
)
EVENTS: tuple[type[EldoradoEvent], ...] = EldoradoEvent.__args__


def redact(event: Event, viewer: Viewer) -> Data | None:
    """Of a deal, everybody learns how many cards each player holds, and players see their own hand."""
    if not isinstance(event, CardsDealt):
        return None
    hands = event.hands
    return {
        "hands": {viewer: list(hands[viewer])} if viewer is not None and viewer in hands else {},
        "hand_counts": {player_id: len(hand) for player_id, hand in hands.items()},
    }
