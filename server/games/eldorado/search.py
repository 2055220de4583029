"""The level `strong`: every candidate is tried in many deals that agree with what the seat knows, each played out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, exp, sqrt

from server.games.eldorado.bots import SteadyBot, nearest_bid
from server.games.eldorado.commands import Bid, PlayCard
from server.games.eldorado.playout import play_out
from server.games.eldorado.scoring import score
from server.games.eldorado.worlds import Dice, Known, Worlds, known
from server.games.rules import Command, Data, ThinkingBot

_FRESH = 200
_FIRST_LOOK = 24
_SURE = 3.0
_SWING = 7.0
_BIDS = 3.0


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
            return Bid(_best_bid(seat, view, bids, dice, value, more))
        cards = [action.card for action in actions if isinstance(action, PlayCard)]
        return PlayCard(seat.spot.pack.card[_best_card(seat, cards, dice, value, more)])


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
        total = -share[mine - mine]
        for lead, bid, lack in zip(ahead, bids, lacking, strict=True):
            total += share[lead + mine - (lost[bid] if lack else made[bid])]
        return total


def _share(lead: int, rounds_left: int) -> float:
    """The chance to be ahead in the end of somebody whom one leads by so much now."""
    if rounds_left == 0:
        return 0.49 * ((lead > 0) - (lead < 0)) + 0.5 + lead / 20_000
    return 1 / (1 + exp(-1.7 * lead / (_SWING * sqrt(2 * rounds_left))))


def _best_card(seat: Known, cards: list[str], dice: Dice, value: Value, more: Callable[[], bool]) -> int:
    candidates = _different(seat, cards)
    worlds = Worlds(seat, dice)
    spot, bids = seat.spot, [bid or 0 for bid in seat.bids]
    lacking = [bid - won for bid, won in zip(bids, seat.won, strict=True)]

    def trial(card: int) -> float:
        need = lacking.copy()
        play_out(spot, worlds.hands[:-1], need, card)
        return value.of(bids, need)

    return _race(candidates, worlds, trial, more)


def _best_bid(seat: Known, view: Data, allowed: list[int], dice: Dice, value: Value, more: Callable[[], bool]) -> int:
    worths = seat.worths
    worth = sum(worths[seat.spot.pack.bit[card]] for card in view["hand"])
    candidates = [bid for bid in allowed if abs(bid - worth) < _BIDS] or [nearest_bid(allowed, worth)]
    worlds = Worlds(seat, dice)
    spot = seat.spot

    def trial(bid: int) -> float:
        bids = [
            min(max(ceil(worlds.worth[player] - 0.5), 0), seat.cards) if said is None else said
            for player, said in enumerate(seat.bids)
        ]
        bids[seat.me] = bid
        need = bids.copy()
        play_out(spot, worlds.hands[:-1], need)
        return value.of(bids, need)

    return _race(candidates, worlds, trial, more)


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


def _race(candidates: list[int], worlds: Worlds, trial: Callable[[int], float], more: Callable[[], bool]) -> int:
    """Try all candidates in the same deals; who falls clearly behind drops out."""
    results: dict[int, list[float]] = {candidate: [] for candidate in candidates}
    count, look = 0, _FIRST_LOOK
    while len(results) > 1 and more():
        count += 1
        if count % _FRESH == 0:
            worlds.restart()
        worlds.advance()
        for candidate, found in results.items():
            found.append(trial(candidate))
        if count == look:
            look *= 2
            _drop(results)
    return max(results, key=lambda candidate: sum(results[candidate]))


def _drop(results: dict[int, list[float]]) -> None:
    best = max(results.values(), key=sum)
    for candidate, found in tuple(results.items()):
        if found is best:
            continue
        behind = [a - b for a, b in zip(best, found, strict=True)]
        mean = sum(behind) / len(behind)
        spread = sqrt(sum((gap - mean) ** 2 for gap in behind) / len(behind))
        if mean > _SURE * spread / sqrt(len(behind)) and mean > 0:
            del results[candidate]
