"""Opponents. They get the view of their seat and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from server.games.eldorado.cards import ACE, STRENGTH, SUIT_OF, Card, Suit, highest, lowest
from server.games.eldorado.commands import Bid, PlayCard
from server.games.eldorado.tricks import beats, winning_play
from server.games.rules import Bot, Command, Data

LEVELS = ("random", "steady")


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
            return Bid(min(bids, key=lambda bid: (abs(bid - worth), bid)))
        cards = [action.card for action in actions if isinstance(action, PlayCard)]
        return PlayCard(choose_card(view, cards))


def hand_worth(hand: Sequence[Card], trump: Suit, players: int) -> float:
    """How many tricks a hand may be expected to take: trumps, half of the other high cards, voids."""
    worth = 0.0
    for card in hand:
        if SUIT_OF[card] == trump:
            worth += 1
        elif STRENGTH[card] >= ACE - 1:
            worth += 0.5
    return worth


def choose_card(view: Data, cards: Sequence[Card]) -> Card:
    """Low when leading without need, cheap when taking, high when throwing away."""
    me = view["you"]["player_id"]
    round_ = view["round"]
    plays = [(play["player_id"], play["card"]) for play in round_["trick"]["plays"]]
    wants = round_["bids"][me] > round_["tricks_won"][me]
    if not plays:
        return highest(cards) if wants else lowest(cards)
    trump = round_["trump_suit"]
    _, best = winning_play(plays, trump)
    taking = [card for card in cards if beats(card, best, trump)]
    losing = [card for card in cards if card not in taking]
    if wants:
        return lowest(taking) if taking else lowest(losing)
    return highest(losing) if losing else lowest(taking)


BOTS: dict[str, Bot] = {"random": RandomBot(), "steady": SteadyBot()}
