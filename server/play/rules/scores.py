"""Scores, counted into bins for a picture. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count

from server.play import limits

Bin = dict[str, int]


def bins(scores: Sequence[int]) -> list[Bin]:
    """Bins of one width from the lowest to the highest score, at most SCORE_BINS_MAX; `from` and `to` belong to it.

    The width is 1, 2 or 5, or that times a power of ten, and every bin begins at a multiple of it.
    """
    if not scores:
        return []
    low, high = min(scores), max(scores)
    width = next(each for each in _widths() if high // each - low // each < limits.SCORE_BINS_MAX)
    counted = Counter(score // width for score in scores)
    return [
        {"from": place * width, "to": place * width + width - 1, "count": counted[place]}
        for place in range(low // width, high // width + 1)
    ]


def _widths() -> Iterator[int]:
    for power in count():
        yield from (10**power, 2 * 10**power, 5 * 10**power)
