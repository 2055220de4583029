"""A session: one connection, from its hello to its end. Knows who is speaking and how fast; moves no bytes itself."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from uuid import UUID

from persistence.errors import PersistenceError
from server import limits
from server.clock import Clock
from server.errors import Refused, RoomQuarantined, RoomUnavailable
from server.games.rules import PlayerId, Viewer
from server.games.table_commands import SPECTATOR_COMMANDS
from server.games.table_events import Profile
from server.metrics import Cut, Metrics
from server.play.service.profiles import Profiles
from server.rooms.directory import Directory
from server.rooms.room import Room
from server.sessions.budget import Verdict
from server.sessions.connection import Outlet, Speaker
from server.sessions.tokens import InvalidToken, Tokens
from server.settings import Settings
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder
from server.wire.error_codes import ErrorCode
from server.wire.from_client import CommandFrame, FromClient, Hello, Invalid, Malformed, Ping, Sync, decode

_log = logging.getLogger(__name__)

_SPECTATOR_COMMANDS = frozenset(command.name for command in SPECTATOR_COMMANDS)


def _canonical(game_id: str) -> str | None:
    """The one spelling that a room is known by; None: this can't be a room's id."""
    try:
        return str(UUID(game_id))
    except ValueError:
        return None


class Doorkeeper:
    """What every session needs, built once."""

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
        """Count one more connection. False: he is in as many rooms as he may be.

        Another one to the same room takes the place of the first, which is often one that broke and was not missed.
        """
        rooms = self._rooms.setdefault(player_id, Counter())
        if game_id not in rooms and len(rooms) >= self.settings.connections_per_player_max:
            return False
        rooms[game_id] += 1
        return True

    def release(self, player_id: PlayerId, game_id: str) -> None:
        """One that was admitted is gone."""
        rooms = self._rooms[player_id]
        rooms[game_id] -= 1
        if not rooms[game_id]:
            del rooms[game_id]
        if not rooms:
            del self._rooms[player_id]


class Session(Speaker):
    """A `Member` of its room's fanout once it has said hello."""

    __slots__ = (
        "_admitted",
        "_early",
        "_game_id",
        "_keeper",
        "_profile",
        "_room",
        "_task",
        "_token",
        "chat_id",
        "limits",
        "player_id",
        "viewer",
    )

    def __init__(self, keeper: Doorkeeper, outlet: Outlet, game_id: str, encoder: Encoder, bearer: str | None) -> None:
        super().__init__(outlet, encoder, keeper.clock, keeper.metrics, keeper.settings)
        self.player_id: PlayerId = ""
        self.viewer: Viewer = None
        self.limits = keeper.limits
        self.chat_id = -1
        self._keeper = keeper
        self._game_id = game_id
        self._token = bearer
        self._admitted = False  # counted among the player's connections
        self._profile: Profile = {}
        self._room: Room | None = None
        self._task: asyncio.Task[None] | None = None
        self._early: deque[FromClient] = deque()  # frames before the welcome; bounded by FRAMES_BEFORE_WELCOME_MAX

    # Bytes in.

    def receive(self, payload: bytes | bytearray, *, binary: bool) -> None:
        """One whole message from the client."""
        if self.closed:
            return
        self.heard_at_s = now_s = self._clock.monotonic()
        try:
            frame = decode(payload, binary=binary)
        except Malformed as error:
            self.fail(CloseCode.MALFORMED, "malformed", str(error))
            return
        if not self.hello_done:
            self._first(frame)
        elif self._room is None:
            self._keep_early(frame)
        else:
            self._dispatch(frame, now_s, len(payload))

    def _dispatch(self, frame: FromClient, now_s: float, size: int) -> None:
        verdict = self._budget.spend(now_s, size)
        if verdict is not Verdict.OK:
            self._too_fast(frame.id if isinstance(frame, (CommandFrame, Invalid)) else None, verdict)
            return
        room = self._room
        assert room is not None  # dispatched only after the welcome
        if type(frame) is CommandFrame:
            if self.viewer is None and not self._may(room, frame):
                self._reject(frame.id, ErrorCode.NOT_SEATED, "spectators can't do that")
            else:
                room.handle(self, self._profile, frame)
        elif type(frame) is Ping:
            self._reply({"type": "pong", "nonce": frame.nonce, "server_time": self._clock.now_ms()})
        elif type(frame) is Sync:
            room.sync(self)
        elif type(frame) is Invalid:
            self._reject(frame.id, ErrorCode.INVALID_COMMAND, frame.message)
        else:
            self._reject(None, ErrorCode.INVALID_COMMAND, "hello was said already")

    def _may(self, room: Room, frame: CommandFrame) -> bool:
        """Who watches: the commands of spectators, and a member without a seat may ask (a host from outside, one who
        leaves). Whoever has a seat but came to watch it must come as a player to use it."""
        if frame.name in _SPECTATOR_COMMANDS:
            return True
        return room.is_member(self.player_id) and not room.admits(self.player_id, "player")

    # Hello.

    def _first(self, frame: FromClient) -> None:
        if not isinstance(frame, Hello):
            problem = frame.message if isinstance(frame, Invalid) else "the first frame is hello"
            self.fail(CloseCode.UNAUTHORIZED, "unauthorized", problem)
            return
        self._token = frame.token or self._token or ""
        try:
            self.player_id = self._keeper.tokens.player(self._token)
        except InvalidToken as error:
            self.fail(CloseCode.UNAUTHORIZED, "unauthorized", str(error))
            return
        if not self._keeper.admit(self.player_id, self._game_id):
            self._cut(Cut.PLAYER, "connected to too many rooms at once")
            return
        self._admitted = True
        self.hello_done = True
        self._outlet.greeted()
        self._task = asyncio.create_task(self._enter(frame), name="enter")

    def _keep_early(self, frame: FromClient) -> None:
        if len(self._early) >= limits.FRAMES_BEFORE_WELCOME_MAX:
            self._cut(Cut.RATE, "too many frames before the welcome")
        else:
            self._early.append(frame)

    async def _enter(self, hello: Hello) -> None:
        """Find the room and take one's place in it."""
        try:
            game_id = _canonical(self._game_id)
            room = None if game_id is None else await self._keeper.directory.get(game_id)
            if room is None:
                self.fail(CloseCode.NO_SUCH_ROOM, ErrorCode.ROOM_NOT_FOUND, "no such room")
                return
            if not room.admits(self.player_id, hello.role):
                self.fail(CloseCode.FORBIDDEN, ErrorCode.FORBIDDEN, "no seat in this room, or removed from it")
                return
            self._profile = room.profile(self.player_id) or await self._keeper.profiles.get(self.player_id)
            await room.attach(self, hello)
        except Refused as refused:
            self.fail(CloseCode.UNAUTHORIZED, refused.code, refused.message)
            return
        except RoomQuarantined as error:
            self.fail(CloseCode.GOING_AWAY, ErrorCode.INTERNAL, str(error))
            return
        except (RoomUnavailable, PersistenceError) as error:
            _log.info("no entry: %s", error)
            self.fail(CloseCode.RESTART, ErrorCode.UNAVAILABLE, "1000")
            return
        except Exception:  # noqa: BLE001  # a log that this build can't fold, rules of third parties
            _log.exception("bug on the way into game %s", self._game_id)
            self.fail(CloseCode.GOING_AWAY, ErrorCode.INTERNAL, "the server failed on this room")
            return
        self._room = room
        fresh = self._keeper.tokens.renewed(self._token or "")
        if fresh is not None:
            self._reply({"type": "token", "token": fresh})
        while self._early and not self.closed:
            self._dispatch(self._early.popleft(), self._clock.monotonic(), 0)

    # Bytes out (`Member`).

    def skip(self) -> bool:
        """Too much waits for the peer. True: he does without what follows and gets the state when he has caught up.

        A spectator can; a player is better off with a new connection, which resumes from the log.
        """
        self._stale = self.viewer is None and self._room is not None
        return self._stale

    def caught_up(self) -> None:
        """The peer has read everything."""
        if self._stale and self._room is not None and not self.closed:
            self._stale = False
            self._room.sync(self)
            self._room.chat.welcome(self)

    # The end.

    def gone(self) -> None:
        """The connection is gone, for whatever reason."""
        self.closed = True
        if self._admitted:
            self._keeper.release(self.player_id, self._game_id)
        if self._task is not None and not self._task.done():
            self._task.cancel()
        if self._room is not None:
            self._room.detach(self)
