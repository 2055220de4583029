"""The line to the database breaks around commits, so that nobody knows whether they came through; twenty rooms talk."""

from __future__ import annotations

import random

from tests.support.cutting_proxy import Mode
from tests.support.guests import Guests
from tests.support.other_rooms import assert_complete, other_rooms
from tests.support.postgres import Server
from tests.support.proxied_server import behind_a_proxy

SEED = 77
CUTS = 16


async def test_commits_in_doubt_are_written_once_and_no_client_is_disconnected(postgres: Server) -> None:
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    async with behind_a_proxy(postgres) as (server, proxy):
        guests = Guests(server)
        others = await other_rooms(guests)
        async with others:
            for number in range(CUTS):
                proxy.skip = dice.randrange(8)
                proxy.mode = (Mode.CUT_BEFORE_ANSWER, Mode.CUT_BEFORE_REQUEST)[number % 2]
                await others.go_on()
                assert proxy.mode is Mode.PASS  # it has happened
        assert proxy.cuts == CUTS
        for other in others.all:
            assert_complete(server, other)
            assert other.memory.modes == {"replay": 1}
            assert other.memory.epoch == 1
        print(f"{sum(other.words for other in others.all)} words over {proxy.cuts} cuts")
        assert "Traceback" not in server.log
        await guests.close()
