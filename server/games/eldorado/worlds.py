"""What a seat can know of hidden cards, and random deals that agree with it.

Everything comes from the seat's view: its hand, the cards that were shown in this round, who could not follow or led
trump too early, how many cards each holds, and what each has bid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from server.games.eldorado.bots import card_worths
from server.games.eldorado.dealing import decks_for
from server.games.eldorado.playout import Pack, Spot, followers, pack
from server.games.rules import Data, PlayerId

_STEP, _ADD, _WORDS = 6364136223846793005, 1442695040888963407, (1 << 64) - 1  # Knuth's linear congruence

_DOUBT = 0.02
"""The least likelihood of any bid, compared with the best one."""

_SPREAD = 0.55
"""Tricks by which people's bids differ from what a hand is worth. Found by playing."""

_SETTLE = 3
"""Rounds of exchange after a fresh deal, which knows nothing of bids, before it counts."""


class Dice:
    """Fast numbers for sampling, the same for the same seed. Not for anything that anybody could want to guess."""

    __slots__ = ("state",)

    def __init__(self, seed: int) -> None:
        self.state = seed & _WORDS

    def below(self, k: int) -> int:
        """A number in 0..k-1, for k up to 2^31."""
        self.state = (self.state * _STEP + _ADD) & _WORDS
        return (self.state >> 32) * k >> 32


@dataclass(frozen=True, slots=True)
class Known:
    """What a seat knows. Players are numbers in seat order among those dealt in; `me` is the seat's own.

    `hand`: the own one. `held`: how many cards each holds. `banned`: cards that each can't hold. `unseen`: the cards
    that are in other hands or were not dealt. `bids`: None for who has not bid. `shown`: what each has played in this
    round. `worths`: what each card is worth in a hand at the beginning of the round.
    """

    players: tuple[PlayerId, ...]
    me: int
    hand: int
    held: tuple[int, ...]
    banned: tuple[int, ...]
    unseen: tuple[int, ...]
    bids: tuple[int | None, ...]
    won: tuple[int, ...]
    shown: tuple[int, ...]
    worths: dict[int, float]
    cards: int
    spot: Spot


def known(view: Data) -> Known:
    """All that follows from the view of a seat whose move it is."""
    round_ = view["round"]
    held = view["hand_counts"]
    players = tuple(held)  # in seat order, also those who have left their seat since the deal
    number = {player: i for i, player in enumerate(players)}
    cards = pack(decks_for(len(players)))
    trump = cards.suits[round_["trump_suit"]]
    trick = round_["trick"]
    plays = [] if trick is None else trick["plays"]
    tricks = [
        [(number[play["player_id"]], cards.bit[play["card"]]) for play in past] for past in (*view["tricks"], plays)
    ]
    shown, banned = _shown(tricks, cards, trump, len(players))
    hand = sum(cards.bit[card] for card in view["hand"])
    gone = sum(shown) | hand | cards.bit[round_["trump_card"]]
    me = number[view["you"]["player_id"]]
    worths = card_worths(round_["trump_suit"], len(players), round_["cards_per_player"])
    return Known(
        players=players,
        me=me,
        hand=hand,
        held=tuple(held[player] for player in players),
        banned=tuple(banned),
        unseen=tuple(bit for bit in cards.card if not bit & gone),
        bids=tuple(round_["bids"].get(player) for player in players),
        won=tuple(round_["tricks_won"].get(player, 0) for player in players),
        shown=tuple(shown),
        worths={bit: worths[card] for card, bit in cards.bit.items()},
        cards=round_["cards_per_player"],
        spot=_spot(cards, round_, number, tricks[-1], max(held.values())),
    )


def _shown(tricks: list[list[tuple[int, int]]], cards: Pack, trump: int, players: int) -> tuple[list[int], list[int]]:
    """What each has played, and what each can't hold any more: who doesn't follow has none of that suit; who leads
    trump before it is broken has nothing else."""
    shown, banned = [0] * players, [0] * players
    everything = sum(cards.card)
    broken = False
    for plays in tricks:
        for place, (player, card) in enumerate(plays):
            shown[player] |= card
            led = cards.suit_of[plays[0][1]]
            if not card & led:
                banned[player] |= led
            elif place == 0 and card & trump and not broken:
                banned[player] |= everything & ~trump
            broken = broken or bool(card & trump)
    return shown, banned


def _spot(cards: Pack, round_: Data, number: dict[PlayerId, int], plays: list[tuple[int, int]], tricks: int) -> Spot:
    trick = round_["trick"]
    order = followers(len(number))
    leader = number[round_["starting_player_id"] if trick is None else trick["leader_player_id"]]
    beaten_by = cards.beaten_by[round_["trump_suit"]]
    winning, winner = 0, leader
    for player, card in plays:
        if not winning or card & winning:
            winning, winner = beaten_by[card], player
    return Spot(
        pack=cards,
        trump=cards.suits[round_["trump_suit"]],
        beaten_by=beaten_by,
        followers=order,
        to_play=(leader, *order[leader])[len(plays) :],
        led=cards.suit_of[plays[0][1]] if plays else 0,
        winning=winning,
        winner=winner,
        broken=round_["trump_broken"],
        tricks=tricks,
    )


class Worlds:
    """Deals of the unseen cards, one after the other, each made from the one before by exchanging cards.

    Every deal that agrees with what is known comes up; the better the bids fit the hands, the oftener (Metropolis).
    `hands`: of each player in seat order, and last the cards that were not dealt. `worth`: of each hand as it was at
    the beginning of the round.
    """

    def __init__(self, seat: Known, dice: Dice) -> None:
        self._seat = seat
        self._dice = dice
        others = [player for player in range(len(seat.players)) if player != seat.me]
        self._nobody = len(seat.players)  # holds what was not dealt
        self._owners = [player for player in others for _ in range(seat.held[player])]
        self._dealt = len(self._owners)
        self._owners += [self._nobody] * (len(seat.unseen) - self._dealt)
        self._banned = (*seat.banned, 0)
        self._bids = (*seat.bids, None)
        self._cards: list[int] = []
        self.hands: list[int] = []
        self.worth: list[float] = []
        self.restart()

    def restart(self) -> None:
        """Deal anew, independent of all before."""
        seat, dice = self._seat, self._dice
        places = _fit(list(seat.unseen), self._owners, self._banned, dice)
        self._cards = places
        self.hands = [0] * (self._nobody + 1)
        self.worth = [sum(seat.worths[card] for card in _bits(shown)) for shown in seat.shown] + [0.0]
        for owner, card in zip(self._owners, places, strict=True):
            self.hands[owner] |= card
            self.worth[owner] += seat.worths[card]
        self.hands[seat.me] = seat.hand
        self.worth[seat.me] += sum(seat.worths[card] for card in _bits(seat.hand))
        for _ in range(_SETTLE):
            self.advance()

    def advance(self) -> None:
        """The next deal: every dealt card gets a chance to change places with another one."""
        cards, owners, banned, hands = self._cards, self._owners, self._banned, self.hands
        worths, worth, bids = self._seat.worths, self.worth, self._bids
        state, count = self._dice.state, len(cards)
        for here in range(self._dealt):
            state = (state * _STEP + _ADD) & _WORDS
            there = (state >> 32) * count >> 32
            mine, yours = owners[here], owners[there]
            if mine == yours:
                continue
            card, other = cards[here], cards[there]
            if other & banned[mine] or card & banned[yours]:
                continue
            gain = worths[other] - worths[card]
            if gain:
                chance = 1.0
                if bids[mine] is not None:
                    chance = fit(worth[mine] + gain, bids[mine]) / fit(worth[mine], bids[mine])
                if bids[yours] is not None:
                    chance *= fit(worth[yours] - gain, bids[yours]) / fit(worth[yours], bids[yours])
                if chance < 1.0:
                    state = (state * _STEP + _ADD) & _WORDS
                    if (state >> 11) * 2.0**-53 >= chance:
                        continue
                worth[mine] += gain
                worth[yours] -= gain
            cards[here], cards[there] = other, card
            both = card | other
            hands[mine] ^= both
            hands[yours] ^= both
        self._dice.state = state


def fit(worth: float, bid: int | None) -> float:
    """How likely it is that somebody with a hand of this worth bids so; never nothing: people bid as they like."""
    gap = abs(worth - bid) - 0.5 if bid is not None else 0.0
    return 1.0 if gap <= 0 else _DOUBT + (1 - _DOUBT) * exp(-gap * gap / (2 * _SPREAD * _SPREAD))


def _fit(unseen: list[int], owners: Sequence[int], banned: Sequence[int], dice: Dice) -> list[int]:
    """A random card for each place that its owner may hold. There is a way: the cards do lie somehow."""
    for i in range(len(unseen) - 1, 0, -1):
        j = dice.below(i + 1)
        unseen[i], unseen[j] = unseen[j], unseen[i]
    places = [0] * len(owners)
    for card in unseen:
        _place(card, places, owners, banned, dice, set())
    return places


def _place(
    card: int, places: list[int], owners: Sequence[int], banned: Sequence[int], dice: Dice, tried: set[int]
) -> bool:
    """Put the card on a free place, or on one whose card finds another."""
    allowed = [place for place, owner in enumerate(owners) if not card & banned[owner] and place not in tried]
    free = [place for place in allowed if not places[place]]
    if free:
        places[free[dice.below(len(free))]] = card
        return True
    for place in allowed:
        tried.add(place)
        if _place(places[place], places, owners, banned, dice, tried):
            places[place] = card
            return True
    return False


def _bits(hand: int) -> list[int]:
    found = []
    while hand:
        found.append(hand & -hand)
        hand &= hand - 1
    return found
