"""Presence: debounced disconnects, and the end of a room that nobody is connected to. Pure; times in ms since 1970."""

from __future__ import annotations

from server import limits
from server.games import table_events as ev
from server.games.rules import Event, PlayerId
from server.games.table import Phase, Status, Table
from server.rooms.machine.effects import Unload

_EMPTY_MS = {
    Phase.LOBBY: limits.EMPTY_LOBBY_MS,
    Phase.PLAYING: limits.SUSPEND_MS,
    Phase.COMPLETED: limits.FINISHED_ROOM_MS,
    Phase.ABORTED: limits.FINISHED_ROOM_MS,
}


class Presence:
    """The sockets of one room, by player, and the two kinds of deadlines that their absence sets."""

    def __init__(self) -> None:
        self._here: set[PlayerId] = set()
        self._missing: dict[PlayerId, int] = {}  # seated humans without a socket, and when the others are told
        self._empty: tuple[Phase, int] | None = None  # nobody is here: since this phase, and what is due when
        self.next_due_ms: int | None = None  # kept, because it is asked on every move and changes rarely

    def connected(self, table: Table, player_id: PlayerId) -> Event | None:
        """A socket of the player is connected. Returns the event, if the others knew that the player was gone."""
        self._here.add(player_id)
        self._missing.pop(player_id, None)
        self._empty = None
        self._update_due()
        player = table.players.get(player_id)
        if player is None or player.seat is None or player.kicked or table.is_over:
            return None
        return None if player.status == Status.ACTIVE else ev.PlayerReconnected(player_id)

    def disconnected(self, table: Table, player_id: PlayerId, now_ms: int) -> None:
        self._here.discard(player_id)
        if self._counts(table, player_id):
            self._missing[player_id] = now_ms + limits.DISCONNECT_MS
        self._note_if_empty(table, now_ms)

    def follow(self, table: Table, now_ms: int) -> None:
        """The table has changed: a new player gets time to connect, a finished room stays open for a while."""
        for player_id in table.players:
            if player_id not in self._here and player_id not in self._missing and self._counts(table, player_id):
                self._missing[player_id] = now_ms + limits.FIRST_CONNECT_MS
        self._note_if_empty(table, now_ms)

    def due(self, table: Table, now_ms: int) -> tuple[Event, ...] | Unload:
        """One thing that is due; an empty tuple: nothing."""
        for player_id, due_ms in self._missing.items():
            if due_ms <= now_ms:
                del self._missing[player_id]
                self._update_due()
                return (ev.PlayerDisconnected(player_id),) if self._counts(table, player_id) else ()
        if self._empty is None or self._empty[1] > now_ms:
            return ()
        if table.phase == Phase.LOBBY:
            return (ev.GameAborted("empty"),)
        if table.phase == Phase.PLAYING and not table.paused:
            return (ev.GamePaused("suspended"),)
        self._empty = None
        self._update_due()
        return Unload("empty")

    def _counts(self, table: Table, player_id: PlayerId) -> bool:
        player = table.players.get(player_id)
        return (
            player is not None
            and player.seat is not None
            and not player.is_bot
            and player.status == Status.ACTIVE
            and not table.is_over
        )

    def _note_if_empty(self, table: Table, now_ms: int) -> None:
        if self._here:
            self._empty = None
        elif self._empty is None or self._empty[0] != table.phase:
            self._empty = (table.phase, now_ms + _EMPTY_MS[table.phase])
        self._update_due()

    def _update_due(self) -> None:
        dues = [*self._missing.values(), *(() if self._empty is None else (self._empty[1],))]
        self.next_due_ms = min(dues, default=None)
