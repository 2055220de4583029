"""The HTTP API as far as load tests need it: players, rooms, seats, games."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

_ANSWER_S = 30.0
_AGAIN_S = 0.2
_ATTEMPTS_MAX = 20  # of a request whose answers ask the client to wait


class ApiError(RuntimeError):
    """The server refused a request."""

    def __init__(self, request: str, status: int, body: Any) -> None:
        error = body.get("error", {}) if isinstance(body, dict) else {}
        super().__init__(f"{request}: {status} {error.get('code', '')} {error.get('message', '')}".rstrip())
        self.status = status
        self.code: str = error.get("code", "")


@dataclass(frozen=True, slots=True)
class Guest:
    player_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Seat:
    """Access to a room. `seat` None: as a spectator."""

    game_id: str
    ws_url: str
    seat: int | None
    guest: Guest
    join_code: str | None = None

    def for_guest(self, guest: Guest) -> Seat:
        """Access to the same room as a spectator."""
        return Seat(self.game_id, self.ws_url, None, guest)


class Answer(NamedTuple):
    """`headers`: by lower-case name."""

    status: int
    headers: dict[str, str]
    body: bytes


class Api:
    """Keeps up to `connections` connections open; this is also the maximum number of requests in flight.

    `patience_s`: how long a request is repeated when no answer comes, because the server may be down for a moment.
    """

    def __init__(self, url: str, connections: int = 8, patience_s: float = 0.0) -> None:
        place = urlsplit(url)
        self._host, self._port = place.hostname or "127.0.0.1", place.port or 80
        self._patience_s = patience_s
        self._idle: asyncio.LifoQueue[_HttpConnection | None] = asyncio.LifoQueue()
        for _ in range(connections):
            self._idle.put_nowait(None)

    async def guest(self, name: str) -> Guest:
        body = await self.call("POST", "/api/players", {"display_name": name})
        return Guest(body["player_id"], body["token"])

    async def create_room(self, guest: Guest, **options: Any) -> Seat:
        """`options`: the fields of the request's body."""
        body = await self.call("POST", "/api/rooms", options, guest.token)
        return Seat(body["game_id"], body["ws_url"], body["seat"], guest, body["join_code"])

    async def join(self, guest: Guest, join_code: str) -> Seat:
        body = await self.call("POST", "/api/join", {"join_code": join_code}, guest.token)
        return Seat(body["game_id"], body["ws_url"], body["seat"], guest)

    async def full_room(self, guests: list[Guest], **options: Any) -> list[Seat]:
        """Open a room with these guests in it. The first guest is the host."""
        host = await self.create_room(guests[0], **options)
        return [host, *[await self.join(guest, host.join_code or "") for guest in guests[1:]]]

    async def game(self, game_id: str, token: str | None = None) -> dict[str, Any]:
        body: dict[str, Any] = await self.call("GET", f"/api/games/{game_id}", None, token)
        return body

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None, token: str | None = None) -> Any:
        """Send one request; after a 429 or 503 wait as long as the answer says and repeat it. Raises ApiError."""
        for _ in range(_ATTEMPTS_MAX):
            status, headers, raw = await self._exchange_patiently(method, path, body, token)
            answer = orjson.loads(raw) if raw and "json" in headers.get("content-type", "") else raw
            if status < 400:
                return answer
            if status not in (429, 503):
                break
            await asyncio.sleep(float(headers.get("retry-after", "0.5")))
        raise ApiError(f"{method} {path}", status, answer)

    async def get(self, path: str) -> Answer:
        """Send one anonymous GET; returns any answer. Raises OSError, EOFError, TimeoutError."""
        return await self._exchange("GET", path, None, None)

    async def close(self) -> None:
        while not self._idle.empty():
            connection = self._idle.get_nowait()
            if connection is not None:
                connection.close()

    async def _exchange_patiently(
        self, method: str, path: str, body: dict[str, Any] | None, token: str | None
    ) -> Answer:
        """Repeat the request while no answer comes, for `patience_s` at most."""
        deadline_s = time.monotonic() + self._patience_s
        while True:
            try:
                return await self._exchange(method, path, body, token)
            except (OSError, EOFError, TimeoutError):
                if time.monotonic() > deadline_s:
                    raise
            await asyncio.sleep(_AGAIN_S)

    async def _exchange(self, method: str, path: str, body: dict[str, Any] | None, token: str | None) -> Answer:
        connection = await self._idle.get()
        try:
            async with asyncio.timeout(_ANSWER_S):
                if connection is None or connection.is_stale:
                    connection = await _HttpConnection.open(self._host, self._port)
                answer = await connection.exchange(_request(method, path, f"{self._host}:{self._port}", body, token))
        except BaseException:
            if connection is not None:
                connection.close()
                connection = None
            raise
        finally:
            self._idle.put_nowait(connection)
        return answer


class _HttpConnection:
    """An HTTP/1.1 connection that stays open between requests."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, host: str, port: int) -> _HttpConnection:
        return cls(*await asyncio.open_connection(host, port))

    @property
    def is_stale(self) -> bool:
        return self._reader.at_eof() or self._writer.is_closing()

    def close(self) -> None:
        self._writer.close()

    async def exchange(self, request: bytes) -> Answer:
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        if headers.get("transfer-encoding") == "chunked":
            return Answer(status, headers, await self._chunks())
        return Answer(status, headers, await self._reader.readexactly(int(headers.get("content-length", "0"))))

    async def _chunks(self) -> bytes:
        parts = []
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readexactly(2)
        await self._reader.readuntil(b"\r\n")
        return b"".join(parts)


def _request(method: str, path: str, host: str, body: dict[str, Any] | None, token: str | None) -> bytes:
    payload = b"" if body is None else orjson.dumps(body)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept: application/json"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + payload
