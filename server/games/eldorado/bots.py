"""The simple bots. They get the view of their seat and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from server.games.eldorado.cards import ACE, DECKS, STRENGTH, SUIT_OF, Card, Suit, highest, lowest
from server.games.eldorado.commands import Bid, PlayCard
from server.games.eldorado.dealing import decks_for
from server.games.eldorado.tricks import beats, winning_play
from server.games.rules import Bot, Command, Data

# Found by playing: how much each better card, and the mere existence of trumps, lowers a card's chance.
_TRUMP_RISK = 0.145
_PLAIN_RISK = 5.0
_TRUMPED_RISK = 0.4


class RandomBot(Bot):
    """Any legal move, each as likely as the other."""

    def choose(self, view: Data, actions: tuple[Command, ...], draw: Callable[[int], int]) -> Command:
        return actions[draw(len(actions))]


class SteadyBot(Bot):
    """Bids what its hand is worth, then takes tricks as cheaply as it can until it has them, and ducks from there."""

    def choose(self, view: Data, actions: tuple[Command, ...], draw: Callable[[int], int]) -> Command:
        bids = [action.value for action in actions if isinstance(action, Bid)]
        if bids:
            worth = hand_worth(view["hand"], view["round"]["trump_suit"], len(view["hand_counts"]))
            return Bid(nearest_bid(bids, worth))
        cards = [action.card for action in actions if isinstance(action, PlayCard)]
        return PlayCard(choose_card(view, cards))


def hand_worth(hand: Sequence[Card], trump: Suit, players: int) -> float:
    """The number of tricks that a hand can be expected to take."""
    worths = card_worths(trump, players, len(hand))
    return sum(worths[card] for card in hand)


@cache
def card_worths(trump: Suit, players: int, hand: int) -> dict[Card, float]:
    """What each card adds to a hand of `hand` cards: its chance that nobody was dealt a better one.

    A plain card also has to survive the trumps.
    """
    decks = decks_for(players)
    kept = 1 - (players - 1) * hand / len(DECKS[decks])
    worths = {}
    for card in DECKS[decks]:
        better = (ACE - STRENGTH[card]) * decks
        if SUIT_OF[card] == trump:
            worths[card] = kept ** (_TRUMP_RISK * better)
        else:
            worths[card] = kept ** (_PLAIN_RISK * better + _TRUMPED_RISK * decks)
    return worths


def nearest_bid(bids: Sequence[int], worth: float) -> int:
    """The allowed bid nearest to the value of the hand; of two the lower one."""
    return min(bids, key=lambda bid: (abs(bid - worth), bid))


def choose_card(view: Data, cards: Sequence[Card]) -> Card:
    """Take a trick as cheaply as possible if one is needed; else throw away the highest card that does not take it."""
    me = view["you"]["player_id"]
    round_ = view["round"]
    plays = [(play["player_id"], play["card"]) for play in round_["trick"]["plays"]]
    wants = round_["bids"][me] > round_["tricks_won"][me]
    if not plays:
        return highest(cards) if wants else lowest(cards)
    trump = round_["trump_suit"]
    _, best = winning_play(plays, trump)
    taking: list[Card] = []
    losing: list[Card] = []
    for card in cards:
        (taking if beats(card, best, trump) else losing).append(card)
    if wants:
        return lowest(taking or losing)
    if losing:
        return highest(losing)
    last = len(plays) + 1 == len(view["hand_counts"])
    return highest(taking) if last else lowest(taking)
