"""One room whose events the database refuses, among twenty that play on and don't notice."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.support.guests import Guests
from tests.support.other_rooms import assert_complete, other_rooms
from tests.support.postgres import Server, execute
from tests.support.reconnecting_client import Memory, visit
from tests.support.server import HostedProcess, serving

POISON = "poison"

REFUSE = f"""
create function refuse_poison() returns trigger language plpgsql as $$
begin
    raise exception 'refused by the test' using errcode = 'check_violation';
end $$;
create trigger refuse_poison before insert on play.game_events for each row
    when (new.payload ->> 'data' = '{POISON}') execute function refuse_poison()
"""


@pytest.fixture
def server(postgres: Server) -> Iterator[HostedProcess]:
    """A server whose database takes no poison."""
    with serving(postgres, PARLOR_COMMANDS_PER_S="100000", PARLOR_BURST="100000") as running:
        execute(running.dsn, REFUSE)
        yield running


def counted(server: HostedProcess, metric: str) -> float:
    text = httpx.get(f"{server.url}/metrics").text
    found = re.search(rf"^{re.escape(metric)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def test_the_others_play_on_and_the_bad_room_comes_back(server: HostedProcess) -> None:
    guests = Guests(server)
    others = await other_rooms(guests)
    (culprit, victim), room = await guests.relay(2)
    first = await culprit.ask("say", data="before")
    async with others:
        await culprit.command("say", "bad", data=POISON)
        for player in (culprit, victim):
            assert await player.closed() == 1012
        await others.go_on()
        for player in (culprit, victim):
            welcome = await player.connect(room["ws_url"])
            assert (welcome["mode"], welcome["head"]) == ("replay", first["last"])
        after = await victim.ask("say", data="after")
        assert (after["type"], after["first"]) == ("ack", first["last"] + 1)
        await culprit.wait_for(lambda frame: frame.get("index") == after["first"])
        await others.go_on()

    answers = [frame for frame in culprit.frames if frame.get("id") == "bad"]
    assert [(answer["type"], answer["code"], answer["retryable"]) for answer in answers] == [
        ("reject", "internal", False)
    ]
    for player in (culprit, victim):
        assert [event["index"] for event in player.events] == list(range(after["last"] + 1))
        assert POISON not in str(player.events)
    assert re.search(rf"{room['game_id']}.*\b{after['first']}\b", server.log)  # which room, and where
    assert counted(server, 'parlor_rooms_lost_total{reason="refused"}') == 1
    assert counted(server, 'parlor_rooms_quarantined_total{game="relay"}') == 0
    for other in others.all:
        assert_complete(server, other)
    await guests.close()


async def test_a_second_refusal_at_the_same_index_quarantines_the_room(server: HostedProcess) -> None:
    guests = Guests(server)
    others = await other_rooms(guests)
    (player,), room = await guests.relay(1)
    async with others:
        for attempt in range(2):
            await player.command("say", f"bad {attempt}", data=POISON)
            assert await player.closed() == 1012
            if attempt == 0:
                await player.connect(room["ws_url"])
        memory = Memory(room["ws_url"], player.token)
        async with visit(memory) as here:
            await here.ends()
            assert here.welcome is None
            assert here.close_code == 1001  # come back later, not at once
        await others.go_on()
    assert counted(server, 'parlor_rooms_lost_total{reason="refused"}') == 2
    assert counted(server, 'parlor_rooms_quarantined_total{game="relay"}') == 1
    for other in others.all:
        assert_complete(server, other)

    # What it has told is still there to be read, and after a restart it may try again.
    assert (await player.http.get(f"/api/games/{room['game_id']}"))["head"] == player.applied
    server.kill()
    server.start()
    await player.connect(room["ws_url"])
    assert (await player.ask("say", data="after"))["type"] == "ack"
    await guests.close()
