"""The board in the lobby: the list of public rooms, kept up to date for those who look at it.

Rooms `mark` themselves when something of their entry has been committed; a few times a second all that are marked are
read from the database, where `GET /api/rooms` reads them too, and whatever differs from what was told is told. So both
say the same, and what one must not show early (private rooms, the end of a game with a delay) the other doesn't either.
While nobody looks nothing is done.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any, Protocol, TypeAlias

from persistence.database import Database
from persistence.errors import PersistenceError
from persistence.play import games
from persistence.play.games import GameRow
from server import limits
from server.clock import Clock, Timer
from server.games.rules import Data
from server.lobby.entry import listed
from server.metrics import Metrics
from server.rooms.audience import delay
from server.rooms.directory import Directory
from server.wire.encoders import Encoder

_log = logging.getLogger(__name__)

_RETRY_S = 1.0
"""Until the next try to read, when the database did not answer."""

_Key: TypeAlias = tuple[Encoder, str | None]


class Listener(Protocol):
    """A connection that looks at the board. `game`: it wants the rooms of this game only."""

    encoder: Encoder
    game: str | None

    def send(self, data: bytes) -> None:
        """Write whole frames. Never blocks."""

    def unavailable(self) -> None:
        """The list can't be read: come back later."""


class Board:
    """One for the whole server. Newest rooms first, LOBBY_ROOMS_MAX of them."""

    def __init__(self, directory: Directory, database: Database, clock: Clock, metrics: Metrics) -> None:
        self._directory = directory
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._index = 0  # counts the rounds in which something was told
        self._rows: dict[str, GameRow] = {}
        self._items: dict[str, Data] = {}  # as they were told
        self._marked: set[str] = set()
        self._read_again_s = 0.0  # when the whole list is read again, because time passes in it too; 0: never read
        self._not_before_s = 0.0
        self._listeners: dict[Listener, bool] = {}  # and whether each has the list
        self._lists: dict[_Key, bytes] = {}  # encoded
        self._round: deque[Listener] = deque()  # who is still to be told of the last changes
        self._changes: list[tuple[str, dict[str, Any]]] = []  # the game, and the frame
        self._told: dict[_Key, bytes] = {}  # the changes, encoded
        self._task: asyncio.Task[None] | None = None
        self._timer: Timer | None = None
        self._closed = False
        directory.on_listed = self.mark

    def mark(self, game_id: str) -> None:
        """The entry of this room may have changed."""
        if self._timer is not None:  # as long as it ticks, the list is kept up to date
            self._marked.add(game_id)

    def enter(self, listener: Listener) -> None:
        """Somebody looks: he gets the list, now or in a moment, and then what changes in it."""
        if listener.game is not None and listener.game not in self._directory.registry:
            listener.game = ""  # no room is listed for it
        self._listeners[listener] = False
        self._metrics.lobby_listeners.set(len(self._listeners))
        if self._is_level:
            self.show(listener)
        if self._timer is None and not self._closed:
            self._tick()

    def leave(self, listener: Listener) -> None:
        """He is gone."""
        self._listeners.pop(listener, None)
        self._metrics.lobby_listeners.set(len(self._listeners))

    def show(self, listener: Listener) -> None:
        """The list as it stands, if it was read."""
        if not self._read_again_s:
            return
        self._listeners[listener] = True
        key = (listener.encoder, listener.game)
        if key not in self._lists:
            items = [self._items[game_id] for game_id in sorted(self._items, reverse=True)]
            shown = [item for item in items if listener.game in (None, item["game"])]
            self._lists[key] = listener.encoder.frame({"type": "lobby", "items": shown, "index": self._index})
        listener.send(self._lists[key])

    def close(self) -> None:
        """Nobody is told anything any more."""
        self._closed = True
        self._listeners.clear()
        self._round.clear()
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    # Looking.

    @property
    def _is_level(self) -> bool:
        """Whether everything that was marked has been read."""
        return bool(self._read_again_s) and not self._marked and (self._task is None or self._task.done())

    def _tick(self) -> None:
        self._timer = None
        if not self._listeners and (self._task is None or self._task.done()):
            self._read_again_s = 0.0
            self._marked.clear()
            return
        self._mark_what_is_due()
        now_s = self._clock.monotonic()
        due = now_s >= self._not_before_s and (self._marked or now_s >= self._read_again_s)
        if due and not self._round and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._look(), name="lobby")
        self._timer = self._clock.call_later(limits.LOBBY_TICK_S, self._tick)

    def _mark_what_is_due(self) -> None:
        """Rooms that are over and were listed until those who watch have seen the end."""
        now_ms = self._clock.now_ms()
        over = [row for row in self._rows.values() if row.closed_at is not None]
        self._marked.update(row.id for row in over if not delay.may_be_ahead(row, now_ms))

    async def _look(self) -> None:
        """Read what may have changed, and tell what has."""
        marked, self._marked = self._marked, set()
        try:
            if self._clock.monotonic() >= self._read_again_s:
                read_at_s = self._clock.monotonic()
                rows, _ = await games.list_public(self._database, limit=limits.LOBBY_ROOMS_MAX)
                self._rows = {row.id: row for row in rows}
                self._read_again_s = read_at_s + limits.LOBBY_READ_S
                touched = self._rows.keys() | self._items.keys()
            else:
                found = await games.list_these(self._database, sorted(marked))
                self._rows = {key: row for key, row in self._rows.items() if key not in marked}
                self._rows |= {row.id: row for row in found}
                touched = set(marked)
        except PersistenceError as error:
            _log.debug("the list of rooms can't be read: %s", error)
            self._not_before_s = self._clock.monotonic() + _RETRY_S
            self._marked |= marked
            for listener in [listener for listener, has_list in self._listeners.items() if not has_list]:
                listener.unavailable()
            return
        self._marked.update(filter(self._is_ahead, marked))
        self._update(touched | self._too_many())
        self._begin_round()

    def _is_ahead(self, game_id: str) -> bool:
        """Whether this room has told more than it has committed (a relaxed one): then the database will tell more."""
        room = self._directory.find(game_id)
        return room is not None and room.core.committed_head < room.core.told_head

    def _too_many(self) -> set[str]:
        """The oldest ones are not listed any more."""
        oldest = set(sorted(self._rows, reverse=True)[limits.LOBBY_ROOMS_MAX :])
        self._rows = {key: row for key, row in self._rows.items() if key not in oldest}
        return oldest

    def _update(self, touched: set[str]) -> None:
        now_ms = self._clock.now_ms()
        index = self._index + 1
        self._changes = []
        for game_id in sorted(touched):
            row, before = self._rows.get(game_id), self._items.get(game_id)
            room = self._directory.find(game_id)
            spectators = 0 if room is None else len(room.fanout.watchers)
            item = None if row is None else listed(row, spectators, now_ms)
            if item is not None and item != before:
                self._items[game_id] = item
                self._changes.append((item["game"], {"type": "room", "item": item, "index": index}))
            elif item is None and before is not None:
                del self._items[game_id]
                gone = {"type": "room_gone", "game_id": game_id, "index": index}
                self._changes.append((before["game"], gone))
        self._told = {}
        if self._changes:
            self._index = index
            self._lists = {}

    # Telling.

    def _begin_round(self) -> None:
        if self._changes or not all(self._listeners.values()):
            self._round = deque(self._listeners)
            self._tell()

    def _tell(self) -> None:
        """A slice of the listeners, so that the rooms don't wait for all of them."""
        for _ in range(min(limits.GALLERY_SLICE, len(self._round))):
            listener = self._round.popleft()
            has_list = self._listeners.get(listener)
            if has_list:
                self._tell_changes(listener)
            elif has_list is not None:
                self.show(listener)
        if self._round:
            self._clock.call_later(0, self._tell)

    def _tell_changes(self, listener: Listener) -> None:
        key = (listener.encoder, listener.game)
        if key not in self._told:
            frames = [frame for game, frame in self._changes if listener.game in (None, game)]
            self._told[key] = b"".join([listener.encoder.frame(frame) for frame in frames])
        if self._told[key]:
            listener.send(self._told[key])
