"""A server with its own embedded Postgres: what `make run` starts."""

from __future__ import annotations

import os
import signal

from persistence.embedded.postgres import attach
from tests.support.client import Player
from tests.support.postgres import scratch_folder
from tests.support.server import ServerProcess


async def test_a_killed_database_comes_back_and_nothing_is_lost_or_twice() -> None:
    with scratch_folder() as folder:
        server = ServerProcess("", folder).start()
        try:
            player = await Player.create(server.url)
            room = await player.http.post("/api/rooms", {"game": "relay"})
            await player.connect(room["ws_url"])
            before = await player.ask("say", data="before")

            database = attach(folder)
            assert database is not None
            os.kill(database.postmaster.pid, signal.SIGKILL)
            # Whatever the server makes of it meanwhile, the same command is good for one event and one ack.
            answer = await player.ask("say", "after", data="after")
            while answer["type"] == "reject":
                assert answer["retryable"], answer
                answer = await player.ask("say", "after", data="after")
            assert answer["first"] > before["last"]
            assert await player.ask("say", "after", data="after") == answer

            # Reads may find a connection that died with the database: they are told to try again.
            path = f"/api/games/{room['game_id']}/events"
            while (answered := await player.http.client.get(path)).status_code == 503:
                assert answered.headers["Retry-After"]
            events = answered.json()["items"]
            assert [item["data"]["data"] for item in events if item["name"] == "said"] == ["before", "after"]
            assert [item["index"] for item in events] == list(range(len(events)))
            await player.close()
        finally:
            server.close()
            left = attach(folder)
            if left is not None:
                left.postmaster.shut_down()
