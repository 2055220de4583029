"""The commands of a game that were applied, by player and id: what makes each of them happen once."""

from __future__ import annotations

from collections import defaultdict

from persistence.event_log.log import StoredEvent
from server.games.rules import PlayerId
from server.rooms.machine.effects import Ack
from server.rooms.machine.records import command_span


class Acks:
    """Grows with the game, some 150 bytes a command: an id is remembered as long as its game."""

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
