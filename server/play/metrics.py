"""The metrics of the wing `play`. (Those of rooms and connections are in `server/metrics.py`.)"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class PlayMetrics:
    """Attributes are named after the metrics, without the prefix. Every wing has such a class in its `metrics.py`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.games_rated_total = Counter(
            "parlor_games_rated", "Games whose players got new ratings.", ["pool"], registry=registry
        )
        for pool in ("people", "bots"):
            self.games_rated_total.labels(pool)
        self.rating_lag_seconds = Gauge(
            "parlor_rating_lag_seconds", "How long the game that is rated next has been due.", registry=registry
        )
