"""Games that were played on another server: taken in with log and summary, counted in nobody's statistics.

They are told apart by that: a completed game without rows in `play.game_players` was imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from persistence import driver
from persistence.event_log.log import NewEvent
from persistence.stats import Completion

_sql = driver.load("archive")


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
        await _sql.add_events(
            connection,
            game_id=self.game_id,
            types=[event.type for event in events],
            payloads=[event.payload for event in events],
            times_ms=[event.at_ms for event in events],
            actors=[event.actor_id for event in events],
            commands=[event.command_id for event in events],
        )
        await self.completion.add_summary(connection)
