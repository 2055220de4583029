"""What the chat's tables promise: those of Postgres, and those in memory that the tests of rooms use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
import pytest_asyncio

from persistence.database import Database
from persistence.ids import new_game_id
from persistence.play import chat, games, players
from persistence.play.chat import Chats, Written
from tests.support.event_logs import AT_MS, new_game
from tests.support.memory_chat import ChatTables, MemoryChats

NAMES = ("Ada", "Ben")


@dataclass
class Room:
    """A game with two players, each known by an index."""

    chats: Chats
    game_id: str
    other_game_id: str
    players: list[str]
    database: Database | None

    async def say(self, who: int, command_id: str, text: str = "hi", *, epoch: int = 1, after_s: int = 0) -> Written:
        done = await self.chats.say(
            self.game_id, epoch, self.players[who], command_id, text, head=7 + after_s, at_ms=AT_MS + after_s * 1000
        )
        assert done is not None
        return done

    async def texts(self, shown_s: int = 10**6, limit: int = 50) -> list[str]:
        recent = await self.chats.recent(self.game_id, shown_ms=AT_MS + shown_s * 1000, limit=limit)
        return [message.text for message in recent]

    async def taken_over(self) -> None:
        """Another owner, another epoch."""
        if self.database is not None:
            await games.claim(self.database, self.game_id, "node-2")
        elif isinstance(self.chats, MemoryChats):
            self.chats.tables.epochs[self.game_id] = 2


async def new_player(database: Database, name: str) -> str:
    return (await players.create(database, display_name=name, avatar_seed="x", color="#000000")).id


@pytest_asyncio.fixture(params=["memory", "postgres"])
async def room(request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    games = [new_game_id(), new_game_id()]
    if request.param == "memory":
        ids = [str(uuid4()) for _ in NAMES]
        names = dict(zip(ids, NAMES, strict=True))
        yield Room(MemoryChats(ChatTables(names)), games[0], games[1], ids, None)
        return
    database = await Database.open(request.getfixturevalue("dsn"))
    ids = [await new_player(database, name) for name in NAMES]
    for number, game in enumerate(games):
        await database.apply(new_game(game, join_code=f"ABC23{number + 4}"))
    yield Room(Chats(database), games[0], games[1], ids, database)
    await database.close()


async def test_messages_come_back_in_the_order_of_their_ids(room: Room) -> None:
    said = [await room.say(n % 2, f"c{n}", f"text {n}", after_s=n) for n in range(5)]
    assert [done.is_new for done in said] == [True] * 5
    assert [done.id for done in said] == sorted({done.id for done in said})
    recent = await room.chats.recent(room.game_id, shown_ms=AT_MS + 10**6, limit=50)
    assert [(m.id, m.text, m.head, m.at_ms) for m in recent] == [
        (done.id, f"text {n}", 7 + n, AT_MS + n * 1000) for n, done in enumerate(said)
    ]
    assert [(m.player_id, m.display_name) for m in recent[:2]] == list(zip(room.players, NAMES, strict=True))
    assert await room.chats.recent(room.other_game_id, shown_ms=AT_MS + 10**6, limit=50) == []


async def test_a_command_is_written_once(room: Room) -> None:
    first = await room.say(0, "same", "once")
    again = await room.say(0, "same", "twice", after_s=9)
    assert again == Written(first.head, False, first.id)
    assert (await room.say(1, "same", "another player's")).is_new
    assert await room.texts() == ["once", "another player's"]


async def test_the_newest_messages_and_all_undelivered_ones_are_loaded(room: Room) -> None:
    for n in range(10):
        await room.say(0, f"c{n}", str(n), after_s=n)
    assert await room.texts(shown_s=6, limit=3) == ["4", "5", "6", "7", "8", "9"]
    assert await room.texts(shown_s=-1, limit=3) == [str(n) for n in range(10)]
    assert await room.texts(limit=3) == ["7", "8", "9"]


async def test_a_deleted_message_keeps_its_author_only(room: Room) -> None:
    first, second = await room.say(0, "1", "stays"), await room.say(1, "2", "goes")
    done = [
        await room.chats.delete(room.game_id, 1, room.players[0], "d", second.id, head=head, at_ms=AT_MS)
        for head in (20, 30)
    ]
    assert done == [Written(20, True), Written(20, False)]
    assert await room.texts() == ["stays"]
    assert await room.chats.author(room.game_id, second.id) == room.players[1]
    assert await room.chats.author(room.game_id, second.id + 100) is None
    assert await room.chats.author(room.other_game_id, first.id) is None
    assert (await room.say(1, "2", "goes")).is_new is False  # sent again it does not come back
    assert await room.texts() == ["stays"]
    if room.database is not None:
        async with room.database.connection() as connection:
            kept = await connection.fetchrow(
                "select text, deleted_by::text from play.chat_messages where id = $1", second.id
            )
        assert tuple(kept) == (None, room.players[0])


async def test_the_newest_mute_counts_and_a_repeated_old_one_does_not(room: Room) -> None:
    async def mute(command_id: str, muted: bool, head: int) -> Written | None:
        ids = (room.players[0], command_id, room.players[1])
        return await room.chats.mute(room.game_id, 1, *ids, muted=muted, head=head, at_ms=AT_MS)

    assert await mute("1", True, 1) == Written(1, True)
    assert await room.chats.muted(room.game_id) == {room.players[1]}
    assert await mute("2", False, 2) == Written(2, True)
    assert await mute("1", True, 3) == Written(1, False)
    assert await room.chats.muted(room.game_id) == set()
    assert await room.chats.muted(room.other_game_id) == set()


async def test_a_former_owner_writes_nothing(room: Room) -> None:
    said = await room.say(0, "before")
    await room.taken_over()
    actor, other = room.players
    assert await room.chats.say(room.game_id, 1, actor, "after", "x", head=1, at_ms=AT_MS) is None
    assert await room.chats.delete(room.game_id, 1, actor, "d", said.id, head=1, at_ms=AT_MS) is None
    assert await room.chats.mute(room.game_id, 1, actor, "m", other, muted=True, head=1, at_ms=AT_MS) is None
    assert await room.texts() == ["hi"]
    assert await room.chats.muted(room.game_id) == set()


async def test_pages_start_at_the_newest(database: Database) -> None:
    player = await new_player(database, "Ada")
    game_id = new_game_id()
    await database.apply(new_game(game_id))
    chats = Chats(database)
    for n in range(5):
        await chats.say(game_id, 1, player, f"c{n}", str(n), head=1, at_ms=AT_MS + n * 1000)
    newest, before = await chat.page(database, game_id, limit=2)
    assert [m.text for m in newest] == ["4", "3"]
    older, before = await chat.page(database, game_id, before=before, limit=2)
    assert [m.text for m in older] == ["2", "1"]
    assert await chat.page(database, game_id, before=before, limit=2) == (
        (await chat.page(database, game_id, limit=5))[0][-1:],
        None,
    )
    until, _ = await chat.page(database, game_id, until_ms=AT_MS + 2000)
    assert [m.text for m in until] == ["2", "1", "0"]
