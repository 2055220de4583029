"""A connection without any library: bytes out, bytes in, and nothing read that the test doesn't read."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import httpx

TEXT, BINARY, CONT, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
PATIENCE_S = 20.0


class Raw:
    """One TCP connection to the server."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection

    @classmethod
    async def open(cls, url: str, *, source: str | None = None, receive_buffer: int | None = None) -> Raw:
        """`receive_buffer`: how many bytes the kernel takes for a test that doesn't read."""
        address = urlsplit(url)
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        if receive_buffer is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            made.bind((source, 0))
        try:
            await asyncio.get_running_loop().sock_connect(made, (address.hostname, address.port))
        except BaseException:
            made.close()
            raise
        return cls(made)

    @classmethod
    async def upgraded(cls, ws_url: str, **options: int | None) -> Raw:
        """With the upgrade behind it, and nothing said since."""
        raw = await cls.open(ws_url, **options)  # type: ignore[arg-type]
        await raw.send(upgrade(ws_url))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await raw.receive(1)
        assert head.startswith(b"HTTP/1.1 101 "), head
        return raw

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def receive(self, most: int = 65536) -> bytes:
        """What is there; nothing at the end. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.get_running_loop().sock_recv(self.socket, most)

    async def receive_until(self, end: bytes) -> bytes:
        """Raises TimeoutError, ConnectionError."""
        found = b""
        while not found.endswith(end):
            data = await self.receive()
            if not data:
                raise ConnectionError(f"ended after {found!r}")
            found += data
        return found

    async def rest(self) -> bytes:
        """All until the end of the connection, however it ends. Raises TimeoutError."""
        found = bytearray()
        with suppress(ConnectionError):
            while data := await self.receive():
                found += data
        return bytes(found)

    def close(self) -> None:
        self.socket.close()


def upgrade(ws_url: str, *more: str) -> bytes:
    """The request that opens a WebSocket."""
    address = urlsplit(ws_url)
    lines = (
        f"GET {address.path} HTTP/1.1",
        f"Host: {address.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *more,
    )
    return "\r\n".join((*lines, "", "")).encode()


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    """A frame as clients send it; `masked` False and `reserved` bits make one that they may not send."""
    head = bytes([(0x80 if fin else 0) | reserved | opcode])
    bit = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65536:
        head += bytes([bit | 126]) + len(payload).to_bytes(2, "big")
    else:
        head += bytes([bit | 127]) + len(payload).to_bytes(8, "big")
    if not masked:
        return head + payload
    mask = random.randbytes(4)
    key = int.from_bytes((mask * (len(payload) // 4 + 1))[: len(payload)], "big")
    return head + mask + (int.from_bytes(payload, "big") ^ key).to_bytes(len(payload), "big")


def frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Opcode and payload of every whole frame of the server's."""
    at = 0
    while at + 2 <= len(data):
        opcode, size, start = data[at] & 0x0F, data[at + 1] & 0x7F, at + 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            size, start = int.from_bytes(data[start : start + wide], "big"), start + wide
        if start + size > len(data):
            return
        yield opcode, data[start : start + size]
        at = start + size


def close_code(data: bytes) -> int:
    """The code that the server closed with; 1006 without a close frame."""
    return next((int.from_bytes(payload[:2], "big") for opcode, payload in frames(data) if opcode == CLOSE), 1006)


async def series(url: str, name: str) -> dict[str, float]:
    """The values of one metric, by its label (the metric has at most one)."""
    async with httpx.AsyncClient(base_url=url) as http:
        text = (await http.get("/metrics")).text
    found = {}
    for line in text.splitlines():
        sample, _, value = line.rpartition(" ")
        if sample.partition("{")[0] == name:
            found[sample.partition('="')[2].removesuffix('"}')] = float(value)
    return found


async def until(url: str, name: str, label: str, least: float, patience_s: float = PATIENCE_S) -> None:
    """Wait for a metric to reach a value. Raises TimeoutError."""
    async with asyncio.timeout(patience_s):
        while (await series(url, name))[label] < least:  # noqa: ASYNC110  # the server is another process
            await asyncio.sleep(0.1)
