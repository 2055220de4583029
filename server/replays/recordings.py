"""Finished games that are being watched: their events from the log, and their state after any of them.

All viewers of a game share one `Recording`. It keeps a few states along the way, so that going anywhere costs a short
fold from the last of them; a long one is done in slices, between which the event loop serves the rooms.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from persistence.database import Database
from persistence.event_log.log import EventLog
from persistence.play import games
from persistence.play.games import GameRow
from server import limits
from server.clock import Clock
from server.errors import LogShortened
from server.games import match
from server.games.registry import Registry
from server.games.replay import state_hash
from server.games.rules import Data, Game, PlayerId, State, Viewer
from server.games.table_events import GameCreated
from server.rooms.audience.delay import may_be_ahead
from server.rooms.machine.effects import Record
from server.rooms.machine.records import stored_record


class NotFinished(Exception):
    """The game is not completed, or its spectators have not seen the end yet: there is nothing to replay."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A game after event `index`, which happened at `at_ms`."""

    index: int
    at_ms: int
    state: State[Any]


class Recording:
    """One finished game. `head`: the index of its last event."""

    def __init__(self, row: GameRow, registry: Registry, log: EventLog, reading: asyncio.Semaphore) -> None:
        self.row = row
        self.game: Game[Any] = registry.game(row.game)
        self.head = row.last_event_index
        self.viewers = 0
        self._codec = registry.codec(row.game)
        self._log = log
        self._reading = reading
        self._folding = asyncio.Lock()  # the second who wants to go far finds the states that the first has left
        self._spacing = max(limits.REPLAY_CHUNK_EVENTS, self.head // limits.REPLAY_STATES_MAX)
        self._kept: list[Moment] = []  # ascending

    async def read(self, first: int) -> Sequence[Record]:
        """The events from `first` on, as many as are read at a time; none after the last. Raises LogShortened."""
        last = min(self.head, first + limits.REPLAY_CHUNK_EVENTS - 1)
        if first > last:
            return ()
        async with self._reading:
            rows = [row async for row in self._log.read(self.row.id, first, last)]
        if len(rows) != last - first + 1:
            raise LogShortened("the log is shorter than it was")
        return [stored_record(self._codec, row) for row in rows]

    async def at(self, index: int) -> Moment:
        """How the game stood after event `index` (0 to `head`). Raises LogShortened."""
        async with self._folding:
            place = bisect_right(self._kept, index, key=lambda kept: kept.index)
            moment = self._kept[place - 1] if place else None
            while moment is None or moment.index < index:
                for record in await self.read(0 if moment is None else moment.index + 1):
                    if record.index > index:
                        break
                    moment = self._after(moment, record)
            return moment

    def _after(self, before: Moment | None, record: Record) -> Moment:
        event = record.event
        if isinstance(event, GameCreated):
            state = match.begin(self.game, event)
        else:
            assert before is not None  # a log begins with game_created
            state = match.evolve(self.game, before.state, event)
        moment = Moment(record.index, record.at_ms, state)
        if record.index % self._spacing == 0 and (not self._kept or record.index > self._kept[-1].index):
            self._kept.append(moment)
        return moment


class Recordings:
    """Those that somebody watches. Raises PersistenceError when the database is away."""

    def __init__(self, registry: Registry, log: EventLog, database: Database, clock: Clock) -> None:
        self._registry = registry
        self._log = log
        self._database = database
        self._clock = clock
        self._reading = asyncio.Semaphore(limits.REPLAY_READS_AT_ONCE_MAX)
        self._recordings: dict[str, Recording] = {}

    def __len__(self) -> int:
        return len(self._recordings)

    async def open(self, game_id: str, caller: PlayerId | None) -> Recording | None:
        """A game for one more viewer, until he calls `leave`; None: there is no such game, or not for him.

        Raises NotFinished.
        """
        row = await games.get_game(self._database, game_id)
        if row is None or row.last_event_index < 0 or row.game not in self._registry:
            return None
        if row.status != "completed" and not row.is_public:
            return None
        if row.status != "completed" or not await self._may_see_the_end(row, caller):
            raise NotFinished
        recording = self._recordings[row.id] = self.of(row)
        recording.viewers += 1
        return recording

    def of(self, row: GameRow) -> Recording:
        """A finished game for one look: the one that others are watching, if there is one."""
        return self._recordings.get(row.id) or Recording(row, self._registry, self._log, self._reading)

    def leave(self, recording: Recording) -> None:
        """One viewer less; a game that nobody watches is forgotten."""
        recording.viewers -= 1
        if not recording.viewers:
            del self._recordings[recording.row.id]

    async def _may_see_the_end(self, row: GameRow, caller: PlayerId | None) -> bool:
        """Whether the delay of those who watch is over, or he has played himself."""
        if not may_be_ahead(row, self._clock.now_ms()):
            return True
        recording = self.of(row)
        player = (await recording.at(recording.head)).state.table.players.get(caller or "")
        return player is not None and player.seat is not None


def past_view(
    game: Game[Any], state: State[Any], viewer: Viewer, caller: PlayerId | None, join_code: str | None
) -> Data:
    """A past state as `viewer` saw it, shown to `caller`: whoever looks with nobody's eyes is told who he is, and a
    player who looks with his own sees the room's code."""
    view = match.view(game, state, viewer)
    if viewer is None:
        view["you"]["player_id"] = caller
    elif viewer == caller and viewer in state.table.players and state.table.players[viewer].seat is not None:
        view["join_code"] = join_code
    return view


def state_answer(recording: Recording, moment: Moment, viewer: Viewer, caller: PlayerId | None) -> Data:
    """How a finished game stood, for the frame and for the HTTP answer alike."""
    view = past_view(recording.game, moment.state, viewer, caller, recording.row.join_code)
    return {"index": moment.index, "view": view, "state_hash": state_hash(moment.state)}
