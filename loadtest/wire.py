"""WebSocket frames from the client's side, and the two codecs for the messages in them."""

from __future__ import annotations

from typing import Any, Protocol

import msgpack
import orjson

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
_FIN = 0x80
_MASKED = 0x80
# A client must mask its frames. A key of zeros is valid and leaves the payload unchanged: the server does the same work
# as for any other key, and the client, whose cost is not to be measured, does none.
_MASK_KEY = b"\0\0\0\0"


class BadFrame(ValueError):
    """The server sent a frame that the WebSocket protocol forbids."""


def client_frame(opcode: int, payload: bytes) -> bytes:
    """A complete frame as a client sends it."""
    size = len(payload)
    if size < 126:
        header = bytes((_FIN | opcode, _MASKED | size))
    elif size < 65536:
        header = bytes((_FIN | opcode, _MASKED | 126)) + size.to_bytes(2, "big")
    else:
        header = bytes((_FIN | opcode, _MASKED | 127)) + size.to_bytes(8, "big")
    return header + _MASK_KEY + payload


class FrameReader:
    """Splits the server's bytes into messages; joins fragments."""

    __slots__ = ("_fragments", "_opcode", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._fragments: list[bytes] = []
        self._opcode = CONTINUATION

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The messages (opcode, payload) that `data` completes. Raises BadFrame."""
        if self._rest:
            data = self._rest + data
        messages = []
        position, end = 0, len(data)
        while end - position >= 2:
            first, size = data[position], data[position + 1]
            start = position + 2
            if size > 125:
                width = 2 if size == 126 else 8
                if size > 127:
                    raise BadFrame("a server's frames are not masked")
                if end - start < width:
                    break
                size = int.from_bytes(data[start : start + width], "big")
                start += width
            if end - start < size:
                break
            position = start + size
            payload = data[start:position]
            if first == _FIN | TEXT or first == _FIN | BINARY:
                messages.append((first & 0xF, payload))
            else:
                self._control_or_fragment(first, payload, messages)
        self._rest = data[position:]
        return messages

    def _control_or_fragment(self, first: int, payload: bytes, messages: list[tuple[int, bytes]]) -> None:
        """Append a control frame, or a message whose last fragment this is."""
        opcode = first & 0xF
        if first & 0x70:
            raise BadFrame("reserved bits are set, but no extension was agreed on")
        if opcode >= CLOSE:
            messages.append((opcode, payload))
            return
        if opcode != CONTINUATION:
            self._opcode, self._fragments = opcode, []
        self._fragments.append(payload)
        if first & _FIN:
            messages.append((self._opcode, b"".join(self._fragments)))
            self._fragments = []


class Codec(Protocol):
    """How a subprotocol encodes messages."""

    subprotocol: str
    opcode: int

    def encode(self, message: dict[str, Any]) -> bytes: ...

    def decode(self, payload: bytes) -> Any: ...


class _Json:
    subprotocol = "parlor.v1.json"
    opcode = TEXT

    def encode(self, message: dict[str, Any]) -> bytes:
        return orjson.dumps(message)

    def decode(self, payload: bytes) -> Any:
        return orjson.loads(payload)


class _Msgpack:
    subprotocol = "parlor.v1.msgpack"
    opcode = BINARY

    def encode(self, message: dict[str, Any]) -> bytes:
        packed: bytes = msgpack.packb(message)
        return packed

    def decode(self, payload: bytes) -> Any:
        return msgpack.unpackb(payload)


CODECS: dict[str, Codec] = {"json": _Json(), "msgpack": _Msgpack()}
