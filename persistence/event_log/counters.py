"""Figures of an event log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Counts(NamedTuple):
    """A snapshot; everything counts from the start of the process."""

    commits: int
    events: int
    last_batch_events: int
    commit_seconds: float
    in_doubt_committed: int
    in_doubt_resent: int
    in_doubt_fenced: int
    fenced: int
    refused: int
    reconnects: int


@dataclass(slots=True)
class Counters:
    """The same figures, while they grow. The in_doubt ones count streams whose batch lost its connection."""

    commits: int = 0
    events: int = 0
    last_batch_events: int = 0
    commit_seconds: float = 0.0
    in_doubt_committed: int = 0
    in_doubt_resent: int = 0
    in_doubt_fenced: int = 0
    fenced: int = 0
    refused: int = 0
    reconnects: int = 0

    def snapshot(self) -> Counts:
        """The figures as they stand now."""
        return Counts(*(getattr(self, name) for name in Counts._fields))
