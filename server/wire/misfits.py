"""Which field of a map doesn't fit, and why, in the words of the protocol. Only for maps that don't fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import fields

_DUE = {
    bool: "a valid boolean",
    dict: "a valid dictionary",
    float: "a valid number",
    int: "a valid integer",
    list: "a valid list",
    str: "a valid string",
    NoneType: "None",
}


def first_misfit(kind: type[Struct], given: Mapping[str, Any]) -> tuple[str, str]:
    """The place (`field`, or `field.3` inside of a list) and what is wrong there, by the order of the fields."""
    hints = get_type_hints(kind)
    for field in fields(kind):
        if field.name in given:
            misfit = _misfit(hints[field.name], given[field.name], field.name)
        else:
            misfit = (field.name, "Field required") if field.required else None
        if misfit is not None:
            return misfit
    return "args", "Input should fit the types of its fields"


def _misfit(hint: Any, value: Any, where: str) -> tuple[str, str] | None:
    kind: Any = get_origin(hint) or hint
    inner = get_args(hint)
    if kind is Any:
        return None
    if kind is Literal:
        fits = any(type(value) is type(option) and value == option for option in inner)
        return None if fits else (where, f"Input should be {_choice(inner)}")
    if kind in (Union, UnionType):
        misfits = [_misfit(option, value, where) for option in inner]
        return None if None in misfits else misfits[0]
    kind = dict if kind is Mapping else kind
    if type(value) is not kind and not (kind is float and type(value) is int):
        return where, f"Input should be {_DUE[kind]}"
    items: Iterable[tuple[Any, Any]] = ()
    if inner and kind is list:
        items = enumerate(value)
    elif inner and kind is dict:
        items = value.items()
    return next((found for key, item in items if (found := _misfit(inner[-1], item, f"{where}.{key}"))), None)


def _choice(options: tuple[Any, ...]) -> str:
    told = [repr(option) for option in options]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"
