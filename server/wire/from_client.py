"""Frames from the client: the bytes of one message in, a checked value out. One parse, no copy."""

from __future__ import annotations

import math
from typing import Any, Literal

import msgpack
import orjson
from msgspec import Struct, ValidationError, convert

from server.games.rules import Command, Game, Refusal
from server.games.table_commands import TABLE_COMMANDS
from server.limits import COMMAND_ID_CHARACTERS_MAX, NESTING_LEVELS_MAX
from server.wire.error_codes import ErrorCode
from server.wire.misfits import first_misfit

Role = Literal["player", "spectator"]


class Malformed(ValueError):
    """Not one map with a string `type`, or an invalid hello: the connection is closed with 4400."""


class Unplain(ValueError):
    """A value that can't be stored: not JSON, not finite, nested too deep, or with a NUL character in a string."""


class Hello(Struct, frozen=True, gc=False):
    token: str | None
    last_index: int
    epoch: int | None
    role: Role | None


class CommandFrame(Struct, frozen=True, gc=False):
    """`args` is checked against the command's fields later, when the game is known."""

    id: str
    name: str
    args: dict[str, Any]


class Sync(Struct, frozen=True, gc=False):
    pass


class Ping(Struct, frozen=True, gc=False):
    nonce: Any


class Invalid(Struct, frozen=True, gc=False):
    """A map with a type, but its fields are wrong. `id`: the command's, as it was given, if it was a string."""

    id: str | None
    message: str


FromClient = Hello | CommandFrame | Sync | Ping | Invalid


def decode(payload: bytes | bytearray, *, binary: bool) -> FromClient:
    """Decode and check one message: msgpack if it came in a binary frame, JSON if in a text frame.

    Raises `Malformed`.
    """
    frame = parse_msgpack(payload) if binary else parse_json(payload)
    if type(frame) is not dict:
        raise Malformed("a frame is one map")
    kind = frame.get("type")
    if kind == "command":
        return _command(frame, payload, binary)
    if kind == "ping":
        return _ping(frame)
    if kind == "sync":
        return Sync()
    if kind == "hello":
        return _hello(frame)
    if type(kind) is not str:
        raise Malformed("a frame has a string `type`")
    given = frame.get("id")
    return Invalid(given if type(given) is str else None, f"unknown frame type {kind[:40]!r}")


def parse_json(payload: bytes | bytearray) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise Malformed("not JSON") from error


def parse_msgpack(payload: bytes | bytearray) -> Any:
    try:
        return msgpack.unpackb(payload, raw=False, strict_map_key=True)
    except (ValueError, RecursionError, msgpack.UnpackException) as error:
        raise Malformed("not msgpack") from error


def _ping(frame: dict[str, Any]) -> Ping | Invalid:
    nonce = frame.get("nonce")
    try:
        check_plain(nonce)
    except Unplain as error:
        return Invalid(None, f"nonce: {error}")
    return Ping(nonce)


def _command(frame: dict[str, Any], payload: bytes | bytearray, binary: bool) -> CommandFrame | Invalid:
    command_id, name, args = frame.get("id"), frame.get("name"), frame.get("args")
    if type(command_id) is not str:
        return Invalid(None, "id: a string of 1 to 64 characters")
    if not 1 <= len(command_id) <= COMMAND_ID_CHARACTERS_MAX or "\x00" in command_id:
        return Invalid(command_id, "id: a string of 1 to 64 characters")
    if type(name) is not str:
        return Invalid(command_id, "name: a string")
    if args is None:
        args = {}
    elif type(args) is not dict:
        return Invalid(command_id, "args: a map")
    # JSON that was parsed is storable but for NUL and deep nesting, and both show in the bytes.
    if binary or b"\\u0000" in payload or payload.count(b"[") + payload.count(b"{") > NESTING_LEVELS_MAX:
        try:
            check_plain(args)
        except Unplain as error:
            return Invalid(command_id, str(error))
    return CommandFrame(command_id, name, args)


def _hello(frame: dict[str, Any]) -> Hello | Invalid:
    """A token of the wrong type is an invalid token (4401); any other wrong field is malformed."""
    token, role, epoch = frame.get("token"), frame.get("role"), frame.get("epoch")
    last_index = frame.get("last_index", -1)
    if token is not None and type(token) is not str:
        return Invalid(None, "token: a string")
    if last_index is None:
        last_index = -1
    if type(last_index) is not int or last_index < -1:
        raise Malformed("last_index: an integer, at least -1")
    if epoch is not None and type(epoch) is not int:
        raise Malformed("epoch: an integer")
    if role not in (None, "player", "spectator"):
        raise Malformed("role: player or spectator")
    return Hello(token, last_index, epoch, role)


def check_plain(value: Any, levels: int = NESTING_LEVELS_MAX) -> None:
    """Raise `Unplain` unless `value` can stand in JSON and in the database, and comes back the same."""
    kind = type(value)
    if kind is dict or kind is list:
        if levels == 0:
            raise Unplain(f"nested deeper than {NESTING_LEVELS_MAX} levels")
        if kind is dict:
            for key in value:
                if type(key) is not str or "\x00" in key:
                    check_plain(key, 0)
            value = value.values()
        for item in value:
            kind = type(item)
            if kind is dict or kind is list:
                check_plain(item, levels - 1)
            elif (problem := _scalar_problem(item, kind)) is not None:
                raise Unplain(problem)
        return
    problem = _scalar_problem(value, kind)
    if problem is not None:
        raise Unplain(problem)


def _scalar_problem(value: Any, kind: type) -> str | None:
    if kind is str:
        return "strings may not contain NUL" if "\x00" in value else None
    if kind is int:
        return None if -(2**63) <= value < 2**64 else "integers have at most 64 bits"
    if kind is float:
        return None if math.isfinite(value) else "numbers must be finite"
    return None if value is None or kind is bool else f"{kind.__name__} is not a JSON value"


class CommandDecoder:
    """The commands of one game. Their fields are the schema: strict types, unknown keys ignored."""

    def __init__(self, game: Game[Any]) -> None:
        self._kinds: dict[str, type[Command]] = {kind.name: kind for kind in (*TABLE_COMMANDS, *game.commands)}

    def decode(self, name: str, args: dict[str, Any]) -> Command | Refusal:
        """The command, or the refusal of `args`."""
        kind = self._kinds.get(name)
        if kind is None:
            return Refusal(ErrorCode.INVALID_COMMAND, f"unknown command {name[:40]!r}")
        try:
            return convert(args, kind)
        except ValidationError:
            where, problem = first_misfit(kind, args)
            return Refusal(ErrorCode.INVALID_COMMAND, f"{name}: {where}: {problem}", field=where)


def command_data(command: Command) -> dict[str, Any]:
    """{name, args}, as in a `turn` frame."""
    return {"name": command.name, "args": {name: getattr(command, name) for name in command.__struct_fields__}}
