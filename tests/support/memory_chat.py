"""The chat's tables in memory. The contract suite holds it against those of Postgres."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from persistence.play.chat import Chats, Message, Written


@dataclass(slots=True)
class ChatTables:
    """What a restart does not forget. `names`: of the players, by id; `epochs`: of the games with an owner."""

    names: dict[str, str] = field(default_factory=dict)
    epochs: dict[str, int] = field(default_factory=dict)
    messages: dict[int, tuple[str, Message, bool]] = field(default_factory=dict)  # game, message, whether deleted
    acts: dict[tuple[str, str, str], int] = field(default_factory=dict)  # the head that it was acknowledged with
    mutes: dict[str, dict[str, bool]] = field(default_factory=dict)


class MemoryChats(Chats):
    """Writes only when it is let: see `hold`."""

    def __init__(self, tables: ChatTables | None = None) -> None:
        self.tables = tables or ChatTables()
        self.fault: Exception | None = None  # raised by the next call; True in `after`: once it was carried out
        self.fault_after_write = False
        self._flowing = asyncio.Event()
        self._flowing.set()

    def hold(self) -> None:
        self._flowing.clear()

    def release(self) -> None:
        self._flowing.set()

    async def _begin(self) -> None:
        await self._flowing.wait()
        if not self.fault_after_write:
            self._fail()

    def _fail(self) -> None:
        if self.fault is not None:
            fault, self.fault, self.fault_after_write = self.fault, None, False
            raise fault

    def _owned(self, game_id: str, epoch: int) -> bool:
        return self.tables.epochs.get(game_id, epoch) == epoch

    async def say(
        self, game_id: str, epoch: int, player_id: str, command_id: str, text: str, *, head: int, at_ms: int
    ) -> Written | None:
        await self._begin()
        for game, message, _ in self.tables.messages.values():
            if (game, message.player_id, message.command_id) == (game_id, player_id, command_id):
                return Written(message.head, False, message.id)
        if not self._owned(game_id, epoch):
            return None
        number = len(self.tables.messages) + 1
        name = self.tables.names.get(player_id, "")
        message = Message(number, player_id, name, text, at_ms, command_id, head)
        self.tables.messages[number] = (game_id, message, False)
        self._fail()
        return Written(head, True, number)

    async def delete(
        self, game_id: str, epoch: int, actor_id: str, command_id: str, message_id: int, *, head: int, at_ms: int
    ) -> Written | None:
        await self._begin()
        done = self._act(game_id, epoch, actor_id, command_id, head)
        if done is not None and done.is_new:
            game, message, _ = self.tables.messages[message_id]
            self.tables.messages[message_id] = (game, replace(message, text=""), True)
            self._fail()
        return done

    async def mute(
        self,
        game_id: str,
        epoch: int,
        actor_id: str,
        command_id: str,
        player_id: str,
        *,
        muted: bool,
        head: int,
        at_ms: int,
    ) -> Written | None:
        await self._begin()
        done = self._act(game_id, epoch, actor_id, command_id, head)
        if done is not None and done.is_new:
            self.tables.mutes.setdefault(game_id, {})[player_id] = muted
            self._fail()
        return done

    async def author(self, game_id: str, message_id: int) -> str | None:
        await self._begin()
        game, message, _ = self.tables.messages.get(message_id, ("", None, False))
        return message.player_id if message is not None and game == game_id else None

    async def recent(self, game_id: str, *, shown_ms: int, limit: int) -> list[Message]:
        await self._begin()
        kept = [m for game, m, deleted in self.tables.messages.values() if game == game_id and not deleted]
        shown = [m for m in kept if m.at_ms <= shown_ms]
        first = shown[-limit:][0].id if shown else 0
        return [m for m in kept if m.id >= first]

    async def muted(self, game_id: str) -> set[str]:
        await self._begin()
        return {player for player, muted in self.tables.mutes.get(game_id, {}).items() if muted}

    def _act(self, game_id: str, epoch: int, actor_id: str, command_id: str, head: int) -> Written | None:
        key = (game_id, actor_id, command_id)
        if key in self.tables.acts:
            return Written(self.tables.acts[key], False)
        if not self._owned(game_id, epoch):
            return None
        self.tables.acts[key] = head
        return Written(head, True)
