"""The socket of a replay: a finished game at the viewer's own pace. The viewer plays, pauses, goes to any event.

No task runs while it plays: a timer shows the events that are due. Events are read a chunk at a time, by a task that
ends when they are there. A step is bounded, so live rooms are not held up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from persistence.database import Database
from persistence.play import statistics
from server import limits
from server.clock import Clock, Timer
from server.games.rules import PlayerId, Viewer
from server.metrics import Metrics
from server.replays.playback import Playback
from server.replays.reader import NotFinished, Reader
from server.replays.recordings import Recording, state_answer
from server.rooms.audience import frames
from server.rooms.audience.fanout import visible
from server.rooms.machine.effects import Record
from server.sessions.connection import Connection, Handlers, Outlet, canonical_id
from server.sessions.tokens import Tokens
from server.settings import Settings
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder, encode_json
from server.wire.error_codes import ErrorCode
from server.wire.from_client import Sync
from server.wire.from_viewer import Pause, Play, ReplayHello, Seek, decode_viewer


@dataclass(slots=True)
class ReplaySessions:
    """What all sessions that watch a replay share, built once. `viewers`: how many there are."""

    reader: Reader
    database: Database
    tokens: Tokens
    clock: Clock
    metrics: Metrics
    settings: Settings
    limits: dict[str, int]
    viewers: int = 0

    def admit(self) -> bool:
        """Count one more viewer. False: there are as many as allowed."""
        if self.viewers >= self.settings.replay_viewers_max:
            return False
        self._count(1)
        return True

    def release(self) -> None:
        """An admitted viewer is gone."""
        self._count(-1)

    def _count(self, change: int) -> None:
        self.viewers += change
        self.metrics.replay_viewers.set(self.viewers)


class ReplaySession(Connection):
    """One viewer. A `seek` that comes while another is under way replaces it: only the last one is answered."""

    __slots__ = ("_playback", "_player_id", "_recording", "_shared", "_target", "_timer", "_viewer")

    hello = ReplayHello
    subject = "game"

    def __init__(
        self, shared: ReplaySessions, outlet: Outlet, game_id: str, encoder: Encoder, bearer: str | None
    ) -> None:
        super().__init__(
            outlet, encoder, decode_viewer, shared.clock, shared.metrics, shared.settings, game_id=game_id, token=bearer
        )
        self._shared = shared
        self._player_id: PlayerId | None = None  # None: the viewer said no name
        self._viewer: Viewer = None  # the player through whose eyes the game is shown
        self._recording: Recording | None = None
        self._playback = Playback(0)
        self._target: int | None = None  # the event to go to; None: the replay is where it should be
        self._timer: Timer | None = None

    # Hello.

    def _admit(self, hello: ReplayHello) -> bool:
        self._player_id = None if self._token is None else self._shared.tokens.player(self._token)
        if not self._shared.admit():
            self.fail(CloseCode.RESTART, ErrorCode.UNAVAILABLE, str(limits.RESTART_DELAY_MS_MAX))
            return False
        self._viewer = hello.viewer
        return True

    async def _enter(self, hello: ReplayHello) -> None:
        """Find the game and show its beginning."""
        try:
            game_id = canonical_id(self._game_id)
            reader = self._shared.reader
            recording = None if game_id is None else await reader.open(game_id, self._player_id)
        except NotFinished:
            self.fail(
                CloseCode.NO_SUCH_ROOM, ErrorCode.INVALID_PHASE, "the game is not completed: watch it in its room"
            )
            return
        if recording is None:
            self.fail(CloseCode.NO_SUCH_ROOM, ErrorCode.ROOM_NOT_FOUND, "no such game")
            return
        if self.closed:  # meanwhile
            reader.leave(recording)
            return
        self._recording = recording
        if self._viewer is not None and not await self._has_played(recording, self._viewer):
            self.fail(CloseCode.FORBIDDEN, ErrorCode.FORBIDDEN, "as: nobody of that id played this game")
            return
        self._playback = Playback(recording.head)
        self._reply(self._welcome(recording))
        self._target = 0
        self._open()

    async def _has_played(self, recording: Recording, player_id: PlayerId) -> bool:
        summary = await statistics.get_summary(self._shared.database, recording.row.id)
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
            "limits": self._shared.limits,
            "replay": {"head": recording.head, "speed": 1.0, "playing": False, "as": self._viewer},
        }

    # Frames.

    def _play(self, frame: Play) -> None:
        self._playback.play(frame.speed, self._clock.monotonic(), self._target)
        self._send_position()
        self._go_on()

    def _pause(self, frame: Pause) -> None:
        self._playback.pause(self._clock.monotonic())
        self._send_position()
        self._go_on()

    def _seek(self, frame: Seek) -> None:
        if frame.index > self._playback.head:
            self._reject(None, ErrorCode.INVALID_COMMAND, f"index: the last event is {self._playback.head}")
            return
        self._target = frame.index
        self._go_on()

    def _sync(self, frame: Sync) -> None:
        self._show_again()

    handlers: ClassVar[Handlers] = {
        **Connection.handlers,
        Play: _play,
        Pause: _pause,
        Seek: _seek,
        Sync: _sync,
        ReplayHello: Connection._second_hello,
    }

    # The tape.

    def _go_on(self) -> None:
        """Do the next thing: go to the target, read what is missing, or wait for the next event."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        recording = self._recording
        if self.closed or self._skipping or recording is None or self._is_busy:
            return
        if self._target is not None:
            self._begin(lambda: self._go_to_target(recording))
        elif (first := self._playback.wants) is not None:
            self._begin(lambda: self._read(recording, first))
        elif self._playback.due_s is not None:
            delay_s = max(0.0, self._playback.due_s - self._clock.monotonic())
            self._timer = self._clock.call_later(delay_s, self._show_due)

    def _show_due(self) -> None:
        self._timer = None
        records = self._playback.take(self._clock.monotonic())
        if records:
            self.send(b"".join([self._event(record) for record in records]))
            if not self._playback.playing:
                self._send_position()
        self._go_on()

    def _show_again(self) -> None:
        """Send the state where the replay stands, or where it is going."""
        self._target = self._playback.index if self._target is None else self._target
        self._go_on()

    def _event(self, record: Record) -> bytes:
        assert self._recording is not None  # records come from nowhere else
        if self._viewer is None or not record.event.private:
            return self.encoder.event(record.index, record.event.name, record.at_ms, record.event, record.json)
        name, data = visible(self._recording.game, record, self._viewer)
        return self.encoder.event(record.index, name, record.at_ms, data, encode_json(data))

    def _send_position(self) -> None:
        playback = self._playback
        self._reply({"type": "replay", "index": playback.index, "playing": playback.playing, "speed": playback.speed})

    # What takes time.

    async def _go_to_target(self, recording: Recording) -> None:
        index = self._target
        assert index is not None  # that is why
        moment = await recording.at(index)
        if self._target != index:
            return  # another `seek` came meanwhile
        self._target = None
        if index != self._playback.index:  # a `sync` takes no time
            self._playback.seek(index, moment.at_ms, self._clock.monotonic())
        self._reply({"type": "state", **state_answer(recording, moment, self._viewer, self._player_id)})
        self._send_position()

    async def _read(self, recording: Recording, first: int) -> None:
        records = await recording.read(first)
        if self._target is None and self._playback.wants == first:
            self._playback.load(records)

    # Slow readers, and the end.

    def skip(self) -> bool:
        """Too much waits for the peer: the tape waits with it."""
        self._skipping = self._recording is not None
        return self._skipping

    def caught_up(self) -> None:
        """The peer has read everything: go on from where the tape stands, with a state."""
        if self._skipping and not self.closed:
            self._skipping = False
            if self._playback.playing:
                self._playback.play(None, self._clock.monotonic())  # the time of the wait is not made up for
            self._show_again()

    def _leave(self) -> None:
        self._go_on()  # stops the timer
        if self._recording is not None:
            self._shared.reader.leave(self._recording)
            self._recording = None
        if self._admitted:
            self._shared.release()
