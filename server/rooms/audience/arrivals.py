"""The way into a room: a connection is brought up to date, then takes part.

The missing events may have to be read from the log, and meanwhile anything can happen: more events, another connection
of the same player, the player's removal, the end of the room. So everything that decides about the newcomer is decided
again after the last wait. From then on nothing waits until the newcomer is a member: no event is missed, none comes
twice.
"""

from __future__ import annotations

from server import limits
from server.clock import Clock
from server.games.rules import PlayerId
from server.rooms.audience import frames
from server.rooms.audience.audience import Audience
from server.rooms.audience.history import History
from server.rooms.audience.member import Member
from server.rooms.machine.core import RoomCore
from server.rooms.machine.effects import Record
from server.wire.close_codes import CloseCode
from server.wire.from_client import Hello, Role


class Arrivals:
    """The connections that are on their way in: at most one a player, the newest."""

    def __init__(self, core: RoomCore, audience: Audience, history: History, clock: Clock, epoch: int) -> None:
        self._core = core
        self._audience = audience
        self._fanout = audience.fanout
        self._history = history
        self._clock = clock
        self._epoch = epoch
        self._coming: dict[PlayerId, Member] = {}

    def begin(self, member: Member) -> None:
        """A connection is on its way. It replaces older ones of the same player: those end."""
        for old in (self._coming.get(member.player_id), self._fanout.find(member.player_id)):
            if old is not None:
                self._fanout.remove(old)
                old.close(CloseCode.REPLACED, "another connection of this player took over")
        self._coming[member.player_id] = member

    def end(self, member: Member) -> None:
        """The connection has arrived, or given up."""
        if self._coming.get(member.player_id) is member:
            del self._coming[member.player_id]

    def expects(self, player_id: PlayerId) -> bool:
        """Whether a connection of this player is on its way."""
        return player_id in self._coming

    def admits(self, player_id: PlayerId, role: Role | None) -> bool:
        """Whether this player may connect: members may, and anybody may watch a public room. `role` None: either."""
        if self._core.told_head < 0:
            return False
        member = self._core.told_state.table.players.get(player_id)
        if member is not None and member.kicked:
            return False
        if role == "player":
            return member is not None and member.seat is not None
        return member is not None or self._core.is_public

    async def bring_up(self, member: Member, hello: Hello) -> bool:
        """Send what is missing and make the connection a member. False: it was turned away. Raises RoomUnavailable."""
        core = self._core
        self._set_viewer(member, hello)
        missing = await self._missing(member, hello)
        if self._coming.get(member.player_id) is not member:
            return False
        self._set_viewer(member, hello)
        viewer = member.viewer
        mode = "state" if missing is None else "replay"
        welcome = frames.welcome(
            core,
            member,
            seat=self._seat(member.player_id),
            head=self._head(member),
            mode=mode,
            epoch=self._epoch,
            now_ms=self._clock.now_ms(),
        )
        member.send(member.encoder.frame(welcome))
        if missing is not None:
            await self._catch_up(member, missing, hello.last_index + 1)
        if self._coming.get(member.player_id) is not member:
            return False
        if not self.admits(member.player_id, hello.role):
            member.close(CloseCode.FORBIDDEN, "removed from the room")
            return False
        self._set_viewer(member, hello)
        self._fanout.add(member)
        step = self._audience.shown(member.viewer)
        if step is not None and (missing is None or member.viewer != viewer):
            member.send(member.encoder.frame(frames.state(core, step, member)))
        return True

    def _head(self, member: Member) -> int:
        """Index of the newest event that this member may be shown."""
        step = self._audience.shown(member.viewer)
        return -1 if step is None else step.last

    async def _missing(self, member: Member, hello: Hello) -> list[Record] | None:
        """The events that the client lacks; None: send a state instead."""
        head = self._head(member)
        if not self._can_replay(hello, head):
            return None
        first = hello.last_index + 1
        if first > head:
            return []
        records = await self._records(first, head)
        return None if sum(len(record.json.encode()) for record in records) > limits.REPLAY_BYTES_MAX else records

    def _can_replay(self, hello: Hello, head: int) -> bool:
        """Whether the missing events are sent, not a state: they are few, and the client knows this very log.

        A relaxed room may have lost events that it told when its owner changed. After that nobody can say which log the
        client knows.
        """
        if self._core.relaxed and hello.last_index >= 0 and hello.epoch != self._epoch:
            return False
        fits = hello.last_index <= head and (hello.epoch is None or hello.epoch <= self._epoch)
        return fits and head - hello.last_index <= limits.REPLAY_EVENTS_MAX

    def _set_viewer(self, member: Member, hello: Hello) -> None:
        """Seated players see through their own eyes, unless they came to watch."""
        seated = self._seat(member.player_id) is not None and hello.role != "spectator"
        member.viewer = member.player_id if seated else None

    def _seat(self, player_id: PlayerId) -> int | None:
        player = self._core.told_state.table.players.get(player_id)
        return None if player is None else player.seat

    async def _catch_up(self, member: Member, records: list[Record], first: int) -> None:
        """Send these events, then whatever was committed meanwhile. `first`: the index of the first missing event."""
        while True:
            if records:
                member.send(self._fanout.encode(records, member.encoder, member.viewer))
                first = records[-1].index + 1
            head = self._head(member)
            if first > head:
                return
            records = await self._records(first, head)

    async def _records(self, first: int, head: int) -> list[Record]:
        newest = self._history.newest(first)
        if newest is None:
            return await self._history.read(first, head)
        return [record for record in newest if record.index <= head]
