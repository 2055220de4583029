"""Waiting for what has too many causes to be told of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_LOOK_S = 0.005


async def wait_until(condition: Callable[[], bool]) -> None:
    """Look again and again until it holds; whoever calls sets the deadline."""
    while not condition():  # noqa: ASYNC110  # an event for each cause would be more code than the causes
        await asyncio.sleep(_LOOK_S)
