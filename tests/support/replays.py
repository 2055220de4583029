"""Finished games, and somebody who watches one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.support.client import JSON, Frame, Player
from tests.support.guests import Guests
from tests.support.socket_client import Line, dial


async def finished(guests: Guests, **config: Any) -> tuple[Player, str]:
    """A game of bots that is over, and who watched it."""
    watcher = await guests.new()
    room = await watcher.http.post("/api/rooms", {"as": "spectator", "bots": 3, "config": {"rounds": 2, **config}})
    await watcher.connect(room["ws_url"])
    await watcher.event("game_completed")
    await watcher.disconnect()
    return watcher, room["game_id"]


def replay_url(guests: Guests, game_id: str) -> str:
    return f"{guests.server.ws_url}/ws/replays/{game_id}"


@asynccontextmanager
async def watching(guests: Guests, game_id: str, protocol: str = JSON, **hello: Any) -> AsyncIterator[Line]:
    """A replay, paused at its beginning: welcome, state and `replay` were read."""
    async with dial(replay_url(guests, game_id), protocol) as line:
        await line.send({"type": "hello", **hello})
        assert [(await line.frame())["type"] for _ in range(3)] == ["welcome", "state", "replay"], line.frames
        yield line


async def seek(line: Line, index: int) -> Frame:
    """Go there; returns the state."""
    await line.send({"type": "seek", "index": index})
    state = await line.next("state")
    assert (await line.next("replay"))["index"] == index == state["index"]
    return state


async def watched(line: Line, speed: float = 64) -> list[Frame]:
    """Everything from here to the end, as it was shown."""
    mark = len(line.frames)
    await line.send({"type": "play", "speed": speed})
    head = line.frames[0]["head"]
    while True:
        end = await line.next("replay")
        if not end["playing"]:
            assert end["index"] == head
            return [frame for frame in line.frames[mark:] if frame["type"] == "event"]
