"""The messages of a room's chat, and which of them each connection has been sent.

Every connection knows the newest message that it was sent (`Member.chat_id`). To serve a connection is to send it what
is newer and may be seen there: nothing comes twice or out of order, even while players take and leave seats. In a room
with a delay, spectators may see a message when it is as old as the delay.
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
from server.rooms.audience.slices import Slices
from server.rooms.machine.core import RoomCore
from server.wire.encoders import Encoder

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
        self._encoded: dict[tuple[int, Encoder], bytes] = {}  # by message, as long as a round lasts
        self._spectators = Slices(clock, fanout.spectators.values, self._serve_spectators, self._encoded.clear)
        self._due: Timer | None = None
        self._closed = False

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages)

    @property
    def delay_ms(self) -> int:
        """How far spectators are behind."""
        return self._core.table.config.spectator_delay_s * 1000

    def now_ms(self) -> int:
        """The time of a message that is written now; these times never go back."""
        self._last_at_ms = max(self._last_at_ms, self._clock.now_ms())
        return self._last_at_ms

    def expect(self, member: Member) -> None:
        """Send this member nothing before `greet`."""
        member.chat_id = _NOT_GREETED

    def greet(self, member: Member) -> None:
        """Send a newcomer the latest messages."""
        until_ms = self._until_ms(member)
        visible = [message for message in self._messages if message.at_ms <= until_ms]
        member.chat_id = visible[-1].id if visible else 0
        if self._core.table.config.chat and (visible or self.muted):
            newest = visible[-limits.CHAT_HISTORY_MESSAGES :]
            member.send(member.encoder.frame(frames.chat_history(newest, sorted(self.muted))))

    def add(self, message: Message) -> None:
        """This message was just committed."""
        self._messages.append(message)
        self._publish()

    def replace(self, messages: Sequence[Message], muted: set[PlayerId]) -> None:
        """This is what the database holds. Every member is sent what it lacks of it."""
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
        """These messages are gone. Members who were not sent them yet never are."""
        if self._closed:
            return
        self._messages = deque(message for message in self._messages if message.id not in ids)
        for message_id in sorted(ids):
            told = [member for member in self._fanout if member.chat_id >= message_id]
            self._fanout.send_to(told, frames.chat_deleted(message_id))

    def mute(self, muted: set[PlayerId]) -> None:
        """From now on exactly these players are muted."""
        changed, self.muted = self.muted ^ muted, frozenset(muted)
        for player_id in () if self._closed else sorted(changed):
            greeted = [member for member in self._fanout if member.chat_id != _NOT_GREETED]
            self._fanout.send_to(greeted, frames.muted(player_id, muted=player_id in muted))

    def close(self) -> None:
        """Send nothing more."""
        self._closed = True
        self._spectators.stop()
        if self._due is not None:
            self._due.cancel()

    def _until_ms(self, member: Member) -> int:
        """The time of the newest message that this member may see."""
        behind = member.viewer is None and self.delay_ms > 0
        return self._clock.now_ms() - self.delay_ms if behind else self._last_at_ms

    def _publish(self) -> None:
        """Send the players what is new now, and the spectators apart from them."""
        if self._closed:
            return
        for player in tuple(self._fanout.players.values()):
            self._send_new(player)
        if not self._spectators.waiting:
            self._forget()
        self._spectators.begin()
        self._set_timer()

    def _serve_spectators(self, members: Sequence[Member]) -> None:
        for member in members:
            if self._fanout.spectators.get(member.player_id) is member:
                self._send_new(member)

    def _send_new(self, member: Member) -> None:
        """Send what is new to this member, oldest first."""
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
            if key not in self._encoded:
                self._encoded[key] = member.encoder.frame(frames.chat(message))
            member.send(self._encoded[key])
            member.chat_id = message.id

    def _forget(self) -> None:
        """Drop the oldest messages, as long as enough are left that all may see."""
        until_ms = self._clock.now_ms() - self.delay_ms
        while len(self._messages) > limits.CHAT_HISTORY_MESSAGES:
            if self._messages[limits.CHAT_HISTORY_MESSAGES].at_ms > until_ms:
                return
            self._messages.popleft()

    def _set_timer(self) -> None:
        """Come back when spectators may see the next message."""
        if self._due is not None or self.delay_ms == 0:
            return
        until_ms = self._clock.now_ms() - self.delay_ms
        at_ms = next((message.at_ms for message in self._messages if message.at_ms > until_ms), None)
        if at_ms is not None:
            self._due = self._clock.call_later((at_ms - until_ms) / 1000, self._come_back)

    def _come_back(self) -> None:
        self._due = None
        self._publish()
