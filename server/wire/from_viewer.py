"""Frames from a viewer of a replay: the bytes of one message in, a checked value out."""

from __future__ import annotations

from math import isfinite
from typing import Any

from msgspec import Struct

from server import limits
from server.wire.from_client import Invalid, Malformed, Ping, Sync, decode, parse_json, parse_msgpack


class ReplayHello(Struct, frozen=True, gc=False):
    """`viewer`: the player whose view is shown; None: everything is open."""

    token: str | None
    viewer: str | None


class Play(Struct, frozen=True, gc=False):
    """`speed` None: as fast as before."""

    speed: float | None


class Pause(Struct, frozen=True, gc=False):
    pass


class Seek(Struct, frozen=True, gc=False):
    """`index`: at least 0; the session checks that the game has such an event."""

    index: int


FromViewer = ReplayHello | Play | Pause | Seek | Sync | Ping | Invalid


def decode_viewer(payload: bytes | bytearray, *, binary: bool) -> FromViewer:
    """Decode and check one message: msgpack if it came in a binary frame, JSON if in a text frame.

    Raises `Malformed`.
    """
    frame = parse_msgpack(payload) if binary else parse_json(payload)
    kind = frame.get("type") if type(frame) is dict else None
    if kind == "hello":
        return _hello(frame)
    if kind == "play":
        return _play(frame)
    if kind == "pause":
        return Pause()
    if kind == "seek":
        return _seek(frame)
    if kind == "command":
        return Invalid(_id(frame), "a replay takes no commands: play, pause and seek are frames of their own")
    given = decode(payload, binary=binary)
    assert isinstance(given, (Sync, Ping, Invalid))  # the other frames were told apart above
    return given


def _hello(frame: dict[str, Any]) -> ReplayHello:
    token, viewer = frame.get("token"), frame.get("as")
    if token is not None and type(token) is not str:
        raise Malformed("token: a string")
    if viewer is not None and type(viewer) is not str:
        raise Malformed("as: the id of a player")
    return ReplayHello(token, viewer)


def _play(frame: dict[str, Any]) -> Play | Invalid:
    speed = frame.get("speed")
    if speed is None:
        return Play(None)
    low, high = limits.REPLAY_SPEED_MIN, limits.REPLAY_SPEED_MAX
    if type(speed) not in (int, float) or not isfinite(speed) or not low <= speed <= high:
        return Invalid(_id(frame), f"speed: a number from {low:g} to {high:g}")
    return Play(speed)


def _seek(frame: dict[str, Any]) -> Seek | Invalid:
    index = frame.get("index")
    if type(index) is not int or index < 0:
        return Invalid(_id(frame), "index: a whole number, at least 0")
    return Seek(index)


def _id(frame: dict[str, Any]) -> str | None:
    """The id for a reject: viewers need no ids, but an id that is given is returned."""
    given = frame.get("id")
    return given if type(given) is str else None
