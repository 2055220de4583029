"""Frames from clients: one parse, and every way in which it can go wrong."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgpack
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import limits
from server.wire.from_client import (
    CommandFrame,
    Hello,
    Invalid,
    Malformed,
    Ping,
    Sync,
    Unplain,
    check_plain,
    decode,
)

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), inner, max_size=4
        )
    ),
    max_leaves=20,
)


def both(frame: Any) -> tuple[Any, Any]:
    """The same frame out of JSON and out of msgpack."""
    return decode(orjson.dumps(frame), binary=False), decode(msgpack.packb(frame), binary=True)


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("frame", "value"),
    [
        ({"type": "hello"}, Hello(None, -1, None, None)),
        ({"type": "hello", "token": "t", "last_index": 5, "epoch": 2, "role": "player"}, Hello("t", 5, 2, "player")),
        ({"type": "hello", "last_index": None, "epoch": None, "role": None, "x": 1}, Hello(None, -1, None, None)),
        ({"type": "sync"}, Sync()),
        ({"type": "ping"}, Ping(None)),
        ({"type": "ping", "nonce": {"a": [1.5]}}, Ping({"a": [1.5]})),
        ({"type": "command", "id": "1", "name": "say"}, CommandFrame("1", "say", {})),
        ({"type": "command", "id": "1", "name": "say", "args": None}, CommandFrame("1", "say", {})),
        ({"type": "command", "id": "é" * 64, "name": "", "args": {"a": 1}}, CommandFrame("é" * 64, "", {"a": 1})),
    ],
)
def test_good_frames(frame: dict[str, Any], value: Any) -> None:
    assert both(frame) == (value, value)


@pytest.mark.parametrize(
    "frame",
    [
        None, 1, "hello", [], [{"type": "sync"}], {}, {"type": None}, {"type": 1}, {"kind": "sync"},
        {"type": "hello", "last_index": "1"}, {"type": "hello", "last_index": -2}, {"type": "hello", "last_index": 1.0},
        {"type": "hello", "last_index": True}, {"type": "hello", "epoch": "1"}, {"type": "hello", "epoch": False},
        {"type": "hello", "role": "host"}, {"type": "hello", "role": []},
    ],
)  # fmt: skip
def test_malformed(frame: Any) -> None:
    with pytest.raises(Malformed):
        decode(orjson.dumps(frame), binary=False)
    with pytest.raises(Malformed):
        decode(msgpack.packb(frame), binary=True)


@pytest.mark.parametrize(
    ("frame", "given_id"),
    [
        ({"type": "dance", "id": "5"}, "5"),
        ({"type": "dance", "id": 5}, None),
        ({"type": "hello", "token": 5}, None),
        ({"type": "command"}, None),
        ({"type": "command", "id": 5, "name": "say"}, None),
        ({"type": "command", "id": "", "name": "say"}, ""),
        ({"type": "command", "id": "x" * 65, "name": "say"}, "x" * 65),
        ({"type": "command", "id": "a\x00", "name": "say"}, "a\x00"),
        ({"type": "command", "id": "1"}, "1"),
        ({"type": "command", "id": "1", "name": ["say"]}, "1"),
        ({"type": "command", "id": "1", "name": "say", "args": []}, "1"),
        ({"type": "command", "id": "1", "name": "say", "args": {"data": "\x00"}}, "1"),
        ({"type": "command", "id": "1", "name": "say", "args": {"\x00": 1}}, "1"),
        ({"type": "command", "id": "1", "name": "say", "args": {"data": nested(limits.NESTING_LEVELS_MAX)}}, "1"),
        ({"type": "ping", "nonce": nested(limits.NESTING_LEVELS_MAX + 1)}, None),
    ],
)
def test_invalid_frames_keep_their_id(frame: dict[str, Any], given_id: str | None) -> None:
    for decoded in both(frame):
        assert isinstance(decoded, Invalid)
        assert decoded.id == given_id
        assert decoded.message


def test_the_deepest_that_is_taken() -> None:
    frame = {"type": "command", "id": "1", "name": "say", "args": {"data": nested(limits.NESTING_LEVELS_MAX - 1)}}
    for decoded in both(frame):
        assert isinstance(decoded, CommandFrame)


@given(PLAIN)
def test_plain_values_come_through_both_encodings(value: Any) -> None:
    frame = {"type": "command", "id": "1", "name": "say", "args": {"data": value}}
    for decoded in both(frame):
        assert isinstance(decoded, CommandFrame)
        assert decoded.args == {"data": value}


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_raise_anything_but_malformed(payload: bytes, binary: bool) -> None:
    with suppress(Malformed):
        decode(payload, binary=binary)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        bytearray(),
        float("nan"),
        float("inf"),
        2**64,
        -(2**63) - 1,
        (1,),
        {b"a": 1},
        object(),
        {1},
    ],
    ids=lambda value: "object" if type(value) is object else repr(value),
)
def test_values_that_cannot_be_stored(value: Any) -> None:
    for wrapped in (value, [value], {"a": [value]}):
        with pytest.raises(Unplain):
            check_plain(wrapped)
