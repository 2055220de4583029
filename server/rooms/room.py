"""The shell of a room: hands inputs to its core and carries out the effects. Decides nothing.

Others read a room by its face (`RoomFace`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from persistence.event_log.log import Committed, EventLog, Health, LossReason, Lost
from persistence.play.chat import Chats
from persistence.write import Write
from server.clock import Clock
from server.errors import LogShortened, Refused, RoomUnavailable
from server.games.codec import Codec
from server.games.rules import Command, Event, PlayerId, Refusal
from server.games.table import Phase
from server.games.table_events import GameCompleted, Profile
from server.metrics import Metrics
from server.rooms.alarms import Alarms
from server.rooms.audience import frames
from server.rooms.audience.arrivals import Arrivals
from server.rooms.audience.audience import Audience
from server.rooms.audience.history import History
from server.rooms.audience.member import Member
from server.rooms.chat.room_chat import Chat
from server.rooms.commits import Commits
from server.rooms.face import RoomFace
from server.rooms.machine.core import RoomCore
from server.rooms.machine.effects import (
    Append,
    ChatWish,
    Effect,
    OpenRematch,
    Publish,
    Record,
    Reject,
    SendAck,
    SetAlarm,
    Step,
    StopThinking,
    Think,
    Unload,
)
from server.rooms.machine.thought import NoWorkers, Workers
from server.rooms.machine.waiting import database_deadline
from server.rooms.pauses import Pauses
from server.wire.close_codes import CloseCode
from server.wire.error_codes import ErrorCode, http_status
from server.wire.from_client import CommandFrame, Hello, Role

_log = logging.getLogger(__name__)


class Room(RoomFace):
    """One room in memory: its core, its stream in the log, its connections, its alarm."""

    def __init__(
        self,
        core: RoomCore,
        codec: Codec,
        log: EventLog,
        chats: Chats,
        clock: Clock,
        metrics: Metrics,
        *,
        head: int,
        epoch: int,
        on_unload: Callable[[Room], None],
        on_rematch: Callable[[Room, OpenRematch], None],
        workers: Workers | None = None,
    ) -> None:
        super().__init__(core, Audience(core, clock, metrics))
        self.epoch = epoch
        self.loss: Lost | None = None  # what the log said, if that is why the room is closed
        self._log = log
        self._clock = clock
        self._metrics = metrics
        self._on_unload = on_unload
        self._on_rematch = on_rematch
        self._history = History(self.game_id, log, codec)
        self._arrivals = Arrivals(core, self.audience, self._history, clock, epoch)
        self.chat = Chat(core, self.fanout, chats, clock, metrics, epoch=epoch, is_new=head < 0)
        self._stream = log.open(self.game_id, head, epoch, self, relaxed=core.relaxed)
        if core.relaxed:
            self._history.keep_uncommitted()
        self.pauses = Pauses(self, core, self.fanout, clock, log)
        self._alarms = Alarms(self, clock, workers or NoWorkers(clock))
        self._commits = Commits()
        self._will_publish = False  # soon, in a relaxed room

    # Who may come, and waiting.

    def admits(self, player_id: PlayerId, role: Role | None) -> bool:
        """Whether this player may connect: members may, and anybody may watch a public room."""
        return self._arrivals.admits(player_id, role)

    async def wait_committed(self, index: int | None = None) -> None:
        """Return when event `index` is committed; None: everything that was decided. Raises `RoomUnavailable` if it
        never will be."""
        index = self.core.head if index is None else index
        if self.core.committed_head >= index:
            return
        if self.closed is not None:
            raise RoomUnavailable(self.closed)
        await self._commits.wait(index)

    async def wait_told(self) -> None:
        """Return when everything that was decided may be told: in a relaxed room at once. Raises `RoomUnavailable`."""
        if self.core.relaxed:
            self._publish_promised()
        else:
            await self.wait_committed()

    async def wait_over(self) -> None:
        """Return when the game is completed or aborted, and that is committed. Raises `RoomUnavailable`."""
        while not self.core.told_state.table.is_over:
            await self.wait_committed(self.core.committed_head + 1)

    def newest_events(self, first: int) -> list[Record] | None:
        """The events that were published from `first` on; None: some of them are in the log only."""
        return self._history.newest(first)

    # Inputs from players.

    def handle(self, member: Member, profile: Profile, frame: CommandFrame) -> None:
        """A command. Its answer is an ack after the commit, or a reject at once."""
        try:
            effects = self.core.command(member.player_id, profile, frame, self._clock.now_ms())
        except Exception:  # noqa: BLE001  # rules of third parties may raise anything
            # Nothing has changed: the core moves on only when everything worked.
            _log.exception("bug in a command: game %s index %d", self.game_id, self.core.head)
            effects = [Reject(member.player_id, frame.id, ErrorCode.INTERNAL, "the server failed on this command")]
        self._carry_out(effects)

    def create(self, effects: list[Effect]) -> None:
        """Carry out the effects of `RoomCore.create`."""
        self._carry_out(effects)

    async def join(self, player_id: PlayerId, profile: Profile, *, spectator: bool) -> int | None:
        """Take a seat and return it (None: as a spectator) once that may be told.

        Raises `Refused`, `RoomUnavailable`.
        """
        if self.pauses.held and not self.is_member(player_id):
            raise RoomUnavailable("an operator has paused the room")
        async with database_deadline():
            if not self.core.relaxed:
                await self._log.reachable()
            self.take_seat(player_id, profile, spectator=spectator)
            await self.wait_told()
        player = self.core.told_state.table.players.get(player_id)
        return None if player is None else player.seat

    def take_seat(
        self, player_id: PlayerId, profile: Profile, *, spectator: bool = False, writes: Sequence[Write] = ()
    ) -> None:
        """The decision of `join`, at once; nobody may be told before it is committed. Raises `Refused`."""
        outcome = self.core.join(player_id, profile, spectator=spectator, now_ms=self._clock.now_ms(), writes=writes)
        if isinstance(outcome, Refusal):
            raise Refused(http_status(outcome.code), outcome.code, outcome.message)
        self._carry_out(outcome)

    def give_back(self, player_id: PlayerId, writes: Sequence[Write] = ()) -> None:
        """Empty a player's seat. The decision is queued behind all earlier ones."""
        if self.closed is None:
            self._carry_out(self.core.leave(player_id, self._clock.now_ms(), writes))

    def add_bots(self, count: int) -> None:
        """Seat bots on free seats."""
        self._carry_out(self.core.add_bots(count, self._clock.now_ms()))

    # Connections.

    async def attach(self, member: Member, hello: Hello) -> None:
        """Bring a connection up to date and let it take part. Cancelled when the connection ends meanwhile.

        Raises RoomUnavailable if the room can't be served any more.
        """
        self._arrivals.begin(member)
        try:
            await self.wait_committed(0)
            arrived = await self._arrivals.bring_up(member, hello)
            if self.closed is not None:
                self.fanout.remove(member)
                raise RoomUnavailable(self.closed)
            if arrived:
                self.audience.welcome(member)
                self.chat.welcome(member)
                self.pauses.welcome(member)
                self._carry_out(self.core.connected(member.player_id, self._clock.now_ms()))
        except LogShortened as error:
            if self.closed is None:
                self.lost(Lost(LossReason.FENCED, self.core.told_head + 1, str(error)))
            raise
        finally:
            self._arrivals.end(member)
            absent = self.fanout.find(member.player_id) is None and not self._arrivals.expects(member.player_id)
            if absent and self.closed is None:
                self._carry_out(self.core.disconnected(member.player_id, self._clock.now_ms()))

    def detach(self, member: Member) -> None:
        """A connection is gone."""
        if self.fanout.remove(member) and self.closed is None:
            self._carry_out(self.core.disconnected(member.player_id, self._clock.now_ms()))

    def sync(self, member: Member) -> None:
        """Answer a `sync`: the state, and the turn if it is this member's."""
        self.audience.sync(member)

    # Inputs from the log (`StreamListener`).

    def committed(self, proof: Committed) -> None:
        self._carry_out(self.core.committed(proof, self._clock.now_ms()))
        if self._stream.relaxed:
            self._history.committed(proof.head)
        if self._commits.waiting:
            self._commits.committed(proof.head)

    def lost(self, loss: Lost) -> None:
        """What was decided here did not get into the log. Forget all of it; the clients come back and load the log."""
        _log.error("game %s: the log refused index %d (%s)", self.game_id, loss.first_index, loss.reason)
        self._metrics.rooms_lost_total.labels(loss.reason.value).inc()
        self._carry_out(self.core.lost(loss))
        self.loss = loss
        self.close("the room is being reloaded", CloseCode.RESTART, "100")

    # Inputs from time (`Alarmed`).

    def alarm(self) -> None:
        self._decide_unasked(lambda: self.core.alarm(self._clock.now_ms()))

    def thought(self, asked: Think, command: Command | None) -> None:
        self._decide_unasked(lambda: self.core.thought(asked, command, self._clock.now_ms()))

    def _decide_unasked(self, decide: Callable[[], list[Effect]]) -> None:
        try:
            effects = decide()
        except Exception:  # noqa: BLE001  # rules of third parties may raise anything
            # Time does not stop asking: a room whose rules fail here would fail for ever.
            _log.exception("bug in a timer: game %s index %d is quarantined", self.game_id, self.core.head)
            self._metrics.rooms_quarantined_total.labels(self.game.name).inc()
            self.close("the room was stopped by a bug in its rules", CloseCode.GOING_AWAY, "internal")
        else:
            self._carry_out(effects)

    # Inputs from the node.

    def pause(self) -> None:
        """Decide nothing until `resume` (`Pausable`)."""
        self._carry_out(self.core.pause(self._clock.now_ms()))

    def resume(self, reason: str) -> None:
        """Go on after loading, or after a pause."""
        self._carry_out(self.core.resume(reason, self._clock.now_ms()))
        self.chat.wake()

    def database(self, health: Health, *, was: Health) -> None:
        """The database went away or came back."""
        if self.closed is None:
            self.pauses.database(health, was=was)

    def drain(self) -> None:
        """Decide nothing more. What was decided can still be committed and told before `close`."""
        if self.closed is None:
            self.pauses.drain()

    def impose(self, events: Sequence[Event]) -> None:
        """Let events happen that an operator has decided."""
        self._carry_out(self.core.impose(events, self._clock.now_ms()))

    def remember(self, records: list[Record]) -> None:
        """These are the events of the log that was just loaded."""
        self._history.add(records)
        self.audience.restore(records, self._clock.now_ms())

    def close(self, why: str, code: CloseCode, reason: str) -> None:
        """Stop serving: connections end with `code`, nothing more is decided. What was appended is still written."""
        if self.closed is not None:
            return
        self.closed = why
        self._alarms.close()
        self.core.waiting.take_all()
        self._log.close_stream(self._stream)
        self.audience.close()
        self.chat.close()
        for member in self.fanout:
            member.close(code, reason)
        self.fanout.clear()
        self._commits.give_up(why)
        self._on_unload(self)

    # Effects.

    def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            if type(effect) is Append:
                if self.closed is None:
                    self._log.append(self._stream, effect.events, effect.writes)
                    if self._stream.relaxed and not self._will_publish:
                        self._will_publish = True
                        self._clock.call_later(0, self._publish_promised)
            elif type(effect) is Publish:
                self._publish(effect)
            else:
                self._carry_out_rare(effect)

    def _publish_promised(self) -> None:
        """In a relaxed room: publish what was decided on this turn of the loop, all of it in one write."""
        self._will_publish = False
        if self.closed is None:
            self._carry_out(self.core.promised(self._log.promise(self._stream)))

    def _carry_out_rare(self, effect: Effect) -> None:
        """Whatever does not happen on every move."""
        match effect:
            case SetAlarm(at_ms):
                self._alarms.set(at_ms)
            case SendAck(_, ack):
                self.fanout.send(ack.player_id, frames.ack(ack))
            case Reject():
                self.fanout.reject(effect)
            case Think():
                self._alarms.think(effect)
            case StopThinking():
                self._alarms.stop_thinking()
            case OpenRematch():
                self._on_rematch(self, effect)
            case ChatWish():
                self.chat.take(effect)
            case Unload(reason):
                self.close(reason, CloseCode.NORMAL, "")

    def _publish(self, effect: Publish) -> None:
        steps = effect.steps
        records = steps[0].records if len(steps) == 1 else [record for step in steps for record in step.records]
        self._history.add(records)
        self._measure(steps[0], steps[-1])
        self.audience.publish(steps, records)

    def _measure(self, oldest: Step, newest: Step) -> None:
        if oldest.ack is not None:
            waited_ms = self._clock.now_ms() - oldest.records[0].at_ms
            self._metrics.command_latency_seconds.observe(waited_ms / 1000)
        if newest.state.table.phase == Phase.COMPLETED and any(
            isinstance(record.event, GameCompleted) for record in newest.records
        ):
            self._metrics.games_completed_total.labels(self.game.name).inc()
