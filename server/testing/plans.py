"""A plan for a test game: hypothesis draws it and shrinks it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from msgspec.structs import fields

from server.games.rules import Command, Game

MOVE, FORGE, STEAL, TIME, LEAVE, DROP, RETURN, PLAY_ON = (
    "move",  # the player to move takes a legal action
    "forge",  # any player sends any command with made-up arguments
    "steal",  # a player sends an action of another one
    "time",  # the time is up
    "leave",
    "drop",  # a connection is lost
    "return",
    "play on",  # so many moves, one after the other
)
_STEPS = (MOVE, MOVE, MOVE, PLAY_ON, FORGE, FORGE, STEAL, TIME, DROP, RETURN, LEAVE)
_SETTINGS_OF_ROOMS = ("min_players", "max_players", "bot_delay_ms", "spectator_delay_s", "autostart", "chat")

Step = tuple[str, int, int]
"""Kind, and two numbers that choose among what is possible then."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`seed`: of the game's chance. `bots`: the last so many seats. All chance of a plan stands in it."""

    players: int
    bots: int
    config: dict[str, Any]
    seed: int
    steps: tuple[Step, ...]


def plans(game: Game[Any], steps_max: int = 40) -> st.SearchStrategy[Plan]:
    """Any plan for this game. The simplest: as few players as may be, default settings, no steps."""
    bounds = game.config.bounds
    low, high = bounds["min_players"][0], bounds["max_players"][1]
    step = st.tuples(st.sampled_from(_STEPS), st.integers(0, 99), st.integers(0, 99))
    return st.builds(
        Plan,
        st.integers(max(low, game.config().min_players), min(high, game.config().max_players)),
        st.integers(0, 2 if game.bot_levels else 0),
        _configs(game),
        st.integers(0, 2**16),
        # Lists of hypothesis are short; so it is told that there are long ones, too.
        (st.lists(step, max_size=steps_max) | st.lists(step, min_size=steps_max // 3, max_size=steps_max)).map(tuple),
    )


def _configs(game: Game[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Settings of the game, mostly at an end of their bounds; those that only concern the room stay as they are."""
    kind, hints, choices = game.config, get_type_hints(game.config), {}
    for field in fields(kind):
        values: list[Any] = [field.default]
        if field.name in _SETTINGS_OF_ROOMS:
            continue
        if field.name in kind.bounds:
            values += [*kind.bounds[field.name], *([0] if field.name in kind.zero_allowed else [])]
        elif hints[field.name] is bool:
            values += [not field.default]
        choices[field.name] = st.sampled_from(values)
    fitting = st.fixed_dictionaries(choices)
    return fitting.map(lambda given: given if kind(**given).problem() is None else {})


def made_up(kind: type[Command], number: int, words: tuple[str, ...]) -> Command:
    """A command with arguments of the right types and any values. `words`: texts that mean something in this game."""
    dice = random.Random(number)  # noqa: S311  # nothing is secret here
    hints = get_type_hints(kind)
    return kind(**{name: _value(hints[name], dice, words) for name in kind.__struct_fields__})


def _value(hint: Any, dice: random.Random, words: tuple[str, ...]) -> Any:  # one line a type
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return dice.choice(inner)
    if origin in (Union, UnionType):
        return _value(dice.choice(inner), dice, words)
    if hint is list or origin is list:
        return [_value(inner[0] if inner else Any, dice, words) for _ in range(dice.choice((0, 1, 2, 50)))]
    if hint is dict or origin is dict:
        return {dice.choice(words): _value(inner[1] if inner else Any, dice, words)}
    if hint is bool:
        return dice.random() < 0.5
    if hint is int:
        return dice.choice((0, 1, 2, 3, 5, 10, -1, 99, 2**31, -(2**63), 2**63 - 1))
    if hint is float:
        return dice.choice((0.0, -0.5, 1e308, 1.0))
    if hint is str:
        return dice.choice((*words, "", "?", "é\u2028" * 9, "x" * 2_000))
    return None if hint is type(None) else dice.choice((None, True, 7, "a", [1], {"a": None}))
