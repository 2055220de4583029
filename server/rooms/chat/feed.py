"""What is said in a room, and who has been told of it.

Every connection knows the newest message that it was told (`Member.chat_id`). To tell somebody is to give him whatever
is newer and that he may see: nothing comes twice or out of order, whoever takes or leaves a seat meanwhile. Those who
watch a room with a delay may see a message when it is as old as that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from persistence.play.chat import Message
from server import limits
from server.clock import Clock, Timer
from server.games.rules import PlayerId
from server.rooms.audience import frames
from server.rooms.audience.fanout import Fanout
from server.rooms.audience.member import Member
from server.rooms.audience.slices import Cache, Slices
from server.rooms.machine.core import RoomCore

_NOT_GREETED = -1


class ChatFeed:
    """The last messages that all may see and all newer ones, which rate and delay bound; and who is muted."""

    def __init__(self, core: RoomCore, fanout: Fanout, clock: Clock) -> None:
        self.muted: frozenset[PlayerId] = frozenset()
        self._core = core
        self._fanout = fanout
        self._clock = clock
        self._messages: deque[Message] = deque()  # oldest first
        self._last_at_ms = 0
        self._gallery = Slices(clock, fanout, self._tell)
        self._due: Timer | None = None
        self._closed = False

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages)

    @property
    def delay_ms(self) -> int:
        """How far those who watch are behind."""
        return self._core.table.config.spectator_delay_s * 1000

    def now_ms(self) -> int:
        """The time of a message that is said now; these times don't go back."""
        self._last_at_ms = max(self._last_at_ms, self._clock.now_ms())
        return self._last_at_ms

    def expect(self, member: Member) -> None:
        """He is told nothing until he is greeted."""
        member.chat_id = _NOT_GREETED

    def greet(self, member: Member) -> None:
        """Tell a newcomer what was said lately."""
        until_ms = self._until_ms(member)
        visible = [message for message in self._messages if message.at_ms <= until_ms]
        member.chat_id = visible[-1].id if visible else 0
        if self._core.table.config.chat and (visible or self.muted):
            newest = visible[-limits.CHAT_HISTORY_MESSAGES :]
            member.send(member.encoder.frame(frames.chat_history(newest, sorted(self.muted))))

    def add(self, message: Message) -> None:
        """It was just committed."""
        self._messages.append(message)
        self._publish()

    def replace(self, messages: Sequence[Message], muted: set[PlayerId]) -> None:
        """This is what the database holds. Those who are here are told what they lack of it."""
        first = messages[0].id if messages else 0
        self.delete({m.id for m in self._messages if m.id >= first} - {m.id for m in messages})
        self._messages = deque(messages)
        self._last_at_ms = max(self._last_at_ms, messages[-1].at_ms if messages else 0)
        self.mute(muted)
        for member in self._fanout:
            if member.chat_id == _NOT_GREETED:
                self.greet(member)
        self._publish()

    def delete(self, ids: set[int]) -> None:
        """These are gone. Whoever was not told of them yet never is."""
        if self._closed:
            return
        self._messages = deque(message for message in self._messages if message.id not in ids)
        for message_id in sorted(ids):
            frame = frames.chat_deleted(message_id)
            for member in self._fanout:
                if member.chat_id >= message_id:
                    member.send(member.encoder.frame(frame))

    def mute(self, muted: set[PlayerId]) -> None:
        """From now on just these are muted."""
        changed, self.muted = self.muted ^ muted, frozenset(muted)
        for player_id in () if self._closed else sorted(changed):
            frame = frames.muted(player_id, muted=player_id in muted)
            for member in self._fanout:
                if member.chat_id != _NOT_GREETED:
                    member.send(member.encoder.frame(frame))

    def close(self) -> None:
        """Nobody is told anything any more."""
        self._closed = True
        self._gallery.stop()
        if self._due is not None:
            self._due.cancel()

    def _until_ms(self, member: Member) -> int:
        """How young a message may be that he may see."""
        behind = member.viewer is None and self.delay_ms > 0
        return self._clock.now_ms() - self.delay_ms if behind else self._last_at_ms

    def _publish(self) -> None:
        """Tell the players what is new now, and those who watch apart from them."""
        if self._closed:
            return
        cache: Cache = {}
        for member in tuple(self._fanout.players.values()):
            self._tell(member, cache)
        if not self._gallery.is_under_way:
            self._forget()
        self._gallery.begin()
        self._arm()

    def _tell(self, member: Member, cache: Cache) -> None:
        """What is new for him, in order."""
        if member.chat_id == _NOT_GREETED:
            return
        until_ms = self._until_ms(member)
        new: list[Message] = []
        for message in reversed(self._messages):
            if message.id <= member.chat_id:
                break
            if message.at_ms <= until_ms:
                new.append(message)
        for message in reversed(new):
            key = (message.id, member.encoder)
            if key not in cache:
                cache[key] = member.encoder.frame(frames.chat(message))
            member.send(cache[key])
            member.chat_id = message.id

    def _forget(self) -> None:
        """The oldest ones, as long as enough are left that all may see."""
        until_ms = self._clock.now_ms() - self.delay_ms
        while len(self._messages) > limits.CHAT_HISTORY_MESSAGES:
            if self._messages[limits.CHAT_HISTORY_MESSAGES].at_ms > until_ms:
                return
            self._messages.popleft()

    def _arm(self) -> None:
        """Come back when those who watch may see the next one."""
        if self._due is not None or self.delay_ms == 0:
            return
        until_ms = self._clock.now_ms() - self.delay_ms
        at_ms = next((message.at_ms for message in self._messages if message.at_ms > until_ms), None)
        if at_ms is not None:
            self._due = self._clock.call_later((at_ms - until_ms) / 1000, self._come_back)

    def _come_back(self) -> None:
        self._due = None
        self._publish()
