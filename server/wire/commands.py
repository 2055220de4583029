"""Commands: from a name and a map of arguments to the game's own frozen values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from server.games.rules import Command, Game, Refusal
from server.games.table_commands import TABLE_COMMANDS
from server.wire.error_codes import ErrorCode


class CommandDecoder:
    """The commands of one game. The dataclasses are the schema: strict types, unknown keys ignored."""

    def __init__(self, game: Game[Any]) -> None:
        kinds: tuple[type[Command], ...] = (*TABLE_COMMANDS, *game.commands)
        self._kinds = {kind.name: (kind, strict_model(kind)) for kind in kinds}

    def decode(self, name: str, args: dict[str, Any]) -> Command | Refusal:
        """The command, or why `args` are not its arguments."""
        known = self._kinds.get(name)
        if known is None:
            return Refusal(ErrorCode.INVALID_COMMAND, f"unknown command {name[:40]!r}")
        kind, validate = known
        try:
            return kind(**validate(args).__dict__)
        except ValidationError as error:
            return _refusal(name, error)


def strict_model(kind: type) -> Callable[[dict[str, Any]], BaseModel]:
    """A strict check of a map against a dataclass's fields; unknown keys are ignored.

    (Pydantic's own strict dataclasses take instances only, not maps.)
    """
    hints = get_type_hints(kind)
    shape: dict[str, Any] = {f.name: (hints[f.name], ... if f.default is MISSING else f.default) for f in fields(kind)}
    model = create_model(kind.__name__, __config__=ConfigDict(strict=True, extra="ignore"), **shape)
    validate: Callable[[dict[str, Any]], BaseModel] = model.__pydantic_validator__.validate_python
    return validate


_ARGUMENTS: dict[type, tuple[str, ...]] = {}


def _argument_names(kind: type) -> tuple[str, ...]:
    names = _ARGUMENTS.get(kind)
    if names is None:
        names = _ARGUMENTS[kind] = tuple(f.name for f in fields(kind))
    return names


def command_data(command: Command) -> dict[str, Any]:
    """{name, args}, as in a `turn` frame."""
    args = {name: getattr(command, name) for name in _argument_names(type(command))}
    return {"name": command.name, "args": args}


def _refusal(name: str, error: ValidationError) -> Refusal:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "args"
    return Refusal(ErrorCode.INVALID_COMMAND, f"{name}: {where}: {first['msg']}", field=where)
