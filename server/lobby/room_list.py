"""The live list of public rooms in the lobby, kept up to date for the clients that look at it.

Rooms `mark` themselves when something of their entry was committed. A few times a second the marked rooms are read from
the database, where `GET /api/rooms` reads them too, and every difference from what was sent is sent. So both say the
same, and hide the same: private rooms, and the end of a game with a delay. While nobody looks, nothing is read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
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
from server.rooms.audience.slices import Slices
from server.rooms.directory import Directory
from server.wire.encoders import Encoder

_log = logging.getLogger(__name__)

_RETRY_S = 1.0
"""Until the next try to read, when the database did not answer."""

_Key: TypeAlias = tuple[Encoder, str | None]


class LobbyClient(Protocol):
    """A connection that looks at the list. `game`: only at the rooms of this game; None: at all."""

    encoder: Encoder
    game: str | None

    def send(self, data: bytes) -> None:
        """Write whole frames. Never blocks."""

    def unavailable(self) -> None:
        """The list can't be read: come back later."""


class RoomList:
    """One for the whole server. Newest rooms first, LOBBY_ROOMS_MAX of them."""

    def __init__(self, directory: Directory, database: Database, clock: Clock, metrics: Metrics) -> None:
        self._directory = directory
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._index = 0  # counts the rounds in which something was sent
        self._rows: dict[str, GameRow] = {}
        self._items: dict[str, Data] = {}  # as they were sent
        self._marked: set[str] = set()
        self._read_again_s = 0.0  # when the whole list is read again, because time passes in it too; 0: never read
        self._not_before_s = 0.0
        self._clients: dict[LobbyClient, bool] = {}  # and whether each has the list
        self._lists: dict[_Key, bytes] = {}  # encoded
        self._changes: list[tuple[str, dict[str, Any]]] = []  # the game, and the frame
        self._encoded: dict[_Key, bytes] = {}  # the changes
        self._round: Slices[LobbyClient] = Slices(clock, self._clients.keys, self._serve)
        self._task: asyncio.Task[None] | None = None
        self._timer: Timer | None = None
        self._closed = False
        directory.watch(listed=self.mark)

    def mark(self, game_id: str) -> None:
        """The entry of this room may have changed."""
        if self._timer is not None:  # as long as it ticks, the list is kept up to date
            self._marked.add(game_id)

    def enter(self, client: LobbyClient) -> None:
        """Send the list to a new client, now or in a moment, and then what changes in it."""
        if client.game is not None and client.game not in self._directory.registry:
            client.game = ""  # no room is listed for it
        self._clients[client] = False
        self._metrics.lobby_listeners.set(len(self._clients))
        if self._is_level:
            self.send_list(client)
        if self._timer is None and not self._closed:
            self._tick()

    def leave(self, client: LobbyClient) -> None:
        """The client is gone."""
        self._clients.pop(client, None)
        self._metrics.lobby_listeners.set(len(self._clients))

    def send_list(self, client: LobbyClient) -> None:
        """Send the list as it stands, if it was read."""
        if not self._read_again_s:
            return
        self._clients[client] = True
        key = (client.encoder, client.game)
        if key not in self._lists:
            items = [self._items[game_id] for game_id in sorted(self._items, reverse=True)]
            shown = [item for item in items if client.game in (None, item["game"])]
            self._lists[key] = client.encoder.frame({"type": "lobby", "items": shown, "index": self._index})
        client.send(self._lists[key])

    def close(self) -> None:
        """Send nothing more."""
        self._closed = True
        self._clients.clear()
        self._round.stop()
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    # Reading.

    @property
    def _is_reading(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def _is_level(self) -> bool:
        """Whether everything that was marked has been read."""
        return bool(self._read_again_s) and not self._marked and not self._is_reading

    def _tick(self) -> None:
        self._timer = None
        if not self._clients and not self._is_reading:
            self._read_again_s = 0.0
            self._marked.clear()
            return
        self._mark_ends_that_are_due()
        now_s = self._clock.monotonic()
        due = now_s >= self._not_before_s and (self._marked or now_s >= self._read_again_s)
        if due and not self._round.waiting and not self._is_reading:
            self._task = asyncio.create_task(self._refresh(), name="lobby")
        self._timer = self._clock.call_later(limits.LOBBY_TICK_S, self._tick)

    def _mark_ends_that_are_due(self) -> None:
        """Rooms that are over stay listed until spectators have seen the end."""
        now_ms = self._clock.now_ms()
        over = [row for row in self._rows.values() if row.closed_at is not None]
        self._marked.update(row.id for row in over if not delay.may_be_ahead(row, now_ms))

    async def _refresh(self) -> None:
        """Read what may have changed, and send what has."""
        marked, self._marked = self._marked, set()
        try:
            touched = await self._read(marked)
        except PersistenceError as error:
            _log.debug("the list of rooms can't be read: %s", error)
            self._not_before_s = self._clock.monotonic() + _RETRY_S
            self._marked |= marked
            for client in [client for client, has_list in self._clients.items() if not has_list]:
                client.unavailable()
            return
        self._marked.update(filter(self._is_ahead, marked))
        self._update(touched | self._drop_oldest())
        if self._changes or not all(self._clients.values()):
            self._round.begin()

    async def _read(self, marked: set[str]) -> set[str]:
        """Read the marked rooms, or the whole list if that is due. Returns the ids of the entries to compare."""
        if self._clock.monotonic() >= self._read_again_s:
            read_at_s = self._clock.monotonic()
            rows, _ = await games.list_public(self._database, limit=limits.LOBBY_ROOMS_MAX)
            self._rows = {row.id: row for row in rows}
            self._read_again_s = read_at_s + limits.LOBBY_READ_S
            return self._rows.keys() | self._items.keys()
        found = await games.list_these(self._database, sorted(marked))
        self._rows = {key: row for key, row in self._rows.items() if key not in marked}
        self._rows |= {row.id: row for row in found}
        return set(marked)

    def _is_ahead(self, game_id: str) -> bool:
        """Whether this room has told more than it has committed (a relaxed one): then the database will say more."""
        room = self._directory.find(game_id)
        return room is not None and room.is_ahead

    def _drop_oldest(self) -> set[str]:
        """Forget the rooms beyond LOBBY_ROOMS_MAX. Returns their ids."""
        oldest = set(sorted(self._rows, reverse=True)[limits.LOBBY_ROOMS_MAX :])
        self._rows = {key: row for key, row in self._rows.items() if key not in oldest}
        return oldest

    def _update(self, touched: set[str]) -> None:
        """Compare these entries with what was sent, and note the changes."""
        now_ms = self._clock.now_ms()
        index = self._index + 1
        self._changes = []
        for game_id in sorted(touched):
            row, before = self._rows.get(game_id), self._items.get(game_id)
            room = self._directory.find(game_id)
            spectators = 0 if room is None else room.spectators
            item = None if row is None else listed(row, spectators, now_ms)
            if item is not None and item != before:
                self._items[game_id] = item
                self._changes.append((item["game"], {"type": "room", "item": item, "index": index}))
            elif item is None and before is not None:
                del self._items[game_id]
                gone = {"type": "room_gone", "game_id": game_id, "index": index}
                self._changes.append((before["game"], gone))
        self._encoded = {}
        if self._changes:
            self._index = index
            self._lists = {}

    # Sending.

    def _serve(self, clients: Sequence[LobbyClient]) -> None:
        for client in clients:
            has_list = self._clients.get(client)  # None: gone
            if has_list:
                self._send_changes(client)
            elif has_list is not None:
                self.send_list(client)

    def _send_changes(self, client: LobbyClient) -> None:
        key = (client.encoder, client.game)
        if key not in self._encoded:
            frames = [frame for game, frame in self._changes if client.game in (None, game)]
            self._encoded[key] = b"".join([client.encoder.frame(frame) for frame in frames])
        if self._encoded[key]:
            client.send(self._encoded[key])
