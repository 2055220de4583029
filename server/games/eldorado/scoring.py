"""The rules of scoring: promise exactly what you take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from server.games.rules import PlayerId

_BASE = 5


def score(bid: int, tricks: int) -> int:
    """Five and the bid, won when the bid was made exactly, lost otherwise."""
    return _BASE + bid if bid == tricks else -(_BASE + bid)


def round_deltas(
    players: Iterable[PlayerId], bids: Mapping[PlayerId, int], tricks: Mapping[PlayerId, int]
) -> dict[PlayerId, int]:
    """The points of the round for each of `players`; 0 for those who were not dealt in."""
    return {p: score(bids[p], tricks[p]) if p in bids else 0 for p in players}


def winners(scores: Mapping[PlayerId, int], players: Iterable[PlayerId]) -> tuple[PlayerId, ...]:
    """All who share the highest score, in the order of `players`; also when every score is negative."""
    best = max(scores.values())
    return tuple(p for p in players if scores[p] == best)


def longest_runs(deltas: Sequence[int]) -> tuple[int, int]:
    """The longest runs of rounds won and of rounds lost; a round without a score breaks both."""
    best = {1: 0, -1: 0}
    run, last = 0, 0
    for delta in deltas:
        sign = (delta > 0) - (delta < 0)
        run = run + 1 if sign == last else 1
        last = sign
        if sign:
            best[sign] = max(best[sign], run)
    return best[1], best[-1]
