"""Players for one test on a server that other tests use as well, and what they do together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest_asyncio

from tests.support.client import Frame, Http, Player
from tests.support.server import HostedProcess

NOBODY = "01890000-0000-7000-8000-000000000000"
"""A well-formed id that no game and no player has."""


class Guests:
    """Players who are sent home when the test is over."""

    def __init__(self, server: HostedProcess) -> None:
        self.server = server
        self._players: list[Player] = []

    async def new(self, name: str = "Guest") -> Player:
        player = await Player.create(self.server.url, name)
        self._players.append(player)
        return player

    async def several(self, count: int) -> list[Player]:
        return [await self.new(f"Guest {n}") for n in range(count)]

    async def table(self, count: int, **room: Any) -> tuple[list[Player], Frame]:
        """`count` players with seats 0, 1, ... in a new room; nobody is connected."""
        players = await self.several(count)
        made = await players[0].http.post("/api/rooms", room)
        for player in players[1:]:
            await player.http.post("/api/join", {"join_code": made["join_code"]})
        return players, made

    async def relay(self, count: int, **room: Any) -> tuple[list[Player], Frame]:
        """The same in a relay room, all connected."""
        players, made = await self.table(count, game="relay", **room)
        for player in players:
            await player.connect(made["ws_url"])
        return players, made

    async def playing(self, count: int, **config: Any) -> tuple[list[Player], Frame]:
        """A game of El Dorado that has just begun, all connected."""
        settings = {"round_pause_ms": 0, "max_players": count, **config}
        players, made = await self.table(count, config=settings)
        for player in players:
            await player.connect(made["ws_url"])
        for player in players:
            assert (await player.ask("set_ready", ready=True))["type"] == "ack"
        assert (await players[0].ask("start_game"))["type"] == "ack"
        for player in players:
            await player.event("trump_revealed")
        return players, made

    def http(self, token: str | None = None) -> httpx.AsyncClient:
        return Http(self.server.url, token).client

    async def close(self) -> None:
        for player in self._players:
            await player.close()


class GameOver(Exception):
    """Nobody's turn any more."""


async def mover(players: list[Player]) -> tuple[Player, Frame]:
    """The player whose turn it is, and their newest `turn` frame; waits for bots. Raises `GameOver`."""
    while True:
        view = (await state_of(players[0]))["view"]
        if view["phase"] == "completed":
            raise GameOver
        turn = view["turn"]
        player = next((player for player in players if turn is not None and player.id == turn["player_id"]), None)
        if player is not None:
            await state_of(player)
            return player, player.of_type("turn")[-1]


async def play_out(players: list[Player]) -> None:
    """To the end, with the first action that is offered."""
    with suppress(GameOver):
        while True:
            player, turn = await mover(players)
            action = turn["actions"][0]
            assert (await player.ask(action["name"], **action["args"]))["type"] == "ack"


async def state_of(player: Player) -> Frame:
    """What `sync` answers now; the turn that follows it is waited for as well."""
    mark = len(player.frames)
    await player.send({"type": "sync"})
    state = await player.wait_for(lambda frame: frame["type"] == "state", since=mark)
    turn = state["view"].get("turn")
    if turn is not None and turn["player_id"] == player.id:
        await player.wait_for(lambda frame: frame["type"] == "turn", since=player.frames.index(state, mark))
    return state


async def heard(player: Player, index: int) -> Frame:
    """The event of this index, as the player was told it."""
    return await player.wait_for(lambda frame: frame["type"] == "event" and frame["index"] == index)


@pytest_asyncio.fixture
async def guests(shared_server: HostedProcess) -> AsyncIterator[Guests]:
    """Their connections are closed after the test."""
    made = Guests(shared_server)
    yield made
    await made.close()
