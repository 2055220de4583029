"""The events that a room has published: the newest ones in memory, all of them in the log."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from persistence.event_log.log import EventLog
from server import limits
from server.errors import LogShortened
from server.games.codec import Codec
from server.rooms.machine.effects import Record
from server.rooms.machine.records import stored_record


class History:
    """`add` events as they are published; `newest` reads them from memory, `read` from the log.

    A relaxed room publishes events before they are committed. Those stay in memory until `committed`.
    """

    def __init__(self, game_id: str, log: EventLog, codec: Codec) -> None:
        self._game_id = game_id
        self._log = log
        self._codec = codec
        self._tail: deque[Record] = deque(maxlen=limits.TAIL_EVENTS)

    def keep_uncommitted(self) -> None:
        """The room is relaxed: keep what is not committed yet, however much it is."""
        self._tail = deque(self._tail)

    def add(self, records: Iterable[Record]) -> None:
        self._tail.extend(records)

    def committed(self, head: int) -> None:
        """Everything up to event `head` is in the log: memory may forget it."""
        while len(self._tail) > limits.TAIL_EVENTS and self._tail[0].index <= head:
            self._tail.popleft()

    def newest(self, first: int) -> list[Record] | None:
        """Everything from `first` on, if it is still in memory."""
        if not self._tail or self._tail[0].index > first:
            return None
        return [record for record in self._tail if record.index >= first]

    async def read(self, first: int, last: int) -> list[Record]:
        """Events first..last from the log. Raises LogShortened if they are not there."""
        records = [stored_record(self._codec, row) async for row in self._log.read(self._game_id, first, last)]
        if not records:
            raise LogShortened("the log is shorter than it was")
        return records
