"""The socket of a room: players and spectators, from the hello to the end of the connection."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from server import limits
from server.clock import Clock
from server.games.rules import PlayerId, Viewer
from server.games.table_commands import SPECTATOR_COMMANDS
from server.games.table_events import Profile
from server.metrics import Cut, Metrics
from server.play.service.profiles import Profiles
from server.rooms.directory import Directory
from server.rooms.room import Room
from server.sessions.connection import Connection, Handlers, Outlet, canonical_id
from server.sessions.tokens import Tokens
from server.settings import Settings
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder
from server.wire.error_codes import ErrorCode
from server.wire.from_client import CommandFrame, Hello, Sync, decode

_SPECTATOR_COMMANDS = frozenset(command.name for command in SPECTATOR_COMMANDS)


class RoomSessions:
    """What all sessions in rooms share, built once. Counts the rooms that each player is connected to."""

    def __init__(
        self,
        directory: Directory,
        profiles: Profiles,
        tokens: Tokens,
        clock: Clock,
        metrics: Metrics,
        settings: Settings,
    ) -> None:
        self.directory = directory
        self.profiles = profiles
        self.tokens = tokens
        self.clock = clock
        self.metrics = metrics
        self.settings = settings
        self._rooms: dict[PlayerId, Counter[str]] = {}  # connections of each player, by room
        self.limits = {
            "heartbeat_s": limits.HEARTBEAT_S,
            "max_frame": limits.FRAME_BYTES_MAX,
            "commands_per_s": settings.commands_per_s,
            "burst": settings.burst,
        }

    def admit(self, player_id: PlayerId, game_id: str) -> bool:
        """Count one more connection. False: the player is connected to as many rooms as allowed.

        A second connection to the same room is always admitted: it replaces the first, which often broke unnoticed.
        """
        rooms = self._rooms.setdefault(player_id, Counter())
        if game_id not in rooms and len(rooms) >= self.settings.connections_per_player_max:
            return False
        rooms[game_id] += 1
        return True

    def release(self, player_id: PlayerId, game_id: str) -> None:
        """An admitted connection is gone."""
        rooms = self._rooms[player_id]
        rooms[game_id] -= 1
        if not rooms[game_id]:
            del rooms[game_id]
        if not rooms:
            del self._rooms[player_id]


class RoomSession(Connection):
    """A `Member` of its room after the welcome."""

    __slots__ = ("_profile", "_room", "_shared", "chat_id", "limits", "player_id", "viewer")

    hello = Hello

    def __init__(
        self, shared: RoomSessions, outlet: Outlet, game_id: str, encoder: Encoder, bearer: str | None
    ) -> None:
        super().__init__(
            outlet, encoder, decode, shared.clock, shared.metrics, shared.settings, game_id=game_id, token=bearer
        )
        self.player_id: PlayerId = ""
        self.viewer: Viewer = None
        self.limits = shared.limits
        self.chat_id = -1
        self._shared = shared
        self._profile: Profile = {}
        self._room: Room | None = None

    # Hello.

    def _admit(self, hello: Hello) -> bool:
        self.player_id = self._shared.tokens.player(self._token or "")
        if self._shared.admit(self.player_id, self._game_id):
            return True
        self._cut(Cut.PLAYER, "connected to too many rooms at once")
        return False

    async def _enter(self, hello: Hello) -> None:
        """Find the room and take part in it."""
        game_id = canonical_id(self._game_id)
        room = None if game_id is None else await self._shared.directory.get(game_id)
        if room is None:
            self.fail(CloseCode.NO_SUCH_ROOM, ErrorCode.ROOM_NOT_FOUND, "no such room")
            return
        if not room.admits(self.player_id, hello.role):
            self.fail(CloseCode.FORBIDDEN, ErrorCode.FORBIDDEN, "no seat in this room, or removed from it")
            return
        self._profile = room.profile(self.player_id) or await self._shared.profiles.get(self.player_id)
        await room.attach(self, hello)
        self._room = room
        fresh = self._shared.tokens.renewed(self._token or "")
        if fresh is not None:
            self._reply({"type": "token", "token": fresh})
        self._open()

    # Frames.

    def _command(self, frame: CommandFrame) -> None:
        room = self._room
        assert room is not None  # handled only after the welcome
        if self.viewer is None and not self._may_command(room, frame):
            self._reject(frame.id, ErrorCode.NOT_SEATED, "spectators can't do that")
        else:
            room.handle(self, self._profile, frame)

    def _may_command(self, room: Room, frame: CommandFrame) -> bool:
        """Spectators have commands of their own. A member without a seat may give any command (a host who never sat
        down, a player who leaves). A seated player who connected as a spectator may not: the seat is used by
        connecting as a player."""
        if frame.name in _SPECTATOR_COMMANDS:
            return True
        return room.is_member(self.player_id) and not room.admits(self.player_id, "player")

    def _sync(self, frame: Sync) -> None:
        assert self._room is not None  # handled only after the welcome
        self._room.sync(self)

    handlers: ClassVar[Handlers] = {
        **Connection.handlers,
        CommandFrame: _command,
        Sync: _sync,
        Hello: Connection._second_hello,
    }

    # Slow readers, and the end.

    def skip(self) -> bool:
        """Too much waits for the peer. True: drop what follows, and send the state when the peer has caught up.

        That is for spectators. A player is better off with a new connection, which resumes from the log.
        """
        self._skipping = self.viewer is None and self._room is not None
        return self._skipping

    def caught_up(self) -> None:
        """The peer has read everything."""
        if self._skipping and self._room is not None and not self.closed:
            self._skipping = False
            self._room.sync(self)
            self._room.chat.welcome(self)

    def _leave(self) -> None:
        if self._admitted:
            self._shared.release(self.player_id, self._game_id)
        if self._room is not None:
            self._room.detach(self)
