"""What a game declares about itself, checked before anybody plays it. Pure.

Each of these errors would appear later and less clearly: in the middle of a game, or when a log is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, json
from msgspec.structs import fields

from server.games.rules import Bot, Command, Config, Event, Game
from server.games.table_commands import TABLE_COMMANDS
from server.games.table_events import TABLE_EVENTS

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NAME_WORDS = "must be a text of lower case letters, digits and _, up to 40, that begins with a letter"
_PLAIN = (int, float, str, bool, NoneType, Any, dict)
_JSON_WORDS = "int, float, str, bool, None, Any, dict[str, ...], Literal, and unions of them"


def problems(game: object) -> tuple[str, ...]:
    """The errors in the declaration of a game, one line each; empty: it is valid. Never raises."""
    if isinstance(game, type):
        return (f"{game.__name__} is a class: give an object of it, such as {game.__name__}()",)
    if not isinstance(game, Game):
        return (f"a {type(game).__name__} is not a game: it must be an object of a subclass of rules.Game",)
    found: list[str] = []
    for check in (_identity, _config, _commands, _events, _bots):
        try:
            found += check(game)
        except Exception as error:  # noqa: BLE001  # a declaration may hold anything
            found.append(f"{check.__name__.strip('_')}: {error!r}")
    return tuple(found)


def _identity(game: Game[Any]) -> Iterator[str]:
    if not _is_name(getattr(game, "name", None)):
        yield f"name {_NAME_WORDS}"
    if not _is_version(getattr(game, "version", None)):
        yield f"version must be a whole number from 1 on, not {getattr(game, 'version', None)!r}"
    title: object = game.title
    if not isinstance(title, str):
        yield "title must be a text"
    refusals: object = game.refusals
    if not isinstance(refusals, tuple) or not all(map(_is_name, refusals)):
        yield f"refusals must be a tuple of codes; each {_NAME_WORDS}"


def _config(game: Game[Any]) -> Iterator[str]:
    kind: Any = game.config
    if not (isinstance(kind, type) and issubclass(kind, Config)):
        yield "config must be rules.Config or a subclass of it"
        return
    yield from _shape(kind, "config", list)
    for field in fields(kind):
        if field.default is NODEFAULT:
            yield f"config: {field.name} must have a plain default"
            return
    declared: Any = kind.bounds
    for name, bounds in declared.items():
        if name not in {field.name for field in fields(kind)}:
            yield f"config: bounds has {name!r}, which is no setting"
            return
        if not (len(bounds) == 2 and all(type(bound) is int for bound in bounds) and bounds[0] <= bounds[1]):
            yield f"config: the bounds of {name} must be (lowest, highest)"
    for name, hint in get_type_hints(kind).items():
        if hint is int and name not in kind.bounds:
            yield f"config: {name} is a whole number without bounds"
    refusal = kind().problem()
    if refusal is not None:
        yield f"config: by default {refusal.message}"


def _commands(game: Game[Any]) -> Iterator[str]:
    yield from _kinds(game, "command", "commands", Command, TABLE_COMMANDS, list)


def _events(game: Game[Any]) -> Iterator[str]:
    yield from _kinds(game, "event", "events", Event, TABLE_EVENTS, tuple)
    for kind in game.events:
        what = f"event {getattr(kind, 'name', kind)}"
        if not _is_version(kind.version):
            yield f"{what}: version must be a whole number from 1 on, not {kind.version!r}"
            continue
        missing = [v for v in range(1, kind.version) if not callable(kind.upcasters.get(v))]
        if missing:
            yield f"{what}: upcasters has none for version {', '.join(map(str, missing))}: old logs can't be read"


def _bots(game: Game[Any]) -> Iterator[str]:
    levels: Any = game.bot_levels
    if not isinstance(levels, tuple) or not all(_is_name(level) for level in levels):
        yield f"bot_levels must be a tuple; each level {_NAME_WORDS}"
        return
    for level in game.bot_levels:
        if not isinstance(game.bot(level), Bot):
            yield f"bot({level!r}) must give an object of a subclass of rules.Bot"


def _kinds(
    game: Game[Any], what: str, where: str, base: type, of_tables: tuple[type, ...], sequence: type
) -> Iterator[str]:
    """The classes that a game lists as its commands or events."""
    kinds = getattr(game, where, None)
    if not isinstance(kinds, tuple):
        yield f"{where} must be a tuple of classes; one alone needs a comma: ({what.title()},)"
        return
    taken = {kind.name for kind in of_tables}  # type: ignore[attr-defined]  # each of them has one
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, base)):
            yield f"{where}: {kind!r} is not a subclass of rules.{base.__name__}"
            continue
        name = getattr(kind, "name", None)
        if "name" in getattr(kind, "__struct_fields__", ()):
            yield f"{what} {kind.__name__}: name must not be a field: write name: ClassVar"
            continue
        if not _is_name(name):
            yield f"{what} {kind.__name__}: name {_NAME_WORDS}"
            continue
        if name in taken:
            yield f"{what} {name}: the name is taken"
        taken.add(name)
        yield from _shape(kind, f"{what} {name}", sequence)


def _shape(kind: type, what: str, sequence: type) -> Iterator[str]:
    """A frozen struct of JSON values."""
    shape: Any = kind
    if not shape.__struct_config__.frozen:
        yield f"{what}: {kind.__name__} must be frozen"
        return
    try:
        hints = get_type_hints(kind)
    except (NameError, TypeError, SyntaxError) as error:
        yield f"{what}: a type can't be found when the server runs ({error})"
        return
    found = 0
    for name in shape.__struct_fields__:
        if name in ("version", "private", "upcasters", "bounds"):
            yield f"{what}: {name} must not be a field: write {name}: ClassVar"
        elif not _is_json(hints[name], sequence):
            words = f"{sequence.__name__}, {_JSON_WORDS}"
            yield f"{what}: the type of {name} is not one of JSON as it is held here: {words}"
        else:
            found += 1
    if sequence is list and found == len(shape.__struct_fields__):
        try:
            json.Decoder(kind)
        except TypeError as error:
            yield f"{what}: arguments can't be told apart by these types ({error})"


def _is_json(hint: Any, sequence: type) -> bool:
    """`sequence`: what holds a JSON list; commands are given lists, events hold tuples."""
    if hint in _PLAIN or hint is sequence:
        return True
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return all(isinstance(value, (str, int, bool, NoneType)) for value in inner)
    if origin in (dict, Mapping):
        return inner[0] is str and _is_json(inner[1], sequence)
    if origin in (Union, UnionType, sequence):
        return all(part is ... or _is_json(part, sequence) for part in inner)
    return False


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_version(value: object) -> bool:
    return type(value) is int and value >= 1
