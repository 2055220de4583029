"""Frames to clients: both encodings say the same, under a header that any WebSocket library reads."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgpack
import orjson
import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from server.wire.encoders import ENCODERS, JSON, MSGPACK, Encoder, encode_json, message


def read(data: bytes) -> list[Frame]:
    """The frames in these bytes, as a client's library parses them."""
    stream = StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    found = []
    while not _done(stream.at_eof()):
        found.append(_done(Frame.parse(stream.read_exact, mask=False, max_size=None)))
    return found


def _done(steps: Generator[None, None, Any]) -> Any:
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("there are too few bytes")


def value(frame: Frame) -> Any:
    return orjson.loads(frame.data) if frame.opcode is Opcode.TEXT else msgpack.unpackb(frame.data)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000])
def test_headers_of_every_length(size: int) -> None:
    (frame,) = read(message(0x82, b"x" * size))
    assert (frame.opcode, frame.fin, len(frame.data)) == (Opcode.BINARY, True, size)
    assert not (frame.rsv1 or frame.rsv2 or frame.rsv3)


@pytest.mark.parametrize("encoder", list(ENCODERS.values()))
@pytest.mark.parametrize("data", [{}, {"a": None}, {"text": "ü🎲", "list": [1, 2.5, {"x": []}], "pair": (1, 2)}])
def test_an_event_is_the_frame_of_the_page(encoder: Encoder, data: dict[str, Any]) -> None:
    event = encoder.event(7, "said", 1_700_000_000_123, data, encode_json(data))
    same = encoder.frame({"type": "event", "index": 7, "name": "said", "at": 1_700_000_000_123, "data": data})
    assert [value(frame) for frame in read(event)] == [value(frame) for frame in read(same)]
    assert list(value(read(event)[0])) == ["type", "index", "name", "at", "data"]


def test_several_frames_in_one_write() -> None:
    for encoder in (JSON, MSGPACK):
        data = b"".join(encoder.frame({"type": "pong", "nonce": number}) for number in range(5))
        assert [value(frame)["nonce"] for frame in read(data)] == list(range(5))


def test_text_for_json_and_binary_for_msgpack() -> None:
    assert read(JSON.frame({"type": "x"}))[0].opcode is Opcode.TEXT
    assert read(MSGPACK.frame({"type": "x"}))[0].opcode is Opcode.BINARY
    assert set(ENCODERS) == {"parlor.v1.json", "parlor.v1.msgpack"}
