"""What can be written in the transaction of an append to the event log."""

from __future__ import annotations

from typing import Any, Protocol


class Write(Protocol):
    """Something that is written in the same transaction as appended events: a status, a summary.

    `before`: applied before the compare-and-set (the row of a new game); otherwise after it, and only if that
    succeeded. Implementations stand beside the tables that they write.
    """

    @property
    def before(self) -> bool: ...

    async def apply(self, connection: Any) -> None:
        """Write on this connection (asyncpg), inside its open transaction."""
