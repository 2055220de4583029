"""The rules of bidding: once each, in seat order, a number of tricks from none to all."""

from __future__ import annotations

from server.games.eldorado.state import Round
from server.games.rules import PlayerId, Refusal


def forbidden_bid(round_: Round, player: PlayerId) -> int | None:
    """With the hook: the number with which all players could succeed. The dealer, who bids last, may not bid it."""
    if player != round_.deal.dealer:
        return None
    return round_.deal.cards_per_player - sum(round_.bids.values())


def legal_bids(round_: Round, player: PlayerId, hook: bool) -> tuple[int, ...]:
    """All numbers that `player`, whose turn it is, may bid; never none."""
    forbidden = forbidden_bid(round_, player) if hook else None
    return tuple(bid for bid in range(round_.deal.cards_per_player + 1) if bid != forbidden)


def refuse_bid(round_: Round, player: PlayerId, bid: int, hook: bool) -> Refusal | None:
    """The rule against this bid, or None."""
    most = round_.deal.cards_per_player
    if type(bid) is not int or not 0 <= bid <= most:
        return Refusal("invalid_bid", f"a bid is a whole number from 0 to {most}", misplay=True, field="value")
    if hook and bid == forbidden_bid(round_, player):
        message = f"the dealer may not bid {bid}: the bids would add up to the {most} tricks"
        return Refusal("invalid_bid", message, misplay=True, field="value")
    return None


def forced_bid(round_: Round, player: PlayerId, hook: bool) -> int:
    """The bid for a player who does not bid: 0, or 1 where the hook forbids 0."""
    return legal_bids(round_, player, hook)[0]
