"""The core of a room: input in, effects out. Synchronous, no I/O, no clock, no task: `now_ms` is an argument.

The state runs ahead of the log: an input is decided on the newest state (`_state`, at index `head`), its events are
handed to the log as one step, and the step waits in the outbox until the log proves that it is committed. Only then
does its state become the told state, the one that clients are shown.

    command -> decide -> events -> evolve -> Append ... committed(proof) -> Publish

Everything that changes the state goes through `_apply`. A relaxed room tells on the log's promise, at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from persistence.event_log.log import Committed, Lost, Promised, StoredEvent
from persistence.write import Write
from server import limits
from server.games import match, table_commands
from server.games import table_events as ev
from server.games.codec import Codec
from server.games.rules import Command, Context, Data, Event, Game, PlayerId, Refusal, State
from server.games.table import Phase, Table, profile_of
from server.rooms.machine import records as rec
from server.rooms.machine.decisions import TABLE_COMMANDS, Bots, decide, misplay, removed
from server.rooms.machine.effects import (
    Ack,
    Append,
    Effect,
    Publish,
    Record,
    Reject,
    SendAck,
    SetAlarm,
    Step,
    Think,
    Unload,
    Wait,
)
from server.rooms.machine.identity import Identity
from server.rooms.machine.leniency import Leniency
from server.rooms.machine.outbox import Acks, Outbox
from server.rooms.machine.presence import Presence
from server.rooms.machine.room_commands import ROOM_COMMANDS, wish
from server.rooms.machine.turns import BotTurn, next_wait
from server.rooms.machine.waiting import NodeWaiting, WaitingCommands
from server.rooms.machine.writes import WITH_WRITES, writes_for
from server.wire.error_codes import ErrorCode
from server.wire.from_client import CommandDecoder, CommandFrame


class RoomCore:
    """One room. Create it, then either `create` (a new room) or `load` (from the log) gives it its state."""

    def __init__(
        self, game: Game[Any], decoder: CommandDecoder, identity: Identity, bots: Bots, node: NodeWaiting | None = None
    ) -> None:
        self.game = game
        self.identity = identity
        self._decoder = decoder
        self._bots = bots
        self._state: State[Any] | None = None
        self._wait: Wait | None = None
        self._bot = BotTurn(game)
        self.head = -1  # index of the last event that was decided
        self._last_at_ms = 0  # of that event; times never go back within a log
        self._outbox = Outbox()
        self._acks = Acks()
        self._guests: dict[
            PlayerId, ev.Profile
        ] = {}  # profiles of spectators who are no members and have changed theirs
        self._leniency = Leniency()
        self._presence = Presence()
        self.paused_since_ms: int | None = None  # the log is out of reach: nothing is decided, clocks stand still
        self.waiting = WaitingCommands(node or NodeWaiting())
        self._alarm_ms: int | None = None
        self._held_back = False  # the alarm waits for the log: too much is uncommitted

    # For readers outside: committed only.

    @property
    def told_head(self) -> int:
        """Index of the newest event that may be told."""
        return self._outbox.head

    @property
    def committed_head(self) -> int:
        """Index of the newest event that is committed. Only a relaxed room tells more than that."""
        return self._outbox.committed_head

    @property
    def relaxed(self) -> bool:  # whether it tells events before they are committed
        return self._outbox.relaxed

    @property
    def paused(self) -> bool:
        """Whether nothing is decided because the log is out of reach or too far behind."""
        return self.paused_since_ms is not None or self._held_back

    @property
    def told(self) -> Step | None:  # the newest step that may be told
        return self._outbox.told

    @property
    def told_state(self) -> State[Any]:
        """Raises LookupError before the first commit."""
        if self._outbox.told is not None:
            return self._outbox.told.state
        raise LookupError("nothing is told yet")

    @property
    def is_public(self) -> bool:
        """Whether strangers may come in: private as soon as that is decided, public once it is committed."""
        tables = (self.table, self.table if self._outbox.told is None else self._outbox.told.state.table)
        said = [table.is_public for table in tables if table.is_public is not None]
        return all(said) if said else self.identity.is_public  # an old log does not say

    @property
    def table(self) -> Table:
        """The newest table, committed or not: to decide on, not to show."""
        return self._require().table

    def turn(self, player_id: PlayerId) -> tuple[int | None, tuple[Command, ...]] | None:
        """(deadline in ms or None, legal commands) if the told state waits for this player."""
        return None if self._outbox.told is None else self.turn_at(self._outbox.told, player_id)

    def turn_at(self, step: Step, player_id: PlayerId) -> tuple[int | None, tuple[Command, ...]] | None:
        if step.wait is None or player_id not in step.wait.deadline.player_ids:
            return None
        return step.wait.due_ms, self.game.actions(step.state, player_id)

    # Inputs: the beginning.

    def create(
        self,
        creator: PlayerId,
        config: Data,
        commitment: str,
        joins: Sequence[Event],
        now_ms: int,
        writes: Sequence[Write],
    ) -> list[Effect]:
        """A new room: event 0, then the first players. `writes` go before them (the rows of the room)."""
        room, game = self.identity, self.game
        created = ev.GameCreated(room.game_id, game.name, game.version, config, creator, commitment, room.is_public)
        self._state = match.begin(self.game, created)
        self._outbox.relaxed = self._state.table.config.durability == "relaxed"
        return self._apply((created, *joins), now_ms, writes=writes)

    def load(self, rows: Sequence[StoredEvent], codec: Codec, proof: Committed) -> list[Record]:
        """A room from its committed events 0..n. Returns their records. Raises ValueError for what is no log."""
        loaded, state = rec.folded(self.game, codec, rows)
        for row in rows:
            self._acks.restore(row)
        self.head, self._last_at_ms = loaded[-1].index, loaded[-1].at_ms
        self._state = state
        self._outbox.relaxed = state.table.config.durability == "relaxed"
        self._outbox.restart(Step(self.head, state, None, ()), proof)
        return loaded

    def resume(self, reason: str, now_ms: int) -> list[Effect]:
        """Go on after `load` or an outage: the turn under way gets its full time again, and the log says so."""
        state = self._require()
        since = self._last_at_ms if self.paused_since_ms is None else self.paused_since_ms
        self.paused_since_ms = None
        self._presence.follow(state.table, now_ms)
        self._wait = None
        goes_on = state.table.phase == Phase.PLAYING and self.game.deadline(state) is not None
        resumed = ev.GameResumed(reason, max(0, now_ms - since))
        effects = self._apply((resumed,), now_ms) if goes_on else self._rearm()
        for item in self.waiting.take_all():
            effects += self.command(item.player_id, item.profile, item.frame, now_ms)
        return effects

    def pause(self, now_ms: int) -> list[Effect]:
        """The database is away: nothing is decided, the clocks stand still."""
        self.paused_since_ms = now_ms
        return [*self._bot.forget(), *self._rearm()]

    # Inputs: players.

    def command(self, player_id: PlayerId, profile: ev.Profile, frame: CommandFrame, now_ms: int) -> list[Effect]:
        """A player's command. A command id that was applied before gets the same ack again, and nothing else."""
        done = self._acks.find(player_id, frame.id)
        if done is not None:
            proof = self._outbox.proof  # without one the ack leaves with its commit
            return [] if proof is None or done.last > proof.head else [SendAck(proof, done)]
        if self.paused_since_ms is not None:
            refused = self.waiting.put(player_id, profile, frame, now_ms)
            return self._rearm() if refused is None else [refused]
        if self._outbox.is_full(self.head):
            return [Reject(player_id, frame.id, ErrorCode.UNAVAILABLE, "too much is waiting for the database")]
        command = self._decoder.decode(frame.name, frame.args)
        if isinstance(command, Refusal):
            return [Reject(player_id, frame.id, command.code, command.message, command.field)]
        if type(command) in ROOM_COMMANDS:
            return [wish(self.table, player_id, frame.id, command)]
        state, ctx = self._require(), Context(now_ms, self.identity.session_seed)
        if type(command) in TABLE_COMMANDS:
            member = state.table.players.get(player_id)
            profile = self._guests.get(player_id, profile) if member is None else profile_of(member)
        decision = decide(self.game, state, player_id, profile, command, ctx, self._bots)
        if isinstance(decision, Refusal):
            # A move that was refused is no misplay if it is the player's turn in the state that they were last told.
            counts = self.head == self.told_head or self.turn(player_id) is None
            counts = counts and not self._leniency.excuses(player_id, frame.id, now_ms)
            counted = misplay(state.table, player_id, command, decision) if counts else ()
            refused = Reject(player_id, frame.id, decision.code, decision.message, decision.field)
            return [refused, *self._apply(counted, now_ms, player_id)]
        return self._apply(decision, now_ms, player_id, frame.id)

    def join(
        self, player_id: PlayerId, profile: ev.Profile, *, spectator: bool, now_ms: int, writes: Sequence[Write] = ()
    ) -> list[Effect] | Refusal:
        """A seat, or a place to watch; `writes` go with it. No effects: the player has one already."""
        decision = table_commands.join(self.game, self._require(), player_id, profile, spectator=spectator)
        return decision if isinstance(decision, Refusal) else self._apply(decision, now_ms, player_id, writes=writes)

    def leave(self, player_id: PlayerId, now_ms: int, writes: Sequence[Write] = ()) -> list[Effect]:
        """A seat is given back without its player's command; `writes` go with it."""
        return self._apply((ev.PlayerLeft(player_id),), now_ms, player_id, writes=writes)

    def add_bots(self, count: int, now_ms: int) -> list[Effect]:
        """Seat bots without the host's asking; none, if there is no room for so many."""
        decision = table_commands.add_bots(self.game, self.table, count, None, self._bots)
        return [] if isinstance(decision, Refusal) else self._apply(decision, now_ms)

    def impose(self, events: Sequence[Event], now_ms: int) -> list[Effect]:  # what an operator brings about
        return self._apply(events, now_ms)

    def connected(self, player_id: PlayerId, now_ms: int) -> list[Effect]:
        """A player's or spectator's socket is here."""
        event = self._presence.connected(self._require().table, player_id)
        return self._rearm() if event is None else self._apply((event,), now_ms, player_id)

    def disconnected(self, player_id: PlayerId, now_ms: int) -> list[Effect]:
        """It is gone. The others are told when it stays away."""
        self._presence.disconnected(self._require().table, player_id, now_ms)
        return self._rearm()

    # Inputs: time and the log.

    def alarm(self, now_ms: int) -> list[Effect]:
        """Do what is due: one thing at a time, so that no room keeps the others waiting."""
        self._alarm_ms = None
        state = self._require()
        if self.paused_since_ms is not None:
            return [*self.waiting.expire(now_ms), *self._rearm()]
        gone = self._presence.due(state.table, now_ms)
        if isinstance(gone, Unload):
            return [gone]
        if gone:
            return self._apply(gone, now_ms)
        ctx = Context(now_ms, self.identity.session_seed)
        if self._bot.due_ms is not None and self._bot.due_ms <= now_ms and self._wait is not None:
            move = self._bot.move(state, self._wait.deadline, self.head, ctx)
            return [*self._rearm(), move] if isinstance(move, Think) else self._apply(move[1], now_ms, move[0])
        if self._wait is not None and self._wait.due_ms is not None and self._wait.due_ms <= now_ms:
            self._leniency.forced(self._wait.deadline.player_ids, now_ms)
            return self._apply(self.game.expire(state, ctx), now_ms)
        return self._rearm()

    def thought(self, asked: Think, command: Command | None, now_ms: int) -> list[Effect]:
        """The result of a bot's search; None: none in time. A result that came too late changes nothing."""
        move = self._bot.answer(self._require(), asked, command, Context(now_ms, self.identity.session_seed))
        return [] if move is None else self._apply(move[1], now_ms, move[0])

    def committed(self, proof: Committed, now_ms: int) -> list[Effect]:
        """The log has committed events up to a head: that much may be told."""
        self._outbox.committed_head = proof.head
        published: list[Effect] = [Publish(proof, steps)] if (steps := self._outbox.take(proof)) else []
        return [*published, *self._rearm()] if self._held_back else published

    def promised(self, promise: Promised) -> list[Effect]:
        """A relaxed room tells what the log has promised to commit."""
        return [Publish(promise, steps)] if (steps := self._outbox.take(promise)) else []

    def lost(self, loss: Lost) -> list[Effect]:
        return self._outbox.refuse(loss)

    # The funnel.

    def _apply(
        self,
        events: Sequence[Event],
        now_ms: int,
        actor: PlayerId | None = None,
        command_id: str | None = None,
        writes: Sequence[Write] = (),
    ) -> list[Effect]:
        """Evolve, add what follows at once, number, append. The state changes only if all of it worked."""
        if not events:
            return []
        game, before = self.game, self._require()
        ctx = Context(now_ms, self.identity.session_seed)
        state, happened, deadline = match.unfold(game, before, events, ctx, limits.EXPIRIES_AT_ONCE_MAX)
        table_changed = state.table is not before.table

        at_ms = max(now_ms, self._last_at_ms)
        records = rec.new_records(self.head + 1, at_ms, happened)
        rows = rec.new_rows(records, actor, command_id)
        last = records[-1].index
        ack = None if actor is None or command_id is None else Ack(actor, command_id, records[0].index, last)
        wait, is_new = next_wait(deadline, self._wait, now_ms)
        step = Step(last, state, wait, records, ack, is_new, removed(happened) if table_changed else ())
        if not WITH_WRITES.isdisjoint(map(type, happened)):
            writes = (*writes, *writes_for(game, self.identity.game_id, state, happened, at_ms))
        # From here on nothing can fail.
        self._state, self.head, self._last_at_ms = state, last, at_ms
        self._outbox.waiting.append(step)
        if ack is not None:
            self._acks.remember(ack)
        if table_changed:
            self._presence.follow(state.table, now_ms)
        elif type(happened[0]) is ev.ProfileUpdated:
            self._guests[happened[0].player_id] = happened[0].profile
        append = Append(rows, writes)
        if wait is not self._wait:
            self._wait = wait
            self._bot.follow(state, wait, now_ms)
        elif not table_changed:
            return [append]
        return [append, *self._rearm()]

    def _require(self) -> State[Any]:
        assert self._state is not None, "create or load comes first"
        return self._state

    # The alarm.

    def _rearm(self) -> list[Effect]:
        """Move the alarm to the next thing that is due; no effect if it stands there already."""
        due = self._next_due()
        if due == self._alarm_ms:
            return []
        self._alarm_ms = due
        return [SetAlarm(due)]

    def _next_due(self) -> int | None:
        if self.paused_since_ms is not None:
            return self.waiting.next_due_ms
        due = self._presence.next_due_ms
        self._held_back = self._outbox.is_full(self.head)
        if not self._held_back:
            for other in (self._bot.due_ms, None if self._wait is None else self._wait.due_ms):
                if other is not None and (due is None or other < due):
                    due = other
        return due
