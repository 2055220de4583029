"""A player for tests: HTTP by httpx, the socket by the websockets client. Keeps every frame that it ever saw."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

JSON = "parlor.v1.json"
MSGPACK = "parlor.v1.msgpack"
PATIENCE_S = 20.0
Frame = dict[str, Any]
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # made once: httpx would read all certificates for each player


class Http:
    """One caller of the HTTP side."""

    def __init__(self, base: str, token: str | None = None) -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.client = httpx.AsyncClient(base_url=base, headers=headers, timeout=PATIENCE_S, verify=_TLS)

    async def get(self, path: str, **params: Any) -> Any:
        return self._body(await self.client.get(path, params=params))

    async def post(self, path: str, body: Any = None) -> Any:
        return self._body(await self.client.post(path, json=body or {}))

    async def close(self) -> None:
        await self.client.aclose()

    @staticmethod
    def _body(response: httpx.Response) -> Any:
        assert response.is_success, f"{response.status_code} {response.text}"
        return response.json()


class Player:
    """Somebody with a token. `connect` and `connect again` as often as you like; frames are kept over all of it."""

    def __init__(self, base: str, identity: dict[str, Any]) -> None:
        self.id: str = identity["player_id"]
        self.token: str = identity["token"]
        self.http = Http(base, self.token)
        self.frames: list[Frame] = []
        self.applied = -1  # highest event index seen
        self.epoch: int | None = None
        self.close_code: int | None = None
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._ids = count(1)
        self._binary = False

    @classmethod
    async def create(cls, base: str, name: str = "Test") -> Player:
        http = Http(base)
        identity = await http.post("/api/players", {"display_name": name})
        await http.close()
        return cls(base, identity)

    async def connect(self, ws_url: str, protocol: str = JSON, **hello: Any) -> Frame:
        """Say hello with what was applied so far; returns the welcome, once what it announced is here as well."""
        self._binary = protocol == MSGPACK
        self.close_code = None
        self._socket = await connect(ws_url, subprotocols=[protocol], compression=None)  # type: ignore[list-item]
        assert self._socket.subprotocol == protocol
        mark = len(self.frames)
        self._reader = asyncio.create_task(self._read(self._socket))
        known: dict[str, Any] = {"token": self.token, "last_index": self.applied, "epoch": self.epoch}
        await self.send({"type": "hello", **known, **hello})
        welcome = await self.wait_for(lambda frame: frame["type"] == "welcome", since=mark)
        if welcome["mode"] == "state":
            await self.wait_for(lambda frame: frame["type"] == "state", since=mark)
        elif welcome["head"] > known["last_index"]:
            await self.wait_for(lambda frame: frame.get("index") == welcome["head"], since=mark)
        return welcome

    async def send(self, frame: Frame) -> None:
        assert self._socket is not None
        await self._socket.send(msgpack.packb(frame) if self._binary else json.dumps(frame))

    async def send_raw(self, data: bytes | str) -> None:
        assert self._socket is not None
        await self._socket.send(data)

    async def command(self, name: str, command_id: str | None = None, /, **args: Any) -> str:
        """Send a command without waiting for its answer; returns its id."""
        command_id = command_id or f"c{next(self._ids)}"
        await self.send({"type": "command", "id": command_id, "name": name, "args": args})
        return command_id

    async def ask(self, name: str, command_id: str | None = None, /, **args: Any) -> Frame:
        """Send a command; returns its ack or reject."""
        mark = len(self.frames)
        sent = await self.command(name, command_id, **args)
        return await self.wait_for(lambda f: f["type"] in ("ack", "reject") and f["id"] == sent, since=mark)

    async def wait_for(self, wanted: Callable[[Frame], bool], since: int = 0) -> Frame:
        """The first frame from place `since` on that is wanted. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for frame in self.frames[since:]:
                    if wanted(frame):
                        return frame
                since = len(self.frames)
                if self.close_code is not None:
                    raise ConnectionError(f"closed with {self.close_code}; last frames {self.frames[-3:]}")
                self._news.clear()
                await self._news.wait()

    async def event(self, name: str, since: int = 0) -> Frame:
        return await self.wait_for(lambda f: f["type"] == "event" and f["name"] == name, since)

    async def closed(self) -> int:
        """The code that the server closed with."""
        assert self._reader is not None
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.shield(self._reader)
        assert self.close_code is not None
        return self.close_code

    @property
    def events(self) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == "event"]

    def of_type(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    async def disconnect(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await self._reader
        self._socket = self._reader = None

    async def close(self) -> None:
        await self.disconnect()
        await self.http.close()

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                frame = msgpack.unpackb(message) if isinstance(message, bytes) else json.loads(message)
                self._keep(frame)
        except ConnectionClosed:
            pass
        self.close_code = socket.close_code or 1006
        self._news.set()

    def _keep(self, frame: Frame) -> None:
        if frame["type"] == "event" or frame["type"] == "state":
            self.applied = max(self.applied, frame["index"])
        elif frame["type"] == "welcome":
            self.epoch = frame["epoch"]
        self.frames.append(frame)
        self._news.set()


async def play_by_turns(player: Player, *, until: Callable[[Frame], bool]) -> None:
    """Play with nothing but what `turn` offers, until a frame says stop. Takes the first action that is offered.

    A turn that is repeated after a reconnect is answered again only if its answer was not acknowledged.
    """
    answered: set[int] = set()
    mark = 0
    while True:
        frame = await player.wait_for(lambda f: f["type"] == "turn" or until(f), since=mark)
        mark = player.frames.index(frame, mark) + 1
        if until(frame):
            return
        if frame["index"] not in answered:
            answered.add(frame["index"])
            action = frame["actions"][0]
            await player.command(action["name"], f"t{frame['index']}", **action["args"])
