"""The settings of a room of El Dorado."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from server.games import rules


class Config(rules.Config):
    """`rounds`: how many are played, the first with ten cards each, every next one with one fewer.

    `hook`: the dealer may not make the bids add up to the number of tricks, so that somebody must fail.
    `round_pause_ms`: time to look at the scores before the next round.
    """

    rounds: int = 10
    hook: bool = False
    round_pause_ms: int = 3_000

    bounds: ClassVar[Mapping[str, tuple[int, int]]] = {
        **rules.Config.bounds,
        "min_players": (2, 10),
        "max_players": (2, 10),
        "rounds": (1, 10),
        "round_pause_ms": (0, 60_000),
    }
