"""What was decided and is not told yet: steps that wait for the log's proof. Pure.

A relaxed room tells its steps at once, on the log's promise. How far they are committed (`committed_head`) is known
apart, because it bounds how far such a room may run ahead.
"""

from __future__ import annotations

from collections import deque

from persistence.event_log.log import Committed, LossReason, Lost, Promised
from server import limits
from server.rooms.machine.effects import Effect, Reject, Step
from server.wire.error_codes import ErrorCode


class Outbox:
    """Indexes are those of events; -1: none yet."""

    def __init__(self) -> None:
        self.relaxed = False
        self.proof: Committed | Promised | None = None  # for everything that was told
        self.told: Step | None = None  # the newest step that was told
        self.committed_head = -1
        self._waiting: deque[Step] = deque()  # bounded by `is_full`, which stops those who decide

    @property
    def head(self) -> int:
        """Index of the newest event that may be told: in a strict room the last committed one."""
        return -1 if self.told is None else self.told.last

    def is_full(self, newest: int) -> bool:
        """Whether the log is too far behind event `newest`, the last one that was decided."""
        bound = limits.RELAXED_EVENTS_MAX if self.relaxed else limits.UNCOMMITTED_EVENTS_MAX
        return newest - self.committed_head > bound

    def restart(self, step: Step, proof: Committed) -> None:
        """Begin with what came out of the log."""
        self.told, self.proof, self.committed_head = step, proof, proof.head

    def put(self, step: Step) -> None:
        self._waiting.append(step)

    def take(self, proof: Committed | Promised) -> tuple[Step, ...]:
        """The steps that `proof` covers, oldest first; they count as told from now on."""
        steps = []
        while self._waiting and self._waiting[0].last <= proof.head:
            steps.append(self._waiting.popleft())
        if steps:
            self.told, self.proof = steps[-1], proof
        return tuple(steps)

    def refuse(self, loss: Lost) -> list[Effect]:
        """Whoever sent the command whose events the database refuses must not send it again."""
        if loss.reason is not LossReason.REFUSED:
            return []
        guilty = next((step.ack for step in self._waiting if step.records[0].index == loss.first_index), None)
        if guilty is None:
            return []
        return [Reject(guilty.player_id, guilty.id, ErrorCode.INTERNAL, "the database refuses this command")]
