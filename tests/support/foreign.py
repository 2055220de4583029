"""A client whose author knows the protocol page and nothing else: one socket, one frame after the other.

`shared_server` is one server for all tests that make rooms and players of their own on it; `guests` makes those.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import msgpack
import psycopg
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.client import JSON, MSGPACK, PATIENCE_S, Frame, Http, Player
from tests.support.postgres import Server
from tests.support.server import ServerProcess

NOBODY = "01890000-0000-7000-8000-000000000000"
"""A well-formed id that no game and no player has."""


class Line:
    """One connection. Nothing is said that the test doesn't say."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []

    @property
    def binary(self) -> bool:
        return self.socket.subprotocol == MSGPACK

    async def send(self, frame: Any) -> None:
        """One frame in the subprotocol's encoding."""
        await self.socket.send(msgpack.packb(frame) if self.binary else json.dumps(frame))

    async def command(self, command_id: Any, name: Any, args: Any = None) -> None:
        await self.send({"type": "command", "id": command_id, "name": name, "args": {} if args is None else args})

    async def frame(self) -> Frame:
        """The next frame, save those that the clock sends. Raises ConnectionClosed at the end."""
        while True:
            frame = await self._frame()
            if frame["type"] != "spectators":
                self.frames.append(frame)
                return frame

    async def _frame(self) -> Frame:
        async with asyncio.timeout(PATIENCE_S):
            message = await self.socket.recv()
        assert isinstance(message, bytes) == self.binary, "the server answers in the subprotocol's kind of frame"
        frame = msgpack.unpackb(message) if isinstance(message, bytes) else json.loads(message)
        assert isinstance(frame, dict) and isinstance(frame["type"], str)
        return frame

    async def next(self, kind: str) -> Frame:
        """The next frame of this type; those before it are kept in `frames`."""
        while True:
            frame = await self.frame()
            if frame["type"] == kind:
                return frame

    async def answer(self, command_id: Any) -> Frame:
        """The next ack or reject of this command."""
        while True:
            frame = await self.frame()
            if frame["type"] in ("ack", "reject") and frame["id"] == command_id:
                return frame

    async def ask(self, command_id: str, name: str, **args: Any) -> Frame:
        await self.command(command_id, name, args)
        return await self.answer(command_id)

    async def settle(self, nonce: str = "settled") -> list[Frame]:
        """All that was sent before the answer to a ping; what this socket sent before it has been handled then."""
        mark = len(self.frames)
        await self.send({"type": "ping", "nonce": nonce})
        while (await self.next("pong"))["nonce"] != nonce:
            pass
        return self.frames[mark:-1]

    async def end(self) -> tuple[int, str, list[Frame]]:
        """Close code, reason, and the frames that came before."""
        rest = []
        try:
            while True:
                rest.append(await self.frame())
        except ConnectionClosed:
            pass
        return self.socket.close_code or 1006, self.socket.close_reason or "", rest


@asynccontextmanager
async def dial(url: str, protocol: str | None = JSON, **options: Any) -> AsyncIterator[Line]:
    """An open connection that has not said hello."""
    chosen: dict[str, Any] = {"compression": None, "ping_interval": None, "max_size": None, "max_queue": None}
    if protocol is not None:
        chosen["subprotocols"] = [protocol]
    async with connect(url, **(chosen | options)) as socket:
        yield Line(socket)


@asynccontextmanager
async def entered(url: str, player: Player, protocol: str | None = JSON, **hello: Any) -> AsyncIterator[Line]:
    """A connection that has said hello; the welcome is the first of its frames."""
    async with dial(url, protocol) as line:
        await line.send({"type": "hello", "token": player.token, **hello})
        assert (await line.frame())["type"] == "welcome", line.frames
        yield line


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
    """Whose turn it is, and his newest `turn` frame; waits for bots. Raises `GameOver`."""
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


class HostedProcess(ServerProcess):
    """A server whose database and process can be looked at."""

    def __init__(self, dsn: str, data_dir: Path, **settings: str) -> None:
        super().__init__(dsn, data_dir, **settings)
        self.dsn = dsn
        self.data_dir = data_dir

    def rows(self, statement: str, *arguments: Any) -> list[Any]:
        """What the database holds."""
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(statement.encode(), arguments).fetchall()

    @property
    def token_key(self) -> bytes:
        return (self.data_dir / "token.key").read_bytes()

    @property
    def memory_kib(self) -> int:
        """Resident memory."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


@contextmanager
def serving(postgres: Server, **settings: str) -> Iterator[HostedProcess]:
    """A server on a database of its own."""
    dsn = postgres.migrated()
    with tempfile.TemporaryDirectory(prefix="parlor-test-") as folder:
        server = HostedProcess(dsn, Path(folder), **settings)
        try:
            yield server.start()
        finally:
            server.close()
            postgres.drop(dsn)


@pytest.fixture(scope="session")
def shared_server(postgres: Server) -> Iterator[HostedProcess]:
    """One server with generous limits; nothing that any of its tests does may leave a traceback in its log."""
    with serving(postgres, PARLOR_COMMANDS_PER_S="5000", PARLOR_BURST="10000") as server:
        yield server
        assert server.stop() == 0
        assert "Traceback" not in server.log, server.log[-4000:]


@pytest_asyncio.fixture
async def guests(shared_server: HostedProcess) -> AsyncIterator[Guests]:
    """People for one test."""
    made = Guests(shared_server)
    yield made
    await made.close()
