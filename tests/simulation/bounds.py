"""Some simulations run with smaller bounds than production, so that they are often exceeded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from persistence.event_log import connection, queue, writer
from server import limits

_SMALLER: tuple[tuple[Any, str, Any], ...] = (
    (limits, "TAIL_EVENTS", 3),  # a resuming client is served from the log
    (limits, "REPLAY_EVENTS_MAX", 12),  # or receives a state
    (limits, "WAITING_COMMANDS_MAX", 2),
    (limits, "UNCOMMITTED_EVENTS_MAX", 6),
    (queue, "MAX_BATCH_EVENTS", 2),  # a backlog takes several transactions
    (writer, "_READ_CHUNK_EVENTS", 5),
    (connection, "_LIFETIME_S", (2.0, 6.0)),  # the writer's connection is replaced again and again
)


@contextmanager
def smaller_bounds(random: Random) -> Iterator[None]:
    """Reduce each bound with a probability of one in five."""
    with ExitStack() as stack:
        for owner, name, value in _SMALLER:
            if random.random() < 0.2:
                stack.enter_context(patch.object(owner, name, value))
        yield
