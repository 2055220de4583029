"""The way into a room: who connects is brought up to date, then takes part.

The missing events may have to be read from the log, and meanwhile anything can happen: more events, another connection
of the same player, his removal, the end of the room. So everything that decides about the newcomer is looked at again
after the last wait, and from then on nothing waits until he is a member: no event is missed, none comes twice.
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
        """The newest connection of a player wins: his others end."""
        for old in (self._coming.get(member.player_id), self._fanout.find(member.player_id)):
            if old is not None:
                self._fanout.remove(old)
                old.close(CloseCode.REPLACED, "another connection of this player took over")
        self._coming[member.player_id] = member

    def end(self, member: Member) -> None:
        """Arrived, or given up."""
        if self._coming.get(member.player_id) is member:
            del self._coming[member.player_id]

    def expects(self, player_id: PlayerId) -> bool:
        return player_id in self._coming

    def admits(self, player_id: PlayerId, role: Role | None) -> bool:
        """Members may connect; anybody else may watch a public room."""
        if self._core.told_head < 0:
            return False
        member = self._core.told_state.table.players.get(player_id)
        if member is not None and member.kicked:
            return False
        if role == "player":
            return member is not None and member.seat is not None
        return member is not None or self._core.is_public

    async def bring_up(self, member: Member, hello: Hello) -> bool:
        """Send what is missing and make him a member. False: he was turned away. Raises RoomUnavailable."""
        core = self._core
        self._look(member, hello)
        missing = await self._missing(member, hello)
        if self._coming.get(member.player_id) is not member:
            return False
        self._look(member, hello)
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
        self._look(member, hello)
        self._fanout.add(member)
        step = self._audience.shown(member.viewer)
        if step is not None and (missing is None or member.viewer != viewer):
            member.send(member.encoder.frame(frames.state(core, step, member)))
        return True

    def _head(self, member: Member) -> int:
        """Index of the newest event that he may be shown."""
        step = self._audience.shown(member.viewer)
        return -1 if step is None else step.last

    async def _missing(self, member: Member, hello: Hello) -> list[Record] | None:
        """The events that he lacks; None: he gets a state instead."""
        head = self._head(member)
        if not self._replays(hello, head):
            return None
        first = hello.last_index + 1
        if first > head:
            return []
        records = await self._records(first, head)
        return None if sum(len(record.json.encode()) for record in records) > limits.REPLAY_BYTES_MAX else records

    def _replays(self, hello: Hello, head: int) -> bool:
        """Whether he gets the events that he lacks, not a state: they are few, and he knows this very log.

        What a relaxed room told may not have come through a change of owner: then nobody knows which log he knows.
        """
        if self._core.relaxed and hello.last_index >= 0 and hello.epoch != self._epoch:
            return False
        fits = hello.last_index <= head and (hello.epoch is None or hello.epoch <= self._epoch)
        return fits and head - hello.last_index <= limits.REPLAY_EVENTS_MAX

    def _look(self, member: Member, hello: Hello) -> None:
        """Whose eyes the newcomer has."""
        seated = self._seat(member.player_id) is not None and hello.role != "spectator"
        member.viewer = member.player_id if seated else None

    def _seat(self, player_id: PlayerId) -> int | None:
        player = self._core.told_state.table.players.get(player_id)
        return None if player is None else player.seat

    async def _catch_up(self, member: Member, records: list[Record], first: int) -> None:
        """Send these, and then whatever was committed meanwhile. `first`: the index from which he lacks events."""
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
