"""The short cut gives what the general parser would, wherever the bytes are cut."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from server.gateway.socket import take_frames

LIMIT = 16 * 1024
plain = st.builds(
    lambda binary, data: Frame(Opcode.BINARY if binary else Opcode.TEXT, data),
    st.booleans(),
    st.one_of(st.binary(max_size=200), st.sampled_from([b"x" * n for n in (125, 126, 127, 1000, LIMIT)])),
)
odd = st.sampled_from(
    [
        Frame(Opcode.PING, b"ping"),
        Frame(Opcode.CLOSE, b""),
        Frame(Opcode.TEXT, b"part", fin=False),
        Frame(Opcode.CONT, b"rest"),
        Frame(Opcode.TEXT, b"x" * (LIMIT + 1)),
        Frame(Opcode.TEXT, b"x" * 70_000),
    ]
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(plain, max_size=6), st.lists(odd, max_size=1), st.integers(0, 400))
def test_plain_frames_are_taken_up_to_the_first_other_frame(
    frames: list[Frame], then: list[Frame], missing: int
) -> None:
    parts = [frame.serialize(mask=True) for frame in frames]
    data = b"".join(parts + [frame.serialize(mask=True) for frame in then])
    cut = data[: max(0, len(data) - missing)]
    whole = 0
    while whole < len(parts) and len(b"".join(parts[: whole + 1])) <= len(cut):
        whole += 1
    taken, size = take_frames(cut, LIMIT)
    assert taken == [(bytes(frame.data), frame.opcode is Opcode.BINARY) for frame in frames[:whole]]
    assert size == len(b"".join(parts[:whole]))


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_frames_are_taken_whole_or_not_at_all(data: bytes) -> None:
    taken, size = take_frames(data, LIMIT)
    assert 0 <= size <= len(data)
    assert sum(len(payload) for payload, _ in taken) <= size


def test_a_reserved_bit_is_left_to_the_parser() -> None:
    data = bytearray(Frame(Opcode.TEXT, b"hello").serialize(mask=True))
    data[0] |= 0x40
    assert take_frames(bytes(data), LIMIT) == ([], 0)


def test_an_unmasked_frame_is_left_to_the_parser() -> None:
    assert take_frames(Frame(Opcode.TEXT, b"hello there").serialize(mask=False), LIMIT) == ([], 0)
