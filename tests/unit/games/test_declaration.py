"""What a game may declare wrongly, and how it is told: before it is played, in words that name the place."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Annotated, Any, ClassVar, Literal

import pytest

from server.games import eldorado, relay, rules
from server.games.catalogue import describe
from server.games.declaration import problems
from server.games.registry import Registry, UnknownGame
from server.games.rules import Command, Event
from tests.support import example_games

OPEN = example_games.tictactoe()


def command(**hints: Any) -> type[Command]:
    """A command with these fields."""
    return type("Wish", (Command,), {"__annotations__": {"name": ClassVar[str], **hints}, "name": "wish"})


def event(**hints: Any) -> type[Event]:
    return type("Fact", (Event,), {"__annotations__": {"name": ClassVar[str], **hints}, "name": "fact"})


def config(**given: Any) -> type[rules.Config]:
    """Settings with these defaults, and bounds for none of them."""
    hints = {name: type(value) for name, value in given.items()}
    return type("Settings", (rules.Config,), {"__annotations__": hints, **given})


class NoDefault(rules.Config, kw_only=True):
    seats: list[str]


def bounded(**changes: Any) -> type[rules.Config]:
    """Settings with other bounds."""
    bounds = {**rules.Config.bounds, **changes}
    return type("Settings", (rules.Config,), {"bounds": bounds})


class Nameless(Event):
    pass


class Changeable(Command, frozen=False):  # type: ignore[misc]  # that is the mistake
    name: ClassVar[str] = "wish"


class NameIsAField(Command):
    name: str = "wish"


class Versioned(Event):
    name: ClassVar[str] = "fact"
    version: ClassVar[int] = 3
    upcasters: ClassVar[Any] = {2: dict}


class Unversioned(Event):
    name: ClassVar[str] = "fact"
    version: ClassVar[Any] = 0


class TakenByTheTable(Event):
    name: ClassVar[str] = "game_started"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "Two Words"}, "name must be a text of lower case"),
        ({"name": None}, "name must be"),
        ({"version": "1"}, "version must be a whole number from 1 on, not '1'"),
        ({"version": True}, "version must be"),
        ({"config": object}, "config must be rules.Config"),
        ({"config": config(speed=3)}, "speed is a whole number without bounds"),
        ({"config": config(where=frozenset({1, 2}))}, "config: the type of where is not one of JSON"),
        ({"config": bounded(no_setting=(1, 2))}, "bounds has 'no_setting', which is no setting"),
        ({"config": bounded(turn_seconds=(9, 1))}, "the bounds of turn_seconds must be (lowest, highest)"),
        ({"config": bounded(turn_seconds=(1, 5))}, "by default turn_seconds must be 1 to 5"),
        ({"events": (Unversioned,)}, "event fact: version must be a whole number from 1 on"),
        ({"config": NoDefault}, "config: seats must have a plain default"),
        ({"commands": OPEN.Mark}, "commands must be a tuple of classes"),
        ({"commands": (OPEN.Marked,)}, "is not a subclass of rules.Command"),
        ({"commands": (Changeable,)}, "command wish: Changeable must be frozen"),
        ({"commands": (command(cells=list[int] | list[str]),)}, "can't be told apart by these types"),
        ({"commands": (NameIsAField,)}, "write name: ClassVar"),
        ({"commands": (OPEN.Mark, OPEN.Mark)}, "command mark: the name is taken"),
        ({"commands": (command(cells=tuple[int, ...]),)}, "command wish: the type of cells"),
        ({"commands": (command(cell=set[int]),)}, "is not one of JSON as it is held here: list, int"),
        ({"commands": (command(cell="NoSuchType"),)}, "a type can't be found"),
        ({"events": (Nameless,)}, "event Nameless: name must be"),
        ({"events": (TakenByTheTable,)}, "event game_started: the name is taken"),
        ({"events": (event(cells=list[int]),)}, "event fact: the type of cells"),
        ({"events": (Versioned,)}, "upcasters has none for version 1: old logs can't be read"),
        ({"bot_levels": ["random"]}, "bot_levels must be a tuple"),
        ({"bot_levels": ("Strong!",)}, "bot_levels must be"),
        ({"bot_levels": ("random",), "bot": lambda self, level: OPEN.Perfect}, "bot('random') must give an object"),
        ({"bot_levels": ("random",), "bot": rules.Game.bot}, "bots: NotImplementedError"),
    ],
)
def test_mistakes_are_named(changes: dict[str, Any], words: str) -> None:
    game = type("Broken", (OPEN.TicTacToe,), changes)()
    (told,) = [problem for problem in problems(game) if words in problem]
    assert "\n" not in told
    with pytest.raises(ValueError, match=r": "):
        Registry([game])


def test_what_is_no_game_at_all() -> None:
    assert problems(OPEN.TicTacToe) == ("TicTacToe is a class: give an object of it, such as TicTacToe()",)
    assert "not a game" in problems(OPEN)[0]


@pytest.mark.parametrize(
    "hint", [int, str | None, list[dict[str, int]], Literal["a", "b"], Any, dict[str, Any], Annotated[int, "of cards"]]
)
def test_types_that_commands_may_have(hint: Any) -> None:
    assert problems(type("Fine", (OPEN.TicTacToe,), {"commands": (command(field=hint),)})()) == ()


def points(**values: str) -> list[EntryPoint]:
    return [EntryPoint(name, value, "parlor.games") for name, value in values.items()]


def test_games_that_cannot_be_loaded_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    thief = ModuleType("thief")
    thief.GAME = type("Thief", (OPEN.TicTacToe,), {"name": "eldorado"})()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "thief", thief)
    registry = Registry.loaded(
        points(
            relay="server.games.relay:GAME",
            missing="no_such_module:GAME",
            nothing="server.games.relay:NOTHING",
            class_="server.games.relay:Relay",
            relay_again="server.games.relay:GAME",
            a_thief="thief:GAME",
            eldorado="server.games.eldorado:GAME",
        )
    )
    assert [game.name for game in registry] == ["eldorado", "relay"]
    assert type(registry.game("eldorado")) is eldorado.Eldorado
    told = {failure.origin.label: failure.errors[0] for failure in registry.failures}
    assert told["a_thief"].startswith("another game is named 'eldorado'")
    assert "ModuleNotFoundError: No module named 'no_such_module'" in told["missing"]
    assert "AttributeError" in told["nothing"]
    assert told["class_"] == "Relay is a class: give an object of it, such as Relay()"
    assert told["relay_again"].startswith("another game is named 'relay': relay = server.games.relay:GAME")


def test_where_a_game_comes_from() -> None:
    assert Registry([OPEN.GAME]).origin("tictactoe") is None
    registry = Registry.loaded(points(relay="server.games.relay:GAME", missing="no_such_module:GAME"))
    assert str(registry.origin("relay")) == "relay = server.games.relay:GAME of ? ?"
    assert str(registry.failures[0]).startswith("the game missing = no_such_module:GAME of ? ? is left out: it can't")
    with pytest.raises(UnknownGame, match="chess"):
        registry.origin("chess")


def test_what_may_be_known_before_playing() -> None:
    told = describe(OPEN.GAME)
    assert (told["name"], told["min_players"], told["max_players"]) == ("tictactoe", 2, 2)
    assert told["commands"] == [{"name": "mark", "args": ["cell"]}]
    settings = {setting.pop("name"): setting for setting in told["settings"]}
    assert settings["rounds"] == {"type": "int", "default": 3, "low": 1, "high": 9, "zero": False}
    assert settings["turn_seconds"]["zero"]
    assert settings["chat"] == {"type": "bool", "default": True}
    assert describe(relay.GAME)["bot_levels"] == []
    assert {"rounds", "hook"} <= {setting["name"] for setting in describe(eldorado.GAME)["settings"]}
