"""The chat while the database is away: refused in time, or said once when it is back; never told without a commit."""

from __future__ import annotations

import asyncio

from server import limits
from tests.support.client import Frame, Player
from tests.support.cutting_proxy import Mode
from tests.support.guests import Guests
from tests.support.postgres import Server
from tests.support.proxied_server import behind_a_proxy

IN_TIME_S = limits.WAITING_COMMAND_MS / 1000 + 4


def texts(player: Player) -> list[str]:
    return [frame["text"] for frame in player.of_type("chat")]


async def answered(player: Player, command_id: str, text: str) -> Frame:
    """Sent again, as clients do, until it is not refused as `unavailable` any more."""
    while True:
        answer = await player.ask("chat", command_id, text=text)
        if answer["type"] == "ack" or not answer["retryable"]:
            return answer


async def test_a_message_during_an_outage_is_rejected_and_succeeds_later(postgres: Server) -> None:
    async with behind_a_proxy(postgres) as (server, proxy):
        guests = Guests(server)
        (host, player), room = await guests.relay(2)
        before = await host.ask("chat", "before", text="before")
        await player.wait_for(lambda frame: frame["type"] == "chat")
        proxy.refusing = True
        proxy.cut_all()
        async with asyncio.timeout(IN_TIME_S):
            refused = await host.ask("chat", "during", text="during")
        assert (refused["code"], refused["retryable"]) == ("unavailable", True)
        assert await player.http.client.get("/livez")
        assert texts(player) == ["before"]
        proxy.refusing = False
        assert (await answered(host, "during", "during"))["type"] == "ack"
        assert await answered(host, "before", "before") == before
        await player.wait_for(lambda frame: frame["type"] == "chat" and frame["text"] == "during")
        assert texts(player) == ["before", "during"]
        stored = server.rows("select text from play.chat_messages where game_id = %s order by id", room["game_id"])
        assert stored == [("before",), ("during",)]
        await guests.close()


async def test_a_message_on_a_silent_database_connection_is_written_once(postgres: Server) -> None:
    """Nothing breaks and nothing answers: the outcome is not known for long, and it is told once all the same."""
    async with behind_a_proxy(postgres) as (server, proxy):
        guests = Guests(server)
        (host, player), room = await guests.relay(2)
        assert (await host.ask("chat", text="before"))["type"] == "ack"
        proxy.mode = Mode.SWALLOW_ANSWERS
        async with asyncio.timeout(IN_TIME_S):
            refused = await host.ask("chat", "doubtful", text="doubtful")
        assert (refused["code"], refused["retryable"]) == ("unavailable", True)
        proxy.mode = Mode.PASS
        assert (await answered(host, "doubtful", "doubtful"))["type"] == "ack"
        await player.wait_for(lambda frame: frame["type"] == "chat" and frame["text"] == "doubtful")
        assert (await answered(host, "after", "after"))["type"] == "ack"
        await player.wait_for(lambda frame: frame["type"] == "chat" and frame["text"] == "after")
        assert texts(player) == texts(host) == ["before", "doubtful", "after"]
        stored = server.rows("select text from play.chat_messages where game_id = %s order by id", room["game_id"])
        assert stored == [("before",), ("doubtful",), ("after",)]
        await guests.close()
