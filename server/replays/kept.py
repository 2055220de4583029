"""Values that take long to compute: the newest ones are kept, and each is computed once however many ask for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """At most `size` values by their key. The value that nobody has asked for longest is forgotten first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[str, asyncio.Future[V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    async def get(self, key: str, compute: Callable[[], Awaitable[V]]) -> V:
        """The value of this key. Raises whatever `compute` raises; then nothing is kept."""
        value = self._values.get(key)
        if value is None:
            value = self._values[key] = asyncio.ensure_future(compute())
            value.add_done_callback(lambda done: self._forget_failure(key, done))
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        else:
            self._values.move_to_end(key)
        return await asyncio.shield(value)  # one who goes away takes nothing from the others

    def _forget_failure(self, key: str, done: asyncio.Future[V]) -> None:
        if (done.cancelled() or done.exception() is not None) and self._values.get(key) is done:
            del self._values[key]
