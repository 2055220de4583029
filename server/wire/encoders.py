"""Frames to the client: a map in, the bytes of one whole WebSocket message out. Structs are written as maps.

The bytes include the WebSocket header (RFC 6455, 5.2: unmasked, not fragmented, not compressed), so that a frame is
encoded once for everybody who may see the same and written to each socket as it is.
"""

from __future__ import annotations

from struct import Struct
from typing import Any, Protocol

from msgspec import json, msgpack

from server.games.vocabulary import Data, Event

_TEXT = 0x81
_BINARY = 0x82


_SHORT = {opcode: [bytes((opcode, size)) for size in range(126)] for opcode in (_TEXT, _BINARY)}
"""The headers of short frames, made once."""
_LONGER = Struct(">BBH").pack
_LONGEST = Struct(">BBQ").pack


def message(opcode: int, payload: bytes) -> bytes:
    """One final WebSocket frame; `opcode` includes the FIN bit."""
    size = len(payload)
    if size < 126:
        return _SHORT[opcode][size] + payload
    if size < 65536:
        return _LONGER(opcode, 126, size) + payload
    return _LONGEST(opcode, 127, size) + payload


_as_json = json.Encoder().encode
_as_msgpack = msgpack.Encoder().encode


def encode_json(value: Event | Data) -> str:
    """Compact JSON of an event or of a map. Raises TypeError or ValueError for what JSON can't carry."""
    return _as_json(value).decode()


class Encoder(Protocol):
    """One subprotocol's way to write frames."""

    subprotocol: str

    def frame(self, frame: dict[str, Any]) -> bytes:
        """Any frame of the protocol."""

    def event(self, index: int, name: str, at_ms: int, data: Event | Data, json: str) -> bytes:
        """An `event` frame. `json` is `data` in JSON, which stands in the database as well: encoded once for both."""


class JsonEncoder:
    subprotocol = "parlor.v1.json"

    def frame(self, frame: dict[str, Any]) -> bytes:
        return message(_TEXT, _as_json(frame))

    def event(self, index: int, name: str, at_ms: int, data: Event | Data, json: str) -> bytes:
        # Names are lower snake case, so they need no escaping.
        text = f'{{"type":"event","index":{index},"name":"{name}","at":{at_ms},"data":{json}}}'
        return message(_TEXT, text.encode())


class MsgpackEncoder:
    subprotocol = "parlor.v1.msgpack"

    def frame(self, frame: dict[str, Any]) -> bytes:
        return message(_BINARY, _as_msgpack(frame))

    def event(self, index: int, name: str, at_ms: int, data: Event | Data, json: str) -> bytes:
        frame = {"type": "event", "index": index, "name": name, "at": at_ms, "data": data}
        return message(_BINARY, _as_msgpack(frame))


JSON: Encoder = JsonEncoder()
MSGPACK: Encoder = MsgpackEncoder()
ENCODERS = {encoder.subprotocol: encoder for encoder in (JSON, MSGPACK)}
