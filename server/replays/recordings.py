"""Games as their logs tell them: the events, and the state after any of them.

All who look at a game share one `Recording`. It keeps a few states along the way, so that going anywhere costs a short
fold from the last of them. A long fold is done in slices, each in a thread, so that the event loop serves the rooms.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from persistence.event_log.log import EventLog, StoredEvent
from persistence.play.games import GameRow
from server import limits
from server.errors import LogShortened
from server.games import match
from server.games.registry import Registry
from server.games.replay import state_hash
from server.games.rules import Data, Game, PlayerId, State, Viewer
from server.games.table import Player
from server.games.table_events import GameCreated, GameStarted
from server.rooms.machine.effects import Record
from server.rooms.machine.records import stored_record


@dataclass(frozen=True, slots=True)
class Moment:
    """A game after event `index`, which happened at `at_ms`."""

    index: int
    at_ms: int
    state: State[Any]


class Recording:
    """One game. `head`: the index of its last event; that of a running game moves on."""

    def __init__(
        self,
        row: GameRow,
        registry: Registry,
        log: EventLog,
        reading: asyncio.Semaphore,
        threads: asyncio.Semaphore,
    ) -> None:
        self.row = row
        self.game: Game[Any] = registry.game(row.game)
        self.head = row.last_event_index
        self.viewers = 0
        self._codec = registry.codec(row.game)
        self._log = log
        self._reading = reading
        self._threads = threads
        self._seated: list[Player] = []  # when the game started
        self._folding = asyncio.Lock()  # the second who wants to go far finds the states that the first has left
        self._kept: list[Moment] = []  # ascending

    async def read(self, first: int) -> Sequence[Record]:
        """The events from `first` on, as many as are read at a time; none after the last. Raises LogShortened."""
        last = min(self.head, first + limits.REPLAY_CHUNK_EVENTS - 1)
        return [stored_record(self._codec, row) for row in await self._rows(first, last)]

    async def at(self, index: int) -> Moment:
        """How the game stood after event `index` (0 to `head`). Raises LogShortened."""
        async with self._folding:
            place = bisect_right(self._kept, index, key=lambda kept: kept.index)
            moment = self._kept[place - 1] if place else None
            while moment is None or moment.index < index:
                first = 0 if moment is None else moment.index + 1
                rows = await self._rows(first, min(index, first + limits.REPLAY_FOLD_EVENTS - 1))
                async with self._threads:
                    moment = await asyncio.to_thread(self._fold, moment, rows)
            return moment

    async def seated_at_start(self) -> list[Player]:
        """The players in seat order, as they were when the game started; none before. Raises LogShortened."""
        first = 0
        while not self._seated and first <= self.head:
            rows = await self._rows(first, min(self.head, first + limits.REPLAY_CHUNK_EVENTS - 1))
            for row in rows:
                if row.type == GameStarted.name:
                    self._seated = (await self.at(row.index)).state.table.seated()
            first += len(rows)
        return self._seated

    async def _rows(self, first: int, last: int) -> list[StoredEvent]:
        """Events first..last (inclusive) of the log."""
        if first > last:
            return []
        async with self._reading:
            rows = [row async for row in self._log.read(self.row.id, first, last)]
        if len(rows) != last - first + 1:
            raise LogShortened("the log is shorter than it was")
        return rows

    def _fold(self, moment: Moment | None, rows: Sequence[StoredEvent]) -> Moment:
        """The moment after these; there is at least one. Runs in a thread, alone for this game."""
        state = None if moment is None else moment.state
        for row in rows:
            event = self._codec.from_data(row.type, row.payload)
            if isinstance(event, GameCreated):
                state = match.begin(self.game, event)
            else:
                assert state is not None  # a log begins with game_created
                state = match.evolve(self.game, state, event)
            if row.index % limits.REPLAY_CHUNK_EVENTS == 0:
                self._keep(Moment(row.index, row.at_ms, state))
        assert state is not None
        return Moment(rows[-1].index, rows[-1].at_ms, state)

    def _keep(self, moment: Moment) -> None:
        """Keep this one, if it is far enough from the last that is kept."""
        spacing = max(limits.REPLAY_CHUNK_EVENTS, self.head // limits.REPLAY_STATES_MAX)
        newest = self._kept[-1].index if self._kept else -spacing
        if moment.index >= newest + spacing:
            self._kept.append(moment)
            if len(self._kept) > 2 * limits.REPLAY_STATES_MAX:  # the game has grown since the first were kept
                del self._kept[1::2]


class Recordings:
    """Those that somebody watches, and those that were looked at lately.

    `reading`: how many reads of logs there may be at once; `threads`: how many folds.
    """

    def __init__(
        self, registry: Registry, log: EventLog, reading: asyncio.Semaphore, threads: asyncio.Semaphore
    ) -> None:
        self._registry = registry
        self._log = log
        self._reading = reading
        self._threads = threads
        self._watched: dict[str, Recording] = {}
        self._lately: OrderedDict[str, Recording] = OrderedDict()

    def __len__(self) -> int:
        return len(self._watched) + len(self._lately)

    def of(self, row: GameRow) -> Recording:
        """A game for one look."""
        recording = self._watched.get(row.id) or self._lately.pop(row.id, None)
        # Under another epoch the log may have lost events, and got others in their place.
        if recording is None or recording.row.epoch != row.epoch:
            recording = Recording(row, self._registry, self._log, self._reading, self._threads)
        recording.head = max(recording.head, row.last_event_index)
        if row.id not in self._watched:
            self._lately[row.id] = recording
            if len(self._lately) > limits.RECORDINGS_MAX:
                self._lately.popitem(last=False)
        return recording

    def enter(self, row: GameRow) -> Recording:
        """A finished game for one more viewer, until that one calls `leave`."""
        recording = self.of(row)
        self._lately.pop(row.id, None)
        self._watched[row.id] = recording
        recording.viewers += 1
        return recording

    def leave(self, recording: Recording) -> None:
        """One viewer less."""
        recording.viewers -= 1
        if not recording.viewers and self._watched.get(recording.row.id) is recording:
            del self._watched[recording.row.id]


def past_view(
    game: Game[Any], state: State[Any], viewer: Viewer, caller: PlayerId | None, join_code: str | None
) -> Data:
    """A past state as `viewer` saw it, shown to `caller`: somebody who looks with nobody's eyes is told their own id,
    and a player who looks with their own sees the room's code."""
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
