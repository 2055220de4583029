"""Connections that have been accepted and have not yet said what they want: no whole request, no hello."""

from __future__ import annotations

from typing import Protocol

from server.metrics import Cut


class Cuttable(Protocol):
    """A connection that can be ended at once."""

    def cut(self, reason: Cut) -> None: ...


class HalfOpen:
    """By age. When there are too many, of all or of one address, the oldest of those makes room.

    Refusing the newest would let whoever holds all the places keep everybody out. An honest client is through in a
    moment, so the oldest is slow or hostile.
    """

    def __init__(self, total_max: int, per_address_max: int) -> None:
        self._total_max = total_max
        self._per_address_max = per_address_max
        self._all: dict[Cuttable, str | None] = {}
        self._by_address: dict[str, dict[Cuttable, None]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def enter(self, connection: Cuttable, address: str | None) -> None:
        """`address` None: not known yet, because it is behind a proxy. Who is in already keeps his age."""
        if connection in self._all:
            return
        self._all[connection] = address
        if address is not None:
            same = self._by_address.setdefault(address, {})
            same[connection] = None
            if len(same) > self._per_address_max:
                self._crowd_out(next(iter(same)))
        if len(self._all) > self._total_max:
            self._crowd_out(next(iter(self._all)))

    def leave(self, connection: Cuttable) -> None:
        """It said what it wants, or is gone. Who is not in stays out."""
        address = self._all.pop(connection, None)
        if address is None:
            return
        same = self._by_address[address]
        del same[connection]
        if not same:
            del self._by_address[address]

    def _crowd_out(self, oldest: Cuttable) -> None:
        self.leave(oldest)
        oldest.cut(Cut.CROWDED)
