"""The chat of a room in virtual time, on tables in memory: who is sent what, when, and how often."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from persistence.errors import Rejected, Unavailable
from server import limits
from server.wire.from_client import Hello
from tests.support.virtual_table import Frame, Seat, VirtualTable

DELAY_S = 30


async def settled(table: VirtualTable) -> None:
    """Wait until everything that can be written is written."""
    for _ in range(20):
        await asyncio.sleep(0)
    table.commit()


async def opened(players: int = 2, **config: Any) -> VirtualTable:
    table = VirtualTable("relay", players=players, **config)
    table.chats.tables.names.update({seat.player_id: seat.profile["display_name"] for seat in table.seats})
    for seat in table.seats:
        seat.connect()
    return table


async def watcher(table: VirtualTable) -> Seat:
    seat = Seat(table, str(uuid4()), "Watcher")
    await table.room.attach(seat, Hello(None, -1, None, None))
    await settled(table)
    return seat


async def ask(table: VirtualTable, seat: Seat, name: str, command_id: str | None = None, /, **args: Any) -> Frame:
    """The answer, once there is one."""
    sent = seat.command(name, command_id, **args)
    await settled(table)
    return [f for f in seat.frames if f["type"] in ("ack", "reject") and f["id"] == sent][-1]


def texts(seat: Seat) -> list[str]:
    """The texts of the `chat` frames."""
    return [frame["text"] for frame in seat.of_type("chat")]


def past(seat: Seat) -> list[str]:
    """The texts of the newest history."""
    return [message["text"] for message in seat.of_type("chat_history")[-1]["messages"]]


async def test_a_message_is_sent_to_all_and_acked_with_a_committed_index() -> None:
    table = await opened()
    watching = await watcher(table)
    head = table.room.core.told_head
    ack = await ask(table, table.seats[0], "chat", text="  hello\nthere ")
    assert (ack["type"], ack["first"], ack["last"]) == ("ack", head, head)
    for seat in (*table.seats, watching):
        (told,) = seat.of_type("chat")
        assert told == {
            "type": "chat",
            "id": 1,
            "player_id": table.seats[0].player_id,
            "display_name": "Player 0",
            "text": "hello\nthere",
            "at": table.clock.now_ms(),
        }
    assert table.room.core.head == head  # the log knows nothing of it


async def test_no_message_is_sent_before_it_is_committed() -> None:
    table = await opened()
    table.chats.hold()
    table.seats[0].command("chat", text="hello")
    await settled(table)
    assert texts(table.seats[1]) == []
    assert table.seats[0].of_type("ack") == []
    table.chats.release()
    await settled(table)
    assert texts(table.seats[1]) == ["hello"]


async def test_a_command_sent_again_gets_the_same_ack_and_is_not_published_again() -> None:
    table = await opened()
    first = await ask(table, table.seats[0], "chat", "x", text="once")
    await ask(table, table.seats[1], "say", data=1)
    assert await ask(table, table.seats[0], "chat", "x", text="twice") == first
    table.restart()
    for seat in table.seats:
        seat.connect()
    await settled(table)
    assert past(table.seats[1]) == ["once"]
    assert await ask(table, table.seats[0], "chat", "x", text="thrice") == first
    assert texts(table.seats[1]) == ["once"]


async def test_a_command_sent_twice_at_once_is_written_and_answered_once() -> None:
    table = await opened()
    table.chats.hold()
    for _ in range(3):
        table.seats[0].command("chat", "x", text="hello")
    table.chats.release()
    await settled(table)
    assert len(table.seats[0].of_type("ack")) == 1
    assert texts(table.seats[1]) == ["hello"]


async def test_messages_come_in_the_order_of_their_ids() -> None:
    """No matter which player writes them."""
    table = await opened(3)
    table.chats.hold()
    for number in range(4):
        for seat in table.seats:
            seat.command("chat", text=f"{seat.profile['display_name']} {number}")
    table.chats.release()
    await settled(table)
    for seat in table.seats:
        ids = [frame["id"] for frame in seat.of_type("chat")]
        assert ids == sorted(ids)
        assert len(ids) == 12


async def test_newcomers_get_the_latest_messages_or_nothing_if_there_are_none() -> None:
    table = await opened()
    assert table.seats[0].of_type("chat_history") == []
    for number in range(limits.CHAT_HISTORY_MESSAGES + 7):
        assert (await ask(table, table.seats[0], "chat", text=str(number)))["type"] == "ack"
        table.advance(1.01)
    late = await watcher(table)
    assert past(late) == [str(number) for number in range(7, limits.CHAT_HISTORY_MESSAGES + 7)]
    table.restart()
    late = await watcher(table)
    assert past(late) == [str(number) for number in range(7, limits.CHAT_HISTORY_MESSAGES + 7)]
    names = [frame["type"] for frame in late.frames]
    assert names.index("chat_history") > max(names.index("welcome"), names.index("event"))


async def test_a_player_who_writes_too_fast_is_refused() -> None:
    table = await opened()
    seat = table.seats[0]
    answers = [await ask(table, seat, "chat", f"c{number}", text="x") for number in range(limits.CHAT_BURST + 1)]
    assert [answer["type"] for answer in answers] == ["ack"] * limits.CHAT_BURST + ["reject"]
    assert (answers[-1]["code"], answers[-1]["retryable"]) == ("rate_limited", True)
    assert (await ask(table, table.seats[1], "chat", text="another player"))["type"] == "ack"
    assert (await ask(table, seat, "chat", "c0", text="x")) == answers[0]  # what is known already costs nothing
    table.advance(1.01)
    assert (await ask(table, seat, "chat", f"c{limits.CHAT_BURST}", text="x"))["type"] == "ack"
    assert (await ask(table, seat, "chat", text="x"))["code"] == "rate_limited"


@pytest.mark.parametrize(
    "text", ["", "   ", "\n", "x" * 501, "a\x07b", "a\tb", "\u200b\u200b", "\ud800", "a\rb", 7, None, ["x"], True]
)
async def test_invalid_texts_are_rejected(text: Any) -> None:
    table = await opened()
    answer = await ask(table, table.seats[0], "chat", text=text)
    assert (answer["type"], answer["code"]) == ("reject", "invalid_command")
    assert "text" in answer["message"]
    assert texts(table.seats[1]) == []


@pytest.mark.parametrize("text", ["x" * 500, f"  {'x' * 500}  ", "é" * 500, "a\n\nb", "żółw ✓ 👩‍👩‍👧"])
async def test_valid_texts_are_sent_trimmed(text: str) -> None:
    table = await opened()
    assert (await ask(table, table.seats[0], "chat", text=text))["type"] == "ack"
    assert texts(table.seats[1]) == [text.strip()]


async def test_deleted_messages_disappear_everywhere() -> None:
    table = await opened(3)
    host, author, other = table.seats
    for number in range(3):
        await ask(table, author, "chat", text=str(number))
    assert (await ask(table, other, "delete_message", message_id=1))["code"] == "not_host"
    done = await ask(table, author, "delete_message", "d", message_id=1)
    assert done["type"] == "ack"
    assert (await ask(table, host, "delete_message", message_id=2))["type"] == "ack"
    for seat in table.seats:
        assert [frame["id"] for frame in seat.of_type("chat_deleted")] == [1, 2]
    late = await watcher(table)
    assert past(late) == ["2"]
    assert await ask(table, author, "delete_message", "d", message_id=1) == done
    assert len(other.of_type("chat_deleted")) == 2
    for wrong in (99, 0, -1, 2**64 - 1):
        answer = await ask(table, host, "delete_message", message_id=wrong)
        assert (answer["code"], answer["field"]) == ("invalid_command", "message_id"), wrong
    for wrong_type in ("1", 1.5, True, None):
        assert (await ask(table, host, "delete_message", message_id=wrong_type))["code"] == "invalid_command"


async def test_muted_players_can_not_write() -> None:
    table = await opened()
    host, loud = table.seats
    watching = await watcher(table)
    assert (await ask(table, host, "mute", "m", player_id=loud.player_id, muted=True))["type"] == "ack"
    for seat in (host, loud, watching):
        assert seat.of_type("muted") == [{"type": "muted", "player_id": loud.player_id, "muted": True}]
    refused = await ask(table, loud, "chat", text="x")
    assert (refused["code"], refused["retryable"]) == ("forbidden", False)
    table.restart()
    for seat in (host, loud):
        seat.connect()
    await settled(table)
    assert host.of_type("chat_history")[-1] == {"type": "chat_history", "messages": [], "muted": [loud.player_id]}
    assert (await ask(table, loud, "chat", text="x"))["code"] == "forbidden"
    assert (await ask(table, host, "mute", player_id=loud.player_id, muted=False))["type"] == "ack"
    assert (await ask(table, host, "mute", "m", player_id=loud.player_id, muted=True))["type"] == "ack"  # of long ago
    assert (await ask(table, loud, "chat", text="free"))["type"] == "ack"
    assert [frame["muted"] for frame in host.of_type("muted")] == [True, False]


async def test_only_the_host_mutes_and_only_people() -> None:
    table = VirtualTable(players=2, bots=1)
    for seat in table.seats:
        seat.connect()
    host, player = table.seats
    (bot,) = [p.player_id for p in table.room.core.table.seated() if p.is_bot]
    assert (await ask(table, player, "mute", player_id=host.player_id, muted=True))["code"] == "not_host"
    for nobody in (host.player_id, bot, "nobody", str(uuid4())):
        answer = await ask(table, host, "mute", player_id=nobody, muted=True)
        assert (answer["code"], answer["field"]) == ("invalid_command", "player_id"), nobody
    for args in ({"player_id": player.player_id}, {"muted": True}, {"player_id": 7, "muted": True}):
        assert (await ask(table, host, "mute", **args))["code"] == "invalid_command"


async def test_a_room_without_chat_refuses_its_commands() -> None:
    table = await opened(chat=False)
    for name, args in (
        ("chat", {"text": "x"}),
        ("delete_message", {"message_id": 1}),
        ("mute", {"player_id": table.seats[1].player_id, "muted": True}),
    ):
        answer = await ask(table, table.seats[0], name, **args)
        assert (answer["type"], answer["code"]) == ("reject", "chat_off")
    assert table.chats.tables.messages == {}


async def test_spectators_can_not_write() -> None:
    table = await opened()
    host, player = table.seats
    player.command("leave")
    assert (await ask(table, player, "chat", text="x"))["code"] == "not_seated"
    watching = await watcher(table)
    watching.command("chat", text="x")
    await settled(table)
    assert watching.of_type("reject")[-1]["code"] == "not_seated"
    assert texts(host) == []


# Those who watch with a delay.


async def test_with_a_delay_spectators_get_messages_as_late_as_events() -> None:
    table = await opened(spectator_delay_s=DELAY_S)
    watching = await watcher(table)
    said: list[int] = []
    for number in range(40):
        await ask(table, table.seats[0], "chat", text=str(number))
        said.append(table.clock.now_ms())
        table.advance(2)
        until_ms = table.clock.now_ms() - DELAY_S * 1000
        visible = [str(n) for n, at_ms in enumerate(said) if at_ms <= until_ms]
        assert texts(watching) == visible
        if number == 25:
            late = await watcher(table)
            assert past(late) == visible
            table.restart()
            table.seats[0].connect()
            watching, again = await watcher(table), watching
            assert past(watching) == visible
            watching.frames = [*again.frames]
    table.advance(DELAY_S)
    assert texts(watching) == [str(n) for n in range(40)]


async def test_with_a_delay_a_message_deleted_in_time_is_never_shown() -> None:
    table = await opened(spectator_delay_s=DELAY_S)
    watching = await watcher(table)
    await ask(table, table.seats[0], "chat", text="oops")
    await ask(table, table.seats[0], "chat", text="hello")
    await ask(table, table.seats[0], "delete_message", message_id=1)
    table.advance(DELAY_S + 1)
    assert texts(watching) == ["hello"]
    assert watching.of_type("chat_deleted") == []
    await ask(table, table.seats[0], "delete_message", message_id=2)
    assert [frame["id"] for frame in watching.of_type("chat_deleted")] == [2]


async def test_with_a_delay_taking_or_leaving_a_seat_loses_no_message_and_repeats_none() -> None:
    table = await opened(3, spectator_delay_s=DELAY_S)
    host, leaving, _ = table.seats
    coming = await watcher(table)
    for number in range(4):
        await ask(table, host, "chat", text=str(number))
        if number == 1:
            leaving.command("leave")
            coming.command("request_seat")
        table.advance(2)
    assert texts(coming) == ["0", "1", "2", "3"]
    assert texts(leaving) == ["0", "1", "2", "3"]  # the connection sees on as a player
    table.advance(DELAY_S)
    assert texts(coming) == texts(leaving) == ["0", "1", "2", "3"]


async def test_many_spectators_are_served_in_slices() -> None:
    table = await opened(1)
    watchers = [await watcher(table) for _ in range(2 * limits.LISTENERS_PER_SLICE + 10)]
    for number in range(3):  # time stands still: only the first slice of the first round is out
        await ask(table, table.seats[0], "chat", text=str(number))
    assert texts(table.seats[0]) == ["0", "1", "2"]
    assert texts(watchers[-1]) == []
    table.advance(0.1)
    for seat in watchers:
        assert texts(seat) == ["0", "1", "2"]


# When the database fails.


async def test_a_message_that_can_not_be_written_in_time_is_refused() -> None:
    table = await opened()
    table.chats.hold()
    table.seats[0].command("chat", "x", text="late")
    await settled(table)
    table.advance(limits.WAITING_COMMAND_MS / 1000 + 0.1)
    (refused,) = table.seats[0].of_type("reject")
    assert (refused["id"], refused["code"], refused["retryable"]) == ("x", "unavailable", True)
    table.chats.release()
    await settled(table)
    assert texts(table.seats[1]) == ["late"]  # it was under way, and what is committed is told
    assert (await ask(table, table.seats[0], "chat", "x", text="late"))["type"] == "ack"
    assert texts(table.seats[1]) == ["late"]


async def test_commands_beyond_the_queue_are_refused_at_once() -> None:
    table = await opened()
    table.chats.hold()
    for number in range(limits.CHAT_WAITING_MAX + 1):
        table.seats[0].command("delete_message", f"d{number}", message_id=1)
    assert [frame["id"] for frame in table.seats[0].of_type("reject")] == [f"d{limits.CHAT_WAITING_MAX}"]
    assert table.seats[0].of_type("reject")[0]["code"] == "unavailable"
    table.chats.release()
    await settled(table)


@pytest.mark.parametrize("written", [True, False])
async def test_a_message_with_an_unknown_outcome_is_published_once(written: bool) -> None:
    table = await opened()
    host, other = table.seats
    await ask(table, host, "chat", text="before")
    table.chats.fault, table.chats.fault_after_write = Unavailable("gone"), written
    refused = await ask(table, host, "chat", "x", text="doubtful")
    assert (refused["code"], refused["retryable"]) == ("unavailable", True)
    assert texts(other) == ["before"]
    assert (await ask(table, host, "chat", "x", text="doubtful"))["type"] == "ack"
    assert texts(other) == ["before", "doubtful"]
    assert len(table.chats.tables.messages) == 2


@pytest.mark.parametrize("name", ["delete_message", "mute"])
async def test_a_moderation_with_an_unknown_outcome_is_published_once(name: str) -> None:
    table = await opened()
    host, other = table.seats
    await ask(table, other, "chat", text="x")
    args = {"message_id": 1} if name == "delete_message" else {"player_id": other.player_id, "muted": True}
    table.chats.fault, table.chats.fault_after_write = Unavailable("gone"), True
    assert (await ask(table, host, name, "x", **args))["code"] == "unavailable"
    assert (await ask(table, host, name, "x", **args))["type"] == "ack"
    assert len(other.of_type("chat_deleted" if name == "delete_message" else "muted")) == 1


async def test_a_message_that_the_database_refuses_is_not_retried() -> None:
    table = await opened()
    table.chats.fault = Rejected("22021", "no such character")
    refused = await ask(table, table.seats[0], "chat", text="x")
    assert (refused["code"], refused["retryable"]) == ("internal", False)
    assert (await ask(table, table.seats[0], "chat", text="y"))["type"] == "ack"


async def test_a_message_waits_in_a_pause_as_every_command_does() -> None:
    from persistence.event_log.log import Health

    table = await opened()
    table.room.database(Health.PAUSED, was=Health.HEALTHY)
    table.seats[0].command("chat", "x", text="patience")
    await settled(table)
    assert texts(table.seats[1]) == []
    table.room.database(Health.HEALTHY, was=Health.PAUSED)
    await settled(table)
    assert texts(table.seats[1]) == ["patience"]


async def test_a_node_that_lost_the_room_writes_no_message() -> None:
    table = await opened()
    table.chats.tables.epochs[table.game_id] = 10**9
    refused = await ask(table, table.seats[0], "chat", text="x")
    assert (refused["code"], refused["retryable"]) == ("unavailable", True)
    assert table.chats.tables.messages == {}


async def test_history_that_could_not_be_read_comes_when_the_database_is_back() -> None:
    table = await opened()
    await ask(table, table.seats[0], "chat", text="hello")
    table.restart()
    table.chats.fault = Unavailable("gone")
    late = await watcher(table)
    assert late.of_type("chat_history") == []
    table.room.resume("database")
    await settled(table)
    assert past(late) == ["hello"]
