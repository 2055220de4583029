"""The client's frames, against the library's idea of them."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from loadtest.wire import BINARY, CODECS, PING, TEXT, BadFrame, FrameReader, client_frame

SIZES = (0, 1, 125, 126, 65535, 65536)


@pytest.mark.parametrize("size", SIZES)
def test_what_the_client_writes_is_what_a_server_reads(size: int) -> None:
    server = ServerProtocol(state=State.OPEN)
    payload = bytes(index % 251 for index in range(size))
    server.receive_data(client_frame(BINARY, payload))
    (frame,) = server.events_received()
    assert isinstance(frame, Frame)
    assert (frame.opcode, bytes(frame.data), frame.fin) == (Opcode.BINARY, payload, True)


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_frames_are_cut_out_of_bytes_however_they_arrive(step: int) -> None:
    payloads = [b"x" * size for size in (0, 5, 125, 126, 400, 70_000)]
    stream = b"".join(Frame(Opcode.TEXT, payload).serialize(mask=False) for payload in payloads)
    reader = FrameReader()
    messages = [m for at in range(0, len(stream), step) for m in reader.feed(stream[at : at + step])]
    assert messages == [(TEXT, payload) for payload in payloads]


def test_fragments_are_joined_and_a_ping_between_them_is_told_at_once() -> None:
    parts = [
        Frame(Opcode.TEXT, b"one ", fin=False),
        Frame(Opcode.PING, b"?"),
        Frame(Opcode.CONT, b"two ", fin=False),
        Frame(Opcode.CONT, b"three"),
    ]
    messages = FrameReader().feed(b"".join(part.serialize(mask=False) for part in parts))
    assert messages == [(PING, b"?"), (TEXT, b"one two three")]


@pytest.mark.parametrize("frame", [b"\x81\x85\0\0\0\0hello", b"\xc1\x00"], ids=["masked", "reserved bit"])
def test_what_no_server_may_send_is_refused(frame: bytes) -> None:
    with pytest.raises(BadFrame):
        FrameReader().feed(frame)


@pytest.mark.parametrize("name", sorted(CODECS))
def test_codecs_bring_back_what_went_in(name: str) -> None:
    message = {"type": "command", "id": "1", "args": {"data": [1, 2.5, None, "ä", {"deep": True}]}}
    assert CODECS[name].decode(CODECS[name].encode(message)) == message
