"""Waiting for a condition that has too many causes for an event of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_POLL_S = 0.005


async def wait_until(condition: Callable[[], bool]) -> None:
    """Poll until the condition holds. The caller sets a deadline."""
    while not condition():  # noqa: ASYNC110  # see above
        await asyncio.sleep(_POLL_S)
