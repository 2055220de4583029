"""What a verifier needs to know of the game's events (see server/games/fairness.py)."""

from __future__ import annotations

from server.games.eldorado.cards import Card
from server.games.eldorado.commands import Bid, EldoradoCommand, PlayCard
from server.games.eldorado.dealing import shuffled_deck
from server.games.eldorado.events import CardPlayed, CardsDealt, PlayerBid
from server.games.eldorado.state import Play
from server.games.rules import Event, PlayerId, State


def move(event: Event) -> tuple[PlayerId, EldoradoCommand] | None:
    """The command that the event answers; None: it follows from others."""
    match event:
        case PlayerBid(player_id, bid):
            return player_id, Bid(bid)
        case CardPlayed(player_id, card):
            return player_id, PlayCard(card)
        case _:
            return None


def deck(state: State[Play], event: Event, session_seed: str) -> tuple[Card, ...] | None:
    """The shuffled deck that a `cards_dealt` was dealt from, top card first; None for other events."""
    if not isinstance(event, CardsDealt) or state.play is None or state.play.round is None:
        return None
    index = state.play.round.deal.round_index
    return shuffled_deck(session_seed, state.table.shuffle_id, index, state.play.client_seeds, len(event.hands))


def place(state: State[Play]) -> str:
    """`round 3` (from 0, as in the events)."""
    if state.play is None or state.play.round is None:
        return "before the first deal"
    return f"round {state.play.round.deal.round_index}"
