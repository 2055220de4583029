"""A session that watches a finished game, at its own pace: plays, pauses, goes to any event.

It has no task while it plays: a timer shows what is due, and events are read a chunk at a time by a task that ends
when they are there. Live rooms notice nothing of it but the time of a step, and that is bounded.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from persistence.database import Database
from persistence.errors import PersistenceError
from persistence.play import statistics
from server import limits
from server.clock import Clock, Timer
from server.errors import RoomUnavailable
from server.games.rules import PlayerId, Viewer
from server.metrics import Cut, Metrics
from server.replays.playback import Playback
from server.replays.recordings import NotFinished, Recording, Recordings, state_answer
from server.rooms.audience import frames
from server.rooms.audience.fanout import visible
from server.rooms.machine.effects import Record
from server.sessions.budget import Verdict
from server.sessions.connection import Outlet, Speaker
from server.sessions.tokens import InvalidToken, Tokens
from server.settings import Settings
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder, encode_json
from server.wire.error_codes import ErrorCode
from server.wire.from_client import Invalid, Malformed, Ping, Sync
from server.wire.from_viewer import FromViewer, Pause, Play, ReplayHello, Seek, decode_viewer

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Projector:
    """What every replay needs, built once. `viewers`: how many there are."""

    recordings: Recordings
    database: Database
    tokens: Tokens
    clock: Clock
    metrics: Metrics
    settings: Settings
    limits: dict[str, int]
    viewers: int = 0

    def admit(self) -> bool:
        """Count one more viewer. False: there are as many as there may be."""
        if self.viewers >= self.settings.replay_viewers_max:
            return False
        self._count(1)
        return True

    def release(self) -> None:
        """One that was admitted is gone."""
        self._count(-1)

    def _count(self, change: int) -> None:
        self.viewers += change
        self.metrics.replay_viewers.set(self.viewers)


class ReplaySession(Speaker):
    """One viewer. While he is on his way to an event he may choose another one: only the last `seek` is answered."""

    __slots__ = (
        "_admitted",
        "_early",
        "_game_id",
        "_playback",
        "_player_id",
        "_projector",
        "_recording",
        "_target",
        "_task",
        "_timer",
        "_token",
        "_viewer",
        "_welcomed",
    )

    def __init__(
        self, projector: Projector, outlet: Outlet, game_id: str, encoder: Encoder, bearer: str | None
    ) -> None:
        super().__init__(outlet, encoder, projector.clock, projector.metrics, projector.settings)
        self._projector = projector
        self._game_id = game_id
        self._token = bearer
        self._admitted = False  # counted among the viewers
        self._player_id: PlayerId | None = None  # who he is, if he said so
        self._viewer: Viewer = None  # whose eyes he has
        self._recording: Recording | None = None
        self._playback = Playback(0)
        self._target: int | None = None  # the event that he wants to be at, and is not yet
        self._task: asyncio.Task[None] | None = None
        self._timer: Timer | None = None
        self._welcomed = False
        self._early: deque[FromViewer] = deque()  # frames before the welcome; bounded by FRAMES_BEFORE_WELCOME_MAX

    # Bytes in.

    def receive(self, payload: bytes | bytearray, *, binary: bool) -> None:
        """One whole message from the client."""
        if self.closed:
            return
        self.heard_at_s = now_s = self._clock.monotonic()
        try:
            frame = decode_viewer(payload, binary=binary)
        except Malformed as error:
            self.fail(CloseCode.MALFORMED, "malformed", str(error))
            return
        verdict = self._budget.spend(now_s, len(payload))
        if verdict is not Verdict.OK:
            self._too_fast(frame.id if isinstance(frame, Invalid) else None, verdict)
        elif not self.hello_done:
            self._first(frame)
        elif self._welcomed:
            self._dispatch(frame)
        elif len(self._early) < limits.FRAMES_BEFORE_WELCOME_MAX:
            self._early.append(frame)
        else:
            self._cut(Cut.RATE, "too many frames before the welcome")

    def _dispatch(self, frame: FromViewer) -> None:
        now_s = self._clock.monotonic()
        match frame:
            case Ping(nonce):
                self._reply({"type": "pong", "nonce": nonce, "server_time": self._clock.now_ms()})
            case Invalid(given, message):
                self._reject(given, ErrorCode.INVALID_COMMAND, message)
            case ReplayHello():
                self._reject(None, ErrorCode.INVALID_COMMAND, "hello was said already")
            case Play(speed):
                self._playback.play(speed, now_s, self._target)
                self._tell()
                self._go_on()
            case Pause():
                self._playback.pause(now_s)
                self._tell()
                self._go_on()
            case Seek(index) if index > self._playback.head:
                self._reject(None, ErrorCode.INVALID_COMMAND, f"index: the last event is {self._playback.head}")
            case Seek(index):
                self._target = index
                self._go_on()
            case Sync():
                self._target = self._playback.index if self._target is None else self._target
                self._go_on()

    # Hello.

    def _first(self, frame: FromViewer) -> None:
        if not isinstance(frame, ReplayHello):
            problem = frame.message if isinstance(frame, Invalid) else "the first frame is hello"
            self.fail(CloseCode.UNAUTHORIZED, "unauthorized", problem)
            return
        token = frame.token or self._token
        try:
            self._player_id = None if token is None else self._projector.tokens.player(token)
        except InvalidToken as error:
            self.fail(CloseCode.UNAUTHORIZED, "unauthorized", str(error))
            return
        self._admitted = self._projector.admit()
        if not self._admitted:
            self.fail(CloseCode.RESTART, ErrorCode.UNAVAILABLE, str(limits.RESTART_DELAY_MS_MAX))
            return
        self.hello_done = True
        self._viewer = frame.viewer
        self._outlet.greeted()
        self._begin(self._open)

    async def _open(self) -> None:
        """Find the game and show its beginning."""
        try:
            game_id = str(UUID(self._game_id))
        except ValueError:
            self.fail(CloseCode.NO_SUCH_ROOM, ErrorCode.ROOM_NOT_FOUND, "no such game")
            return
        try:
            recording = await self._projector.recordings.open(game_id, self._player_id)
        except NotFinished:
            self.fail(
                CloseCode.NO_SUCH_ROOM, ErrorCode.INVALID_PHASE, "the game is not completed: watch it in its room"
            )
            return
        if recording is None:
            self.fail(CloseCode.NO_SUCH_ROOM, ErrorCode.ROOM_NOT_FOUND, "no such game")
            return
        if self.closed:  # meanwhile
            self._projector.recordings.leave(recording)
            return
        self._recording = recording
        if self._viewer is not None and not await self._played(recording, self._viewer):
            self.fail(CloseCode.FORBIDDEN, ErrorCode.FORBIDDEN, "as: nobody of that id played this game")
            return
        self._playback = Playback(recording.head)
        self._reply(self._welcome(recording))
        self._target = 0
        self._welcomed = True
        while self._early and not self.closed:
            self._dispatch(self._early.popleft())

    async def _played(self, recording: Recording, player_id: PlayerId) -> bool:
        summary = await statistics.get_summary(self._projector.database, recording.row.id)
        return summary is not None and any(player["player_id"] == player_id for player in summary.players)

    def _welcome(self, recording: Recording) -> dict[str, object]:
        return {
            "type": "welcome",
            "protocol": frames.PROTOCOL,
            "game_id": recording.row.id,
            "game": recording.row.game,
            "player_id": self._player_id,
            "seat": None,
            "role": "spectator",
            "epoch": recording.row.epoch,
            "head": recording.head,
            "server_time": self._clock.now_ms(),
            "mode": "state",
            "limits": self._projector.limits,
            "replay": {"head": recording.head, "speed": 1.0, "playing": False, "as": self._viewer},
        }

    # The tape.

    def _go_on(self) -> None:
        """Do the next thing: go where he wants to be, read what is missing, or wait for what is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        recording = self._recording
        if self.closed or self._stale or recording is None or (self._task is not None and not self._task.done()):
            return
        if self._target is not None:
            self._begin(lambda: self._seek(recording))
        elif (first := self._playback.wants) is not None:
            self._begin(lambda: self._read(recording, first))
        elif self._playback.due_s is not None:
            delay_s = max(0.0, self._playback.due_s - self._clock.monotonic())
            self._timer = self._clock.call_later(delay_s, self._show)

    def _show(self) -> None:
        """What is due."""
        self._timer = None
        records = self._playback.take(self._clock.monotonic())
        if records:
            self.send(b"".join([self._event(record) for record in records]))
            if not self._playback.playing:
                self._tell()
        self._go_on()

    def _event(self, record: Record) -> bytes:
        assert self._recording is not None  # records come from nowhere else
        if self._viewer is None or not record.event.private:
            return self.encoder.event(record.index, record.event.name, record.at_ms, record.data, record.json)
        name, data = visible(self._recording.game, record, self._viewer)
        return self.encoder.event(record.index, name, record.at_ms, data, encode_json(data))

    def _tell(self) -> None:
        playback = self._playback
        self._reply({"type": "replay", "index": playback.index, "playing": playback.playing, "speed": playback.speed})

    # What takes time: one thing at a time.

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._task = asyncio.create_task(self._carefully(work), name="replay")

    async def _carefully(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await work()
        except (RoomUnavailable, PersistenceError) as error:
            _log.info("a replay stops: %s", error)
            self.fail(CloseCode.RESTART, ErrorCode.UNAVAILABLE, "1000")
        except Exception:  # noqa: BLE001  # a log that this build can't fold, rules of third parties
            _log.exception("bug in the replay of game %s", self._game_id)
            self.fail(CloseCode.GOING_AWAY, ErrorCode.INTERNAL, "the server failed on this game")
        else:
            self._task = None
            self._go_on()

    async def _seek(self, recording: Recording) -> None:
        index = self._target
        assert index is not None  # that is why
        moment = await recording.at(index)
        if self._target != index:
            return  # he wants to be elsewhere by now
        self._target = None
        if index != self._playback.index:  # a `sync` takes no time
            self._playback.seek(index, moment.at_ms, self._clock.monotonic())
        self._reply({"type": "state", **state_answer(recording, moment, self._viewer, self._player_id)})
        self._tell()

    async def _read(self, recording: Recording, first: int) -> None:
        records = await recording.read(first)
        if self._target is None and self._playback.wants == first:
            self._playback.load(records)

    # The end, and readers that are slow.

    def skip(self) -> bool:
        """Too much waits for the peer: the tape waits with it."""
        self._stale = self._recording is not None
        return self._stale

    def caught_up(self) -> None:
        """The peer has read everything: go on from where he is, with a state."""
        if self._stale and not self.closed:
            self._stale = False
            if self._playback.playing:
                self._playback.play(None, self._clock.monotonic())  # what it waited for the peer is not caught up
            self._target = self._playback.index if self._target is None else self._target
            self._go_on()

    def gone(self) -> None:
        """The connection is gone, for whatever reason."""
        self.closed = True
        self._go_on()
        if self._task is not None and not self._task.done():
            self._task.cancel()
        if self._recording is not None:
            self._projector.recordings.leave(self._recording)
            self._recording = None
        if self._admitted:
            self._projector.release()
