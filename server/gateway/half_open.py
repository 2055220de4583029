"""Connections that were accepted and have sent no whole request yet, or no hello."""

from __future__ import annotations

from typing import Protocol

from server.metrics import Cut


class Cuttable(Protocol):
    """A connection that can be ended at once."""

    def cut(self, reason: Cut) -> None: ...


class HalfOpen:
    """Half-open connections by age. When there are too many, in all or of one address, the oldest of those is cut.

    Refusing the newest instead would let an attacker who holds all places keep everybody out. An honest client is
    through in a moment, so the oldest is slow or hostile.
    """

    def __init__(self, total_max: int, per_address_max: int) -> None:
        self._total_max = total_max
        self._per_address_max = per_address_max
        self._all: dict[Cuttable, str | None] = {}
        self._by_address: dict[str, dict[Cuttable, None]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def enter(self, connection: Cuttable, address: str | None) -> None:
        """`address` None: not known yet, behind a proxy. A connection that is already listed keeps its position."""
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
        """The connection said what it wants, or is gone. Nothing happens if it is not listed."""
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
