"""What clients measured in one interval: counters and latencies."""

from __future__ import annotations

from collections import Counter
from typing import Any

from loadtest.latency import LatencyHistogram

COUNTERS = ("commands", "acks", "events", "deliveries", "games", "resumed")
TIMES = ("to_ack", "to_broadcast", "to_resume", "to_end", "to_read", "lateness")


class ClientMetrics:
    """`events`: each counted once per room; `deliveries`: each counted for every client that received it.

    Latencies: `to_ack`, `to_broadcast`: from a command's due time to its ack, and to its event at each client.
    `to_resume`: from a lost connection to the next welcome. `to_end`: of a game of bots, from the request to its end.
    `to_read`: from a GET's due time to its answer. `lateness`: from a command's due time until it was sent.

    `rejects`: by error code. `reads`: results of GETs, by status and otherwise as `load/game_reads.py` names them.
    """

    def __init__(self) -> None:
        self.commands = 0
        self.acks = 0
        self.events = 0
        self.deliveries = 0
        self.games = 0
        self.resumed = 0
        self.rejects: Counter[str] = Counter()
        self.reads: Counter[str] = Counter()
        self.to_ack = LatencyHistogram()
        self.to_broadcast = LatencyHistogram()
        self.to_resume = LatencyHistogram()
        self.to_end = LatencyHistogram()
        self.to_read = LatencyHistogram()
        self.lateness = LatencyHistogram()

    def as_json(self) -> dict[str, Any]:
        times = {name: getattr(self, name).encode() for name in TIMES if getattr(self, name).count}
        counters = {name: getattr(self, name) for name in COUNTERS}
        return {**counters, "rejects": dict(self.rejects), "reads": dict(self.reads), "times": times}

    def add_json(self, told: dict[str, Any]) -> None:
        """Add what `as_json` of other metrics returned."""
        for name in COUNTERS:
            setattr(self, name, getattr(self, name) + told[name])
        self.rejects.update(told["rejects"])
        self.reads.update(told["reads"])
        for name, encoded in told["times"].items():
            getattr(self, name).merge([LatencyHistogram.decode(encoded)])

    def add(self, other: ClientMetrics) -> None:
        for name in COUNTERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.rejects.update(other.rejects)
        self.reads.update(other.reads)
        for name in TIMES:
            getattr(self, name).merge([getattr(other, name)])
