"""The shell of a room: carries out what its core asks for. Decides nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from persistence.event_log.log import Committed, EventLog, Health, LossReason, Lost
from persistence.play.chat import Chats
from persistence.write import Write
from server.clock import Clock
from server.errors import LogShortened, Refused, RoomUnavailable
from server.games.codec import Codec
from server.games.rules import Event, PlayerId, Refusal
from server.games.table import Phase, profile_of
from server.games.table_events import GameCompleted, Profile
from server.metrics import Metrics
from server.rooms.alarms import Unbidden
from server.rooms.audience import frames
from server.rooms.audience.arrivals import Arrivals
from server.rooms.audience.audience import Audience
from server.rooms.audience.history import History
from server.rooms.audience.member import Member
from server.rooms.chat.room_chat import Chat
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
from server.rooms.machine.thought import NoThinkers, Thinkers
from server.rooms.machine.waiting import database_deadline
from server.rooms.pauses import Pauses
from server.wire.close_codes import CloseCode
from server.wire.error_codes import HTTP_STATUS, ErrorCode
from server.wire.from_client import CommandFrame, Hello, Role

_log = logging.getLogger(__name__)


class Room:
    """One room in memory: its core, its stream in the log, its connections, its timer."""

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
        thinkers: Thinkers | None = None,
    ) -> None:
        self.core = core
        self.game_id = core.identity.game_id
        self.epoch = epoch
        self.audience = Audience(core, clock)
        self.fanout = self.audience.fanout
        self._log = log
        self._clock = clock
        self._metrics = metrics
        self._on_unload = on_unload
        self._on_rematch = on_rematch
        self._history = History(self.game_id, log, codec)
        self.arrivals = Arrivals(core, self.audience, self._history, clock, epoch)
        self.chat = Chat(core, self.fanout, chats, clock, metrics, epoch=epoch, is_new=head < 0, reject=self._reject)
        self._stream = log.open(self.game_id, head, epoch, self, relaxed=core.relaxed)
        if core.relaxed:
            self._history.keep_uncommitted()
        self.pauses = Pauses(core, self.fanout, clock, log, self._carry_out, self.resume)
        thinkers = thinkers or NoThinkers(clock)
        self._unbidden = Unbidden(core, clock, metrics, thinkers, self._carry_out, self._quarantine)
        self._telling = False  # soon
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self.closed: str | None = None  # why the room is not served any more
        self.loss: Lost | None = None  # what the log said, if that is why

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
            if self.core.relaxed:
                self._tell()
            else:
                await self.wait_committed(self.core.head)
        player = self.core.told_state.table.players.get(player_id)
        return None if player is None else player.seat

    def take_seat(
        self, player_id: PlayerId, profile: Profile, *, spectator: bool = False, writes: Sequence[Write] = ()
    ) -> None:
        """The decision of `join`, at once; nobody may be told before it is committed. Raises `Refused`."""
        outcome = self.core.join(player_id, profile, spectator=spectator, now_ms=self._clock.now_ms(), writes=writes)
        if isinstance(outcome, Refusal):
            raise Refused(HTTP_STATUS.get(ErrorCode(outcome.code), 422), outcome.code, outcome.message)
        self._carry_out(outcome)

    def give_back(self, player_id: PlayerId, writes: Sequence[Write] = ()) -> None:
        """Empty a player's seat. What is decided here is queued behind all that was decided before."""
        if self.closed is None:
            self._carry_out(self.core.leave(player_id, self._clock.now_ms(), writes))

    def add_bots(self, count: int) -> None:
        """Seat bots on free seats."""
        self._carry_out(self.core.add_bots(count, self._clock.now_ms()))

    async def wait_committed(self, index: int) -> None:
        """Return when event `index` is committed. Raises `RoomUnavailable` if it never will be."""
        if self.core.committed_head >= index:
            return
        if self.closed is not None:
            raise RoomUnavailable(self.closed)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((index, future))
        await future

    async def wait_over(self) -> None:
        """Return when the game is completed or aborted, and that is committed. Raises `RoomUnavailable`."""
        while not self.core.told_state.table.is_over:
            await self.wait_committed(self.core.committed_head + 1)

    # Who may come in.

    def profile(self, player_id: PlayerId) -> Profile | None:
        """A member's name and looks."""
        member = self.core.told_state.table.players.get(player_id) if self.core.told_head >= 0 else None
        if member is None:
            return None
        return profile_of(member)

    def is_member(self, player_id: PlayerId) -> bool:
        """Whether he has joined, to play or to watch, and was not removed."""
        table = self.core.told_state.table if self.core.told_head >= 0 else None
        member = None if table is None else table.players.get(player_id)
        return member is not None and not member.kicked

    def admits(self, player_id: PlayerId, role: Role | None) -> bool:
        """Members may connect; anybody else may watch a public room."""
        return self.arrivals.admits(player_id, role)

    # Connections.

    async def attach(self, member: Member, hello: Hello) -> None:
        """Bring a connection up to date and let it take part. Cancelled when the connection ends meanwhile.

        Raises RoomUnavailable if the room can't be served any more.
        """
        self.arrivals.begin(member)
        try:
            await self.wait_committed(0)
            arrived = await self.arrivals.bring_up(member, hello)
            if self.closed is not None:
                self.fanout.remove(member)
                raise RoomUnavailable(self.closed)
            if arrived:
                self._welcomed(member)
        except LogShortened as error:
            if self.closed is None:
                self.lost(Lost(LossReason.FENCED, self.core.told_head + 1, str(error)))
            raise
        finally:
            self.arrivals.end(member)
            absent = self.fanout.find(member.player_id) is None and not self.arrivals.expects(member.player_id)
            if absent and self.closed is None:
                self._carry_out(self.core.disconnected(member.player_id, self._clock.now_ms()))

    def _welcomed(self, member: Member) -> None:
        """A new member: his turn, if it is his."""
        self.audience.send_turn(member)
        self.audience.welcomed(member)
        self.chat.welcome(member)
        self.pauses.welcome(member)
        self._carry_out(self.core.connected(member.player_id, self._clock.now_ms()))

    def detach(self, member: Member) -> None:
        """A connection is gone."""
        if self.fanout.remove(member) and self.closed is None:
            self._carry_out(self.core.disconnected(member.player_id, self._clock.now_ms()))

    def sync(self, member: Member) -> None:
        """Answer a `sync`: the state, and the turn if it is his."""
        self.audience.sync(member)

    # Inputs from the log (`StreamListener`).

    def committed(self, proof: Committed) -> None:
        self._carry_out(self.core.committed(proof, self._clock.now_ms()))
        if self.core.relaxed:
            self._history.committed(proof.head)
        if self._waiters:
            ready = [future for index, future in self._waiters if index <= proof.head]
            self._waiters = [item for item in self._waiters if item[0] > proof.head]
            for future in ready:
                if not future.done():
                    future.set_result(None)

    def lost(self, loss: Lost) -> None:
        """What was decided here did not get into the log: forget it all, and let everybody come back."""
        _log.error("game %s: the log refused index %d (%s)", self.game_id, loss.first_index, loss.reason)
        self._metrics.rooms_lost_total.labels(loss.reason.value).inc()
        self._carry_out(self.core.lost(loss))
        self.loss = loss
        self.close("the room is being reloaded", CloseCode.RESTART, "100")

    # Inputs from the node.

    def resume(self, reason: str) -> None:
        """After loading, or when the database is back."""
        self._carry_out(self.core.resume(reason, self._clock.now_ms()))
        self.chat.wake()

    def database(self, health: Health, *, was: Health) -> None:
        """The database went away or came back."""
        if self.closed is None:
            self.pauses.database(health, was=was)

    def drain(self) -> None:
        """Decide nothing more: what was decided can still be committed and told before `close`."""
        if self.closed is None:
            self.pauses.drain()

    def impose(self, events: Sequence[Event]) -> None:
        """What an operator brings about."""
        self._carry_out(self.core.impose(events, self._clock.now_ms()))

    def close(self, why: str, code: CloseCode, reason: str) -> None:
        """Stop serving: connections end with `code`, nothing more is decided. What was appended is still written."""
        if self.closed is not None:
            return
        self.closed = why
        self._unbidden.close()
        self.core.waiting.take_all()
        self._log.close_stream(self._stream)
        self.audience.close()
        self.chat.close()
        for member in self.fanout:
            member.close(code, reason)
        self.fanout.clear()
        for _, future in self._waiters:
            if not future.done():
                future.set_exception(RoomUnavailable(why))
        self._waiters.clear()
        self._on_unload(self)

    def _quarantine(self) -> None:
        self.close("the room was stopped by a bug in its rules", CloseCode.GOING_AWAY, "internal")

    def remember(self, records: list[Record]) -> None:
        """The log that was just loaded."""
        self._history.add(records)
        self.audience.restore(records, self._clock.now_ms())

    # Effects.

    def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            if type(effect) is Append:
                if self.closed is None:
                    self._log.append(self._stream, effect.events, effect.writes)
                    if self._stream.relaxed and not self._telling:
                        self._telling = True
                        self._clock.call_later(0, self._tell)
            elif type(effect) is Publish:
                self._publish(effect)
            else:
                self._carry_out_rare(effect)

    def _tell(self) -> None:
        """In a relaxed room: publish what was decided on this turn of the loop, all of it in one write."""
        self._telling = False
        if self.closed is None:
            self._carry_out(self.core.promised(self._log.promise(self._stream)))

    def _carry_out_rare(self, effect: Effect) -> None:
        """Whatever does not happen on every move."""
        match effect:
            case SetAlarm(at_ms):
                self._unbidden.set_alarm(at_ms)
            case SendAck(_, ack):
                self.fanout.send(ack.player_id, frames.ack(ack))
            case Reject():
                self._reject(effect)
            case Think():
                self._unbidden.think(effect)
            case StopThinking():
                self._unbidden.stop_thinking()
            case OpenRematch():
                self._on_rematch(self, effect)
            case ChatWish():
                self.chat.wish(effect)
            case Unload(reason):
                self.close(reason, CloseCode.NORMAL, "")

    def _publish(self, effect: Publish) -> None:
        steps = effect.steps
        records = steps[0].records if len(steps) == 1 else [record for step in steps for record in step.records]
        self._history.add(records)
        self._count(steps[0], steps[-1])
        self.audience.publish(steps, records)

    def _count(self, oldest: Step, newest: Step) -> None:
        if oldest.ack is not None:
            waited_ms = self._clock.now_ms() - oldest.records[0].at_ms
            self._metrics.command_latency_seconds.observe(waited_ms / 1000)
        if newest.state.table.phase == Phase.COMPLETED and any(
            isinstance(record.event, GameCompleted) for record in newest.records
        ):
            self._metrics.games_completed_total.labels(self.core.game.name).inc()

    def _reject(self, effect: Reject) -> None:
        self._metrics.rejected_total.labels(effect.code).inc()
        self.fanout.send(effect.player_id, frames.reject(effect.id, effect.code, effect.message, effect.field))
