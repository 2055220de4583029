"""The level `strong`: every candidate is tried in many deals that agree with what the seat knows, each played out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, exp, sqrt
from statistics import fmean, pstdev

from server.games.eldorado.bots import SteadyBot, nearest_bid
from server.games.eldorado.commands import Bid, PlayCard
from server.games.eldorado.playout import play_out
from server.games.eldorado.scoring import score
from server.games.eldorado.worlds import Dice, Known, Worlds, known
from server.games.rules import Command, Data, ThinkingBot

_FRESH = 200
"""Deals after which a chain of deals begins anew."""

_FIRST_LOOK = 24
"""Deals after which candidates may drop out for the first time, then after twice as many, and so on."""

_SURE = 3.0
"""How many standard errors behind the best one a candidate drops out."""

_ALIKE = 192
"""Deals without any difference after which two candidates are taken to be the same."""

_SWING = 7.0
"""Points by which a round moves a player, roughly. Found by playing, as is the next one."""

_BIDS = 3.0
"""How far from what the hand is worth a bid is still tried."""


class StrongBot(ThinkingBot):
    """Searches. Without time it does what `steady` does."""

    def choose(self, view: Data, actions: tuple[Command, ...], draw: Callable[[int], int]) -> Command:
        return _STEADY.choose(view, actions, draw)

    def search(
        self, view: Data, actions: tuple[Command, ...], draw: Callable[[int], int], more: Callable[[], bool]
    ) -> Command:
        if len(actions) == 1:
            return actions[0]
        seat = known(view)
        dice = Dice(draw(1 << 32) << 32 | draw(1 << 32))
        value = Value(view, seat)
        bids = [action.value for action in actions if isinstance(action, Bid)]
        if bids:
            bid = _best_bid(seat, bids, dice, value, more)
            return self.choose(view, actions, draw) if bid is None else Bid(bid)
        cards = [action.card for action in actions if isinstance(action, PlayCard)]
        card = _best_card(seat, cards, dice, value, more)
        return self.choose(view, actions, draw) if card is None else PlayCard(seat.spot.pack.card[card])


_STEADY = SteadyBot()


class Value:
    """What the end of a round is worth to a seat: the share of the others that it may expect to leave behind."""

    def __init__(self, view: Data, seat: Known) -> None:
        self._me = seat.me
        scores = view["scores"]
        mine = scores[seat.players[seat.me]]
        left = view["config"]["rounds"] - view["round"]["round_index"] - 1
        self._ahead = [mine - scores[player] for player in seat.players]
        span = 2 * max(abs(lead) for lead in self._ahead) + 64
        self._share = {lead: _share(lead, left) for lead in range(-span - 64, span + 64)}
        self._points = [[score(bid, bid + 1) for bid in range(12)], [score(bid, bid) for bid in range(12)]]

    def of(self, bids: Sequence[int], lacking: Sequence[int]) -> float:
        """`lacking`: how many tricks each took too few (below zero: too many)."""
        lost, made = self._points
        share, ahead, me = self._share, self._ahead, self._me
        mine = lost[bids[me]] if lacking[me] else made[bids[me]]
        total = -share[0]  # oneself
        for lead, bid, lack in zip(ahead, bids, lacking, strict=True):
            total += share[lead + mine - (lost[bid] if lack else made[bid])]
        return total


def _share(lead: int, rounds_left: int) -> float:
    """The probability to finish ahead of a player whom one leads by this many points now."""
    if rounds_left == 0:
        return 0.49 * ((lead > 0) - (lead < 0)) + 0.5 + lead / 20_000
    return 1 / (1 + exp(-1.7 * lead / (_SWING * sqrt(2 * rounds_left))))


def _best_card(seat: Known, cards: list[str], dice: Dice, value: Value, more: Callable[[], bool]) -> int | None:
    worlds = Worlds(seat, dice)
    spot, bids = seat.spot, [bid or 0 for bid in seat.bids]
    wanted = [bid - won for bid, won in zip(bids, seat.won, strict=True)]

    def trial(card: int) -> float:
        need = wanted.copy()
        play_out(spot, worlds.hands.copy(), need, card)
        return value.of(bids, need)

    return _race(_different(seat, cards), worlds, trial, more)


def _best_bid(seat: Known, allowed: list[int], dice: Dice, value: Value, more: Callable[[], bool]) -> int | None:
    """Those who have yet to bid are taken to bid what their hand is worth."""
    worlds = Worlds(seat, dice)
    worth = worlds.worth[seat.me]

    def trial(bid: int) -> float:
        bids = [
            min(max(ceil(worlds.worth[player] - 0.5), 0), seat.cards) if said is None else said
            for player, said in enumerate(seat.bids)
        ]
        bids[seat.me] = bid
        need = bids.copy()
        play_out(seat.spot, worlds.hands.copy(), need)
        return value.of(bids, need)

    sensible = [bid for bid in allowed if abs(bid - worth) < _BIDS] or [nearest_bid(allowed, worth)]
    return _race(sensible, worlds, trial, more)


def _different(seat: Known, cards: list[str]) -> list[int]:
    """One of several cards that do the same: neighbours of a suit between which nobody else has a card."""
    spot = seat.spot
    bit = spot.pack.bit
    others = sum(seat.unseen)
    chosen: list[int] = []
    before = 0
    for card in sorted((bit[card] for card in cards), key=lambda b: (spot.pack.suit_of[b], b)):
        between = (card - 1) & ~(before * 2 - 1) if before else 0
        suit = spot.pack.suit_of[card]
        same = before and suit == spot.pack.suit_of[before] and not between & others & suit
        same = same and bool(card & spot.winning) == bool(before & spot.winning)
        if not same:
            chosen.append(card)
        before = card
    return chosen


def _race(candidates: list[int], worlds: Worlds, trial: Callable[[int], float], more: Callable[[], bool]) -> int | None:
    """Try all candidates in the same deals; who falls clearly behind drops out, and when one is left it is decided.

    None: there was no time for a single deal.
    """
    results: dict[int, list[float]] = {candidate: [] for candidate in candidates}
    count, look = 0, _FIRST_LOOK
    while len(results) > 1:
        if not more():
            break
        count += 1
        if count % _FRESH == 0:
            worlds.restart()
        worlds.advance()
        for candidate, found in results.items():
            found.append(trial(candidate))
        if count == look:
            look *= 2
            _drop(results)
    if count == 0 and len(results) > 1:
        return None
    return max(results, key=lambda candidate: sum(results[candidate]))


def _drop(results: dict[int, list[float]]) -> None:
    """Take out those whose gap to the best is no accident any more, and those that do the same as the best."""
    best = max(results.values(), key=sum)
    for candidate, found in tuple(results.items()):
        if found is best:
            continue
        gaps = [ahead - behind for ahead, behind in zip(best, found, strict=True)]
        mean = fmean(gaps)
        alike = len(gaps) >= _ALIKE and not any(gaps)
        if alike or (mean > 0 and mean > _SURE * pstdev(gaps, mean) / sqrt(len(gaps))):
            del results[candidate]
