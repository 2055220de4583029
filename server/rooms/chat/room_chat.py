"""The chat of a room. No message is an event of the game, and the chat is never on the path of a move.

A message is sent to the room once it is committed. One task a room writes, one command after the other. When a write
fails, nobody knows whether it was committed: the chat is read again before anything else is written.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass

from persistence.errors import PersistenceError
from persistence.play.chat import Chats, Message, Written
from server import limits
from server.clock import Clock, Timer
from server.games import chat as rules
from server.games.rules import PlayerId, Refusal
from server.metrics import Metrics
from server.rooms.audience import frames
from server.rooms.audience.fanout import Fanout
from server.rooms.audience.member import Member
from server.rooms.chat.feed import ChatFeed
from server.rooms.machine.core import RoomCore
from server.rooms.machine.effects import Ack, ChatWish, Reject
from server.wire.error_codes import ErrorCode

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Waiting:
    """A command that has not been answered yet, and the timer that answers it if nothing else does."""

    wish: ChatWish
    timer: Timer | None = None

    @property
    def is_over(self) -> bool:
        return self.timer is None

    def stop(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class Chat:
    """`take` a command that the core found well-formed and allowed; `welcome` every member."""

    def __init__(
        self,
        core: RoomCore,
        fanout: Fanout,
        chats: Chats,
        clock: Clock,
        metrics: Metrics,
        *,
        epoch: int,
        is_new: bool,
    ) -> None:
        """`is_new`: the room was opened just now, so its chat is empty."""
        self._core = core
        self._fanout = fanout
        self._chats = chats
        self._clock = clock
        self._metrics = metrics
        self._epoch = epoch
        self._feed = ChatFeed(core, fanout, clock)
        self._is_known = is_new  # whether the feed is what the database holds
        self._free_s: dict[PlayerId, float] = {}  # when each player has made up for the messages so far
        self._waiting: deque[_Waiting] = deque()  # the first one is being carried out; bounded by CHAT_WAITING_MAX
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def take(self, wish: ChatWish) -> None:
        """Carry out a command. An ack or a reject answers it, after WAITING_COMMAND_MS at the latest. While it waits,
        the same id again is the same command."""
        if any(w.wish.player_id == wish.player_id and w.wish.id == wish.id and not w.is_over for w in self._waiting):
            return
        if len(self._waiting) >= limits.CHAT_WAITING_MAX:
            self._refuse(wish, ErrorCode.UNAVAILABLE, "too much is waiting for the database")
            return
        waiting = _Waiting(wish)
        waiting.timer = self._clock.call_later(limits.WAITING_COMMAND_MS / 1000, lambda: self._give_up(waiting))
        self._waiting.append(waiting)
        self._work()

    def welcome(self, member: Member) -> None:
        """Send a newcomer the latest messages, as soon as they are known."""
        self._feed.expect(member)
        if self._is_known:
            self._feed.greet(member)
        elif self._core.table.config.chat:
            self._work()

    def wake(self) -> None:
        """The database is back: read the chat, if somebody is here who waits for it."""
        if not self._is_known and any(True for _ in self._fanout):
            self._work()

    def close(self) -> None:
        """Send nothing more. A write that is under way goes on."""
        self._closed = True
        self._feed.close()
        for waiting in self._waiting:
            waiting.stop()

    # The one task.

    def _work(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._carry_out(), name=f"chat {self._core.identity.game_id}")

    async def _carry_out(self) -> None:
        try:
            await self._read()
        except PersistenceError as error:
            _log.info("the chat of %s can't be read: %s", self._core.identity.game_id, error)
        while self._waiting and not self._closed:
            waiting = self._waiting[0]
            if not waiting.is_over:
                await self._answer(waiting)
            waiting.stop()
            self._waiting.popleft()

    async def _answer(self, waiting: _Waiting) -> None:
        wish = waiting.wish
        outcome: Written | Refusal | None
        try:
            await self._read()
            outcome = await self._do(wish)
        except PersistenceError as error:
            self._is_known = False
            _log.info("the chat of %s can't be written: %s", self._core.identity.game_id, error)
            code = ErrorCode.UNAVAILABLE if error.retryable else ErrorCode.INTERNAL
            outcome = Refusal(code, "the database is out of reach" if error.retryable else "the database refuses this")
        except Exception:  # noqa: BLE001  # one command must not end the chat of the room
            self._is_known = False
            _log.exception("bug in the chat of game %s", self._core.identity.game_id)
            outcome = Refusal(ErrorCode.INTERNAL, "the server failed on this command")
        if self._closed or waiting.is_over:
            return
        if isinstance(outcome, Refusal):
            self._refuse(wish, outcome.code, outcome.message, outcome.field)
        elif outcome is None:
            self._refuse(wish, ErrorCode.UNAVAILABLE, "the room is being moved")
        else:
            # Nothing was appended to the log, so the ack names an event that is committed.
            self._fanout.send(wish.player_id, frames.ack(Ack(wish.player_id, wish.id, outcome.head, outcome.head)))

    async def _read(self) -> None:
        """Read the chat from the database, unless it is known."""
        if self._is_known or self._closed:
            return
        game_id = self._core.identity.game_id
        shown_ms = self._clock.now_ms() - self._feed.delay_ms
        recent = await self._chats.recent(game_id, shown_ms=shown_ms, limit=limits.CHAT_HISTORY_MESSAGES)
        muted = await self._chats.muted(game_id)
        if not self._closed:
            self._is_known = True
            self._feed.replace(recent, muted)

    async def _do(self, wish: ChatWish) -> Written | Refusal | None:
        match wish.command:
            case rules.Chat(text):
                return await self._say(wish, text.strip())
            case rules.DeleteMessage(message_id):
                return await self._delete(wish, message_id)
            case rules.Mute(player_id, muted):
                return await self._mute(wish, player_id, muted=muted)
            case _:
                raise TypeError(f"{wish.command.name} is not a command of the chat")

    async def _say(self, wish: ChatWish, text: str) -> Written | Refusal | None:
        for message in self._feed:
            if (message.player_id, message.command_id) == (wish.player_id, wish.id):
                return Written(message.head, is_new=False, id=message.id)
        if wish.player_id in self._feed.muted:
            return Refusal(ErrorCode.FORBIDDEN, "the host has muted you")
        if not self._may_send_now(wish.player_id):
            return Refusal(ErrorCode.RATE_LIMITED, "too much chat: wait a second")
        head, at_ms = self._core.told_head, self._feed.now_ms()
        game_id = self._core.identity.game_id
        done = await self._chats.say(game_id, self._epoch, wish.player_id, wish.id, text, head=head, at_ms=at_ms)
        if done is not None and done.is_new:
            self._metrics.chat_messages_total.inc()
            name = self._core.told_state.table.players[wish.player_id].display_name
            self._feed.add(Message(done.id, wish.player_id, name, text, at_ms, wish.id, head))
        return done

    async def _delete(self, wish: ChatWish, message_id: int) -> Written | Refusal | None:
        game_id = self._core.identity.game_id
        author = next((message.player_id for message in self._feed if message.id == message_id), None)
        author = author or await self._chats.author(game_id, message_id)
        if author is None:
            return rules.no_such_message()
        refusal = rules.delete_problem(self._core.table, wish.player_id, author)
        if refusal:
            return refusal
        head, at_ms = self._core.told_head, self._feed.now_ms()
        done = await self._chats.delete(
            game_id, self._epoch, wish.player_id, wish.id, message_id, head=head, at_ms=at_ms
        )
        if done is not None and done.is_new:
            self._feed.delete({message_id})
        return done

    async def _mute(self, wish: ChatWish, player_id: PlayerId, *, muted: bool) -> Written | None:
        game_id, head, at_ms = self._core.identity.game_id, self._core.told_head, self._feed.now_ms()
        done = await self._chats.mute(
            game_id, self._epoch, wish.player_id, wish.id, player_id, muted=muted, head=head, at_ms=at_ms
        )
        if done is not None and done.is_new:
            self._feed.mute({*self._feed.muted, player_id} if muted else {*self._feed.muted} - {player_id})
        return done

    # Bounds.

    def _may_send_now(self, player_id: PlayerId) -> bool:
        """Whether this player may send one more message now; counts it if so."""
        now_s = self._clock.monotonic()
        free_s = max(self._free_s.get(player_id, 0.0), now_s)
        if free_s - now_s > (limits.CHAT_BURST - 1) / limits.CHAT_PER_S:
            return False
        self._free_s[player_id] = free_s + 1 / limits.CHAT_PER_S
        return True

    def _give_up(self, waiting: _Waiting) -> None:
        waiting.stop()
        self._refuse(waiting.wish, ErrorCode.UNAVAILABLE, "the database is out of reach")

    def _refuse(self, wish: ChatWish, code: str, message: str, field: str | None = None) -> None:
        self._fanout.reject(Reject(wish.player_id, wish.id, code, message, field))
