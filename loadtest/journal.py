"""Records the event indexes that a client receives, and checks them: each once, in order, without gaps."""

from __future__ import annotations

_PROBLEMS_MAX = 20  # examples kept; gaps, duplicates and disorder are counted in full


class Journal:
    """For one client in one room. Outlives its connections: a resumed connection continues the journal."""

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
        """The `last_index` of the next hello."""
        return self.next_index - 1

    @property
    def gaps(self) -> int:
        """Indexes that were skipped and did not arrive later."""
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
            self._out_of_sequence(index)

    def state(self, index: int) -> None:
        """A state arrived. It replaces all events up to its index."""
        if index < self.next_index - 1:
            self._problem(f"a state at {index} arrived after event {self.next_index - 1}")
        self.next_index = max(self.next_index, index + 1)

    def ack(self, command_id: str, first: int, last: int) -> None:
        """An ack arrived. A command that was sent twice may be acked twice, with the same indexes."""
        known = self.acks.setdefault(command_id, (first, last))
        if known != (first, last):
            self._problem(f"command {command_id} was acked as {known} and as {(first, last)}")
        elif first > last:
            self._problem(f"command {command_id} was acked as {first}..{last}")

    def _out_of_sequence(self, index: int) -> None:
        if index > self.next_index:
            self._missing.update(range(self.next_index, index))
            self._problem(f"event {index} arrived when {self.next_index} was next")
            self.next_index = index + 1
        elif index in self._missing:
            self._missing.discard(index)
            self.disorder += 1
            self._problem(f"event {index} arrived late")
        else:
            self.duplicates += 1
            self._problem(f"event {index} arrived twice")

    def _problem(self, text: str) -> None:
        if len(self.problems) < _PROBLEMS_MAX:
            self.problems.append(text)
