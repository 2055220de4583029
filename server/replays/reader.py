"""The one reader of games, for HTTP and for replays.

A running game is answered from the memory of its room, a finished one from the log. Whatever takes long is done in a
thread, and only few threads and few connections of the database are in use for it, so that the rooms keep theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from persistence.database import Database
from persistence.event_log.log import EventLog, StoredEvent
from persistence.play import games
from persistence.play.games import GameRow
from server import limits
from server.clock import Clock
from server.errors import LogShortened
from server.games.registry import Registry
from server.games.rules import Data, Game, PlayerId, State, Viewer
from server.games.table import Phase
from server.replays import fairness
from server.replays.access import is_seated, may_look, viewer_of
from server.replays.fairness import Reports
from server.replays.recordings import Recording, Recordings, past_view
from server.rooms.audience.delay import as_watched, may_be_ahead, newest_watched_ms
from server.rooms.audience.fanout import visible
from server.rooms.directory import Directory
from server.rooms.machine.effects import Record, Step
from server.rooms.machine.records import stored_record
from server.rooms.room import Room

T = TypeVar("T")


class NotFinished(Exception):
    """The game is not completed, or its spectators have not seen the end yet: there is nothing to replay."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A game as far as one caller may know of it now.

    `row`: with the head and the status that the caller may know. `state`: after that head; None of a completed game,
    of which everybody may know everything. `room`: the room, if its memory can be asked.
    """

    row: GameRow
    caller: PlayerId | None
    state: State[Any] | None
    room: Room | None


class Reader:
    """Raises PersistenceError when the database is away, RoomUnavailable for a log that was shortened."""

    def __init__(
        self, registry: Registry, log: EventLog, database: Database, directory: Directory, clock: Clock
    ) -> None:
        self._registry = registry
        self._log = log
        self._database = database
        self._directory = directory
        self._clock = clock
        self._reading = asyncio.Semaphore(limits.GAME_READS_AT_ONCE_MAX)
        self._threads = asyncio.Semaphore(limits.GAME_THREADS_MAX)
        self._recordings = Recordings(registry, log, self._reading, self._threads)
        self._reports = Reports(self._threads)

    # Which game, and what of it.

    async def row(self, game_id: str) -> GameRow | None:
        """The game with all that the database knows of it; None: there is no such game on this server."""
        async with self._reading:
            row = await games.get_game(self._database, game_id)
        return None if row is None or row.last_event_index < 0 or row.game not in self._registry else row

    async def see(self, game_id: str, caller: PlayerId | None) -> Seen | None:
        """The game as far as `caller` may know of it; None: there is no such game, or not for this caller."""
        row = await self.row(game_id)
        seen = None if row is None else await self._known(row, caller)
        if seen is None or seen.state is None or may_look(seen.row, seen.state.table, caller):
            return seen
        return None

    async def newest(self, row: GameRow) -> State[Any]:
        """The newest state that any player may know: from memory, or from the log without loading the room."""
        _, _, state = await self._newest(row)
        return state

    async def _known(self, row: GameRow, caller: PlayerId | None) -> Seen:
        if row.status == "completed" and not may_be_ahead(row, self._clock.now_ms()):
            return Seen(row, caller, None, None)
        row, room, state = await self._newest(row)
        now_ms = self._clock.now_ms()
        if may_be_ahead(row, now_ms) and not is_seated(state.table, caller):
            index, state = await self._watched(row, room, now_ms)
            row = as_watched(row, index, now_ms)
        return Seen(row, caller, None if row.status == "completed" else state, room)

    async def _newest(self, row: GameRow) -> tuple[GameRow, Room | None, State[Any]]:
        """The game with the newest state that may be told, and the room if that is where it is from."""
        for _ in range(2):
            room = self._directory.find(row.id)
            step = None if room is None else room.core.told
            if step is None:
                break
            if _agrees(row, step, self._registry.game(row.game)):
                return replace(row, last_event_index=step.last), room, step.state
            row = await self.row(row.id) or row  # a moment has passed between the row and the step
        recording = self._recordings.of(row)
        return row, None, (await recording.at(row.last_event_index)).state

    async def _watched(self, row: GameRow, room: Room | None, now_ms: int) -> tuple[int, State[Any]]:
        """The newest event that spectators have been shown, and the state after it."""
        step = None if room is None else room.shown(None)
        if step is not None:
            return step.last, step.state
        async with self._reading:
            index = await games.newest_event_until(self._database, row.id, newest_watched_ms(row, now_ms))
        return index, (await self._recordings.of(row).at(index)).state

    # A running game.

    async def state_at(self, seen: Seen, index: int, wanted: PlayerId | None) -> Data:
        """The view of the caller after event `index` of a running game; `wanted`: the player they want to see it as.

        Raises Refused.
        """
        game, caller = self._registry.game(seen.row.game), seen.caller
        if seen.state is not None and index == seen.row.last_event_index:
            viewer = viewer_of(seen.state.table, caller, wanted)
            step = None if seen.room is None else seen.room.shown(viewer)
            if seen.room is not None and step is not None and step.last == index:
                return seen.room.view(step, viewer)  # with the deadline, which stands in no event
            state = seen.state
        else:
            await _committed(seen, index)
            state = (await self._recordings.of(seen.row).at(index)).state
            viewer = viewer_of(state.table, caller, wanted)
        return past_view(game, state, viewer, caller, seen.row.join_code)

    # Any game.

    async def fairness(self, seen: Seen) -> Data:
        """What may be known of the chance in it."""
        row, recording = seen.row, self._recordings.of(seen.row)
        if seen.state is None:
            return await self._reports.report(recording.game, row.id, lambda: self.log(row))
        await _committed(seen, row.last_event_index)
        seated = [] if row.status == "created" else await recording.seated_at_start()
        return fairness.running(row.id, seen.state.table, seated)

    def recording(self, row: GameRow) -> Recording:
        """The log of a game, to go anywhere in it."""
        return self._recordings.of(row)

    async def events(self, seen: Seen, first: int, last: int, viewer: Viewer, *, everything: bool) -> list[Data]:
        """Events first..last (inclusive) as items of a page: as `viewer` may know them, or with `everything`."""
        game, codec = self._registry.game(seen.row.game), self._registry.codec(seen.row.game)
        if last < first:
            return []
        newest = None if seen.room is None else seen.room.newest_events(first)
        if newest is not None:
            return [_item(game, record, viewer) for record in newest if record.index <= last]
        await _committed(seen, last)
        rows = await self._rows(seen.row.id, first, last)

        def items() -> list[Data]:
            if everything:
                return [_plain_item(row, codec.plain(row.type, row.payload)) for row in rows]
            return [_item(game, stored_record(codec, row), viewer) for row in rows]

        return await self.in_thread(items, len(rows))

    async def log(self, row: GameRow) -> list[Record]:
        """The whole log of a completed game."""
        codec = self._registry.codec(row.game)
        rows = await self._rows(row.id, 0, row.last_event_index)
        return await self.in_thread(lambda: [stored_record(codec, stored) for stored in rows], len(rows))

    async def in_thread(self, work: Callable[[], T], events: int) -> T:
        """Do what is work for so many events: in a thread unless they are few."""
        if events <= limits.REPLAY_CHUNK_EVENTS:
            return work()
        async with self._threads:
            return await asyncio.to_thread(work)

    async def _rows(self, game_id: str, first: int, last: int) -> Sequence[StoredEvent]:
        async with self._reading:
            rows = [row async for row in self._log.read(game_id, first, last)]
        if len(rows) != last - first + 1:
            raise LogShortened("the log is shorter than it was")
        return rows

    # Replays.

    async def open(self, game_id: str, caller: PlayerId | None) -> Recording | None:
        """A finished game for one more viewer, until that one calls `leave`; None: there is no such game, or not for
        this caller. Raises NotFinished.
        """
        row = await self.row(game_id)
        if row is None or (row.status != "completed" and not row.is_public):
            return None
        if row.status != "completed" or (await self._known(row, caller)).state is not None:
            raise NotFinished
        return self._recordings.enter(row)

    def leave(self, recording: Recording) -> None:
        """One viewer less."""
        self._recordings.leave(recording)


async def _committed(seen: Seen, index: int) -> None:
    """Wait until the log has event `index`, which a relaxed room may have told before."""
    if seen.room is not None and seen.room.is_ahead:
        await seen.room.wait_committed(index)


def _agrees(row: GameRow, step: Step, game: Game[Any]) -> bool:
    """Whether the row and the step tell of the same part of a game's life."""
    phase = step.state.table.phase
    if row.status == "created":
        return phase == Phase.LOBBY or (game.open_table and phase == Phase.PLAYING)
    return phase == (Phase.PLAYING if row.status == "in_progress" else row.status)


def _item(game: Game[Any], record: Record, viewer: Viewer) -> Data:
    name, data = visible(game, record, viewer)
    return {"index": record.index, "name": name, "at": record.at_ms, "data": data}


def _plain_item(row: StoredEvent, data: Data) -> Data:
    return {"index": row.index, "name": row.type, "at": row.at_ms, "data": data}
