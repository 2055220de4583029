"""The scale that ratings are shown on: a straight line from the model's own numbers. Pure.

rating = 1500 + 42 * (mu - 25), deviation = 42 * sigma: who has not played stands at 1500 with a deviation of 350.
"""

from __future__ import annotations

from typing import Final

MIDDLE: Final = 1500.0
MODEL_MIDDLE: Final = 25.0
POINTS_PER_MU: Final = 42.0
PROVISIONAL_ABOVE: Final = 300.0
"""A rating with a larger deviation says little yet: it is shown as provisional, and on no leaderboard."""

SETTLED_SIGMA: Final = PROVISIONAL_ABOVE / POINTS_PER_MU


def rating(mu: float) -> float:
    """In points, with one decimal."""
    return round(MIDDLE + POINTS_PER_MU * (mu - MODEL_MIDDLE), 1)


def deviation(sigma: float) -> float:
    """In points, with one decimal."""
    return round(POINTS_PER_MU * sigma, 1)


def change(mu_change: float) -> float:
    """In points, with one decimal."""
    return round(POINTS_PER_MU * mu_change, 1)


def is_provisional(sigma: float) -> bool:
    return sigma > SETTLED_SIGMA
