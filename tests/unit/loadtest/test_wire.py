"""The client's frames, compared with those of the websockets library."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from loadtest.wire import BINARY, CODECS, PING, TEXT, BadFrame, FrameReader, client_frame

SIZES = (0, 1, 125, 126, 65535, 65536)


@pytest.mark.parametrize("size", SIZES)
def test_a_server_reads_the_frames_of_the_client(size: int) -> None:
    server = ServerProtocol(state=State.OPEN)
    payload = bytes(index % 251 for index in range(size))
    server.receive_data(client_frame(BINARY, payload))
    (frame,) = server.events_received()
    assert isinstance(frame, Frame)
    assert (frame.opcode, bytes(frame.data), frame.fin) == (Opcode.BINARY, payload, True)


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_frames_are_read_however_the_bytes_are_split(step: int) -> None:
    payloads = [b"x" * size for size in (0, 5, 125, 126, 400, 70_000)]
    stream = b"".join(Frame(Opcode.TEXT, payload).serialize(mask=False) for payload in payloads)
    reader = FrameReader()
    messages = [m for at in range(0, len(stream), step) for m in reader.feed(stream[at : at + step])]
    assert messages == [(TEXT, payload) for payload in payloads]


def test_fragments_are_joined_and_a_ping_between_them_comes_first() -> None:
    parts = [
        Frame(Opcode.TEXT, b"one ", fin=False),
        Frame(Opcode.PING, b"?"),
        Frame(Opcode.CONT, b"two ", fin=False),
        Frame(Opcode.CONT, b"three"),
    ]
    messages = FrameReader().feed(b"".join(part.serialize(mask=False) for part in parts))
    assert messages == [(PING, b"?"), (TEXT, b"one two three")]


@pytest.mark.parametrize("frame", [b"\x81\x85\0\0\0\0hello", b"\xc1\x00"], ids=["masked", "reserved bit"])
def test_frames_that_a_server_may_not_send_are_rejected(frame: bytes) -> None:
    with pytest.raises(BadFrame):
        FrameReader().feed(frame)


@pytest.mark.parametrize("name", sorted(CODECS))
def test_codecs_decode_what_they_encoded(name: str) -> None:
    message = {"type": "command", "id": "1", "args": {"data": [1, 2.5, None, "ä", {"deep": True}]}}
    assert CODECS[name].decode(CODECS[name].encode(message)) == message
