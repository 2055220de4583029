"""Connections that send garbage. The server may close them, but no other client may be affected."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from urllib.parse import urlsplit

import orjson

from loadtest import wire
from loadtest.chaos.rooms import Rooms

_AT_ONCE = 32
_CUT_S = 10.0  # for the server to close the connection: it waits 5 s for a hello
_HTTP_S = 0.5  # after garbage in place of an HTTP request the client disconnects by itself
_KEY = "dGhlIHNhbXBsZSBub25jZQ=="

Junk = Callable[[random.Random], bytes]


def _text(payload: bytes) -> bytes:
    return wire.client_frame(wire.TEXT, payload)


def _random_bytes(draw: random.Random) -> bytes:
    return draw.randbytes(draw.randint(1, 4000))


def _broken_utf8(draw: random.Random) -> bytes:
    return _text(b'{"type": "hello", "token": "\xff\xfe' + draw.randbytes(8) + b'"}')


def _huge_length(draw: random.Random) -> bytes:
    return bytes((0x81, 0xFF)) + draw.choice((2**14 + 1, 2**31, 2**62, 2**64 - 1)).to_bytes(8, "big") + b"\0\0\0\0{"


def _too_long(draw: random.Random) -> bytes:
    return _text(b"[" * draw.randint(16 * 1024 + 1, 100_000))


def _unmasked(draw: random.Random) -> bytes:
    return b"\x81\x05hello" + draw.randbytes(4)


def _partial_frame(draw: random.Random) -> bytes:
    whole = _text(b'{"type": "hello", "token": "nobody", "last_index": -1}')
    return whole[: draw.randrange(1, len(whole))]


def _wrong_types(draw: random.Random) -> bytes:
    value = draw.choice(
        (
            None,
            17,
            [],
            [{"type": "hello"}],
            {"type": 5},
            {"type": "hello", "token": 12, "last_index": "x"},
            {"type": "hello", "token": {}, "epoch": []},
            {"type": "command", "id": 7, "name": None, "args": "none"},
            {"type": "no such thing"},
            {},
        )
    )
    return _text(orjson.dumps(value))


def _deep(draw: random.Random) -> bytes:
    depth = draw.randint(100, 7000)
    return _text(b'{"type":"hello","token":' + b"[" * depth + b"]" * depth + b"}")


def _broken_msgpack(draw: random.Random) -> bytes:
    return wire.client_frame(wire.BINARY, b"\x82\xa4type\xdb\xff\xff\xff\xff" + draw.randbytes(20))


def _reserved_bits(draw: random.Random) -> bytes:
    return bytes((0x80 | draw.choice((0x10, 0x20, 0x40)) | wire.TEXT, 0x80)) + b"\0\0\0\0"


def _bad_control(draw: random.Random) -> bytes:
    return draw.choice(
        (
            bytes((0x09, 0x80)) + b"\0\0\0\0",  # a ping in fragments
            wire.client_frame(wire.PING, bytes(126)),  # too long for a ping
            wire.client_frame(wire.CLOSE, b"\x00"),  # half a code
            wire.client_frame(wire.CLOSE, (999).to_bytes(2, "big")),
            wire.client_frame(0xB, b"reserved opcode"),
            wire.client_frame(wire.CONTINUATION, b"of nothing"),
        )
    )


JUNK: tuple[Junk, ...] = (
    _random_bytes,
    _broken_utf8,
    _huge_length,
    _too_long,
    _unmasked,
    _partial_frame,
    _wrong_types,
    _deep,
    _broken_msgpack,
    _reserved_bits,
    _bad_control,
)


class GarbageSenders:
    """Opens connections and sends one kind of garbage on each; some of them without a WebSocket upgrade."""

    def __init__(self, crowd: Rooms, draw: random.Random) -> None:
        self._crowd = crowd
        self._draw = draw

    async def run(self, connections: int) -> list[str]:
        """Open so many connections; returns those that the server did not close, as text."""
        slots = asyncio.Semaphore(_AT_ONCE)
        work = [(self._draw.choice(JUNK), random.Random(self._draw.getrandbits(32))) for _ in range(connections)]

        async def one(junk: Junk, draw: random.Random) -> bool:
            async with slots:
                return await self._send_garbage(junk, draw)

        cut = await asyncio.gather(*(one(*each) for each in work))
        names = [junk.__name__.strip("_").replace("_", " ") for junk, _ in work]
        return [
            f"{name} was not cut within {_CUT_S:.0f} s" for name, ended in zip(names, cut, strict=True) if not ended
        ]

    async def _send_garbage(self, junk: Junk, draw: random.Random) -> bool:
        """Send garbage on one connection; returns whether the server closed it, if it had to."""
        url = urlsplit(draw.choice(self._crowd.clients).seat.ws_url)
        try:
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
        except OSError:
            return True  # refused: the limit of connections is reached
        upgrade = junk is not _random_bytes or draw.random() < 0.5
        try:
            async with asyncio.timeout(_CUT_S if upgrade else _HTTP_S):
                if upgrade:
                    writer.write(_upgrade(url.path, url.netloc))
                    await reader.readuntil(b"\r\n\r\n")
                writer.write(junk(draw))
                if junk is _partial_frame:
                    writer.write_eof()
                while await reader.read(65536):
                    pass
        except TimeoutError:
            return not upgrade
        except (OSError, EOFError):
            return True
        else:
            return True
        finally:
            writer.transport.abort()


def _upgrade(path: str, host: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {_KEY}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: parlor.v1.json",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
