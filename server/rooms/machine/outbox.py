"""Decided steps that wait for the log's proof before they are told, and the acks of all commands. Pure.

A relaxed room tells its steps at once, on the log's promise. How far they are committed (`committed_head`) is known
apart, because it bounds how far such a room may run ahead.
"""

from __future__ import annotations

from collections import defaultdict, deque

from persistence.event_log.log import Committed, LossReason, Lost, Promised, StoredEvent
from server import limits
from server.games.rules import PlayerId
from server.rooms.machine.effects import Ack, Effect, Reject, Step
from server.rooms.machine.records import command_span
from server.wire.error_codes import ErrorCode


class Outbox:
    """Indexes are those of events; -1: none yet."""

    def __init__(self) -> None:
        self.relaxed = False
        self.proof: Committed | Promised | None = None  # for everything that was told
        self.told: Step | None = None  # the newest step that was told
        self.committed_head = -1
        self.waiting: deque[Step] = deque()  # bounded by `is_full`, which stops further decisions

    @property
    def head(self) -> int:
        """Index of the newest event that may be told: in a strict room the last committed one."""
        return -1 if self.told is None else self.told.last

    def is_full(self, newest: int) -> bool:
        """Whether the log is too far behind event `newest`, the last one that was decided."""
        bound = limits.RELAXED_EVENTS_MAX if self.relaxed else limits.UNCOMMITTED_EVENTS_MAX
        return newest - self.committed_head > bound

    def restart(self, step: Step, proof: Committed) -> None:
        """Start with the steps that were loaded from the log."""
        self.told, self.proof, self.committed_head = step, proof, proof.head

    def take(self, proof: Committed | Promised) -> tuple[Step, ...]:
        """The steps that `proof` covers, oldest first; they count as told from now on."""
        waiting = self.waiting
        if not waiting or waiting[0].last > proof.head:
            return ()
        if waiting[-1].last <= proof.head:
            steps = tuple(waiting)
            waiting.clear()
        else:
            steps = tuple([waiting.popleft() for _ in range(sum(step.last <= proof.head for step in waiting))])
        self.told, self.proof = steps[-1], proof
        return steps

    def refuse(self, loss: Lost) -> list[Effect]:
        """Reject the commands whose events the database refused, so that clients do not send them again."""
        if loss.reason is not LossReason.REFUSED:
            return []
        guilty = next((step.ack for step in self.waiting if step.records[0].index == loss.first_index), None)
        if guilty is None:
            return []
        return [Reject(guilty.player_id, guilty.id, ErrorCode.INTERNAL, "the database refuses this command")]


class Acks:
    """The commands that were applied, by player and id: what makes each of them happen once.

    Grows with the game, some 150 bytes a command: an id is remembered as long as its game.
    """

    def __init__(self) -> None:
        self._acks: defaultdict[PlayerId, dict[str, Ack]] = defaultdict(dict)

    def find(self, player_id: PlayerId, command_id: str) -> Ack | None:
        """The ack of a command that was applied before, committed or not."""
        return self._acks[player_id].get(command_id)

    def remember(self, ack: Ack) -> None:
        self._acks[ack.player_id][ack.id] = ack

    def restore(self, row: StoredEvent) -> None:
        """From the log: the first event of a command knows its id and how many events there were."""
        if row.command_id is not None and row.actor_id is not None:
            self.remember(Ack(row.actor_id, row.command_id, *command_span(row)))
