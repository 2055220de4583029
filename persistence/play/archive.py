"""Games that come into being with a log: played on another server, or forked from one that is over.

They count in nobody's statistics: a completed game without rows in `play.game_players` is one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from persistence import driver
from persistence.event_log.log import NewEvent
from persistence.play.games import NewGame, StatusChanged
from persistence.play.statistics import Completion

_sql = driver.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedGame:
    """Write: a whole completed game. Refused with Conflict if there is a game of this id.

    `started_ms` None: it was open from its creation on. Times are milliseconds since 1970.
    """

    before: ClassVar[bool] = True

    game_id: str
    game: str
    rules_version: int
    config: Mapping[str, Any]
    session_seed: str = field(repr=False)
    events: Sequence[NewEvent]
    started_ms: int | None
    completion: Completion

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        events = self.events
        await _sql.add_game(
            connection,
            id=self.game_id,
            game=self.game,
            rules_version=self.rules_version,
            config=dict(self.config),
            session_seed=self.session_seed,
            head=len(events) - 1,
            created_ms=events[0].at_ms,
            started_ms=self.started_ms,
            completed_ms=self.completion.at_ms,
        )
        await _add_events(connection, self.game_id, events)
        await self.completion.add_summary(connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkedGame:
    """Write: a game that begins in the middle of another one. Refused with Conflict if its join code is in use."""

    before: ClassVar[bool] = True

    new: NewGame
    events: Sequence[NewEvent]

    async def apply(self, connection: Any) -> None:
        """See `Write.apply`."""
        await self.new.apply(connection)
        await _add_events(connection, self.new.game_id, self.events)
        await _sql.move_head(connection, game_id=self.new.game_id, head=len(self.events) - 1)
        await StatusChanged(self.new.game_id, "in_progress", self.new.at_ms).apply(connection)


async def _add_events(connection: Any, game_id: str, events: Sequence[NewEvent]) -> None:
    await _sql.add_events(
        connection,
        game_id=game_id,
        types=[event.type for event in events],
        payloads=[event.payload for event in events],
        times_ms=[event.at_ms for event in events],
        actors=[event.actor_id for event in events],
        commands=[event.command_id for event in events],
    )
