"""What one client was told, and whether it can be true: every index once, in order, without gaps."""

from __future__ import annotations

_PROBLEMS_MAX = 20  # examples that are kept; all are counted


class Journal:
    """The memory of one seat in one room; outlives its connections, so that a resume continues it."""

    __slots__ = ("_missing", "acks", "disorder", "duplicates", "events", "next_index", "problems")

    def __init__(self) -> None:
        self.next_index = 0
        self.events = 0
        self.duplicates = 0
        self.disorder = 0
        self.acks: dict[str, tuple[int, int]] = {}
        self.problems: list[str] = []
        self._missing: set[int] = set()

    @property
    def last_index(self) -> int:
        """What to say in the next hello."""
        return self.next_index - 1

    @property
    def gaps(self) -> int:
        """Indexes that were skipped and did not come later either."""
        return len(self._missing)

    @property
    def is_clean(self) -> bool:
        return not self.problems

    def event(self, index: int) -> None:
        """An event arrived."""
        self.events += 1
        if index == self.next_index:
            self.next_index = index + 1
        else:
            self._odd(index)

    def state(self, index: int) -> None:
        """A state arrived: it stands for all events up to its index."""
        if index < self.next_index - 1:
            self._problem(f"the state is of {index}, but event {self.next_index - 1} had arrived before")
        self.next_index = max(self.next_index, index + 1)

    def ack(self, command_id: str, first: int, last: int) -> None:
        """An ack arrived. The same once more is allowed (a command that was sent twice), another one is not."""
        known = self.acks.setdefault(command_id, (first, last))
        if known != (first, last):
            self._problem(f"command {command_id} was acked as {known} and as {(first, last)}")
        elif first > last:
            self._problem(f"command {command_id} was acked as {first}..{last}")

    def _odd(self, index: int) -> None:
        if index > self.next_index:
            self._missing.update(range(self.next_index, index))
            self._problem(f"event {index} came when {self.next_index} was next")
            self.next_index = index + 1
        elif index in self._missing:
            self._missing.discard(index)
            self.disorder += 1
            self._problem(f"event {index} came late")
        else:
            self.duplicates += 1
            self._problem(f"event {index} came twice")

    def _problem(self, text: str) -> None:
        if len(self.problems) < _PROBLEMS_MAX:
            self.problems.append(text)
