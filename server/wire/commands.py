"""Commands: from a name and a map of arguments to the game's own frozen values."""

from __future__ import annotations

from typing import Any

from msgspec import ValidationError, convert

from server.games.rules import Command, Game, Refusal
from server.games.table_commands import TABLE_COMMANDS
from server.wire.error_codes import ErrorCode
from server.wire.misfits import first_misfit


class CommandDecoder:
    """The commands of one game. Their fields are the schema: strict types, unknown keys ignored."""

    def __init__(self, game: Game[Any]) -> None:
        self._kinds: dict[str, type[Command]] = {kind.name: kind for kind in (*TABLE_COMMANDS, *game.commands)}

    def decode(self, name: str, args: dict[str, Any]) -> Command | Refusal:
        """The command, or why `args` are not its arguments."""
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
