"""`parlor games`: what is installed, what is left out and why, and what is wrong with one game."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint

import pytest
from hypothesis import Phase, settings

from server.cli import games
from server.errors import StartupError
from server.games.registry import Registry
from server.testing.properties import GameProperties
from tests.support import example_games


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relay, tic-tac-toe, and one that can't be imported."""
    example_games.tictactoe()
    found = {"broken": "no_such_module:GAME", "relay": "server.games.relay:GAME", "t": "tictactoe:GAME"}
    points = [EntryPoint(label, value, "parlor.games") for label, value in found.items()]
    monkeypatch.setattr(Registry, "installed", lambda: Registry.loaded(points))
    monkeypatch.setattr(games, "_EXAMPLES", 3)


@pytest.mark.usefixtures("installed")
def test_the_list_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert games.show(as_json=False) == 1, "one is left out"
    relay, tictactoe, broken = capsys.readouterr().out.split("\n\n")
    assert relay.startswith("relay 1\n  from      relay = server.games.relay:GAME of ")
    assert "\n  players   2\n  bots      random, perfect\n  commands  mark {cell}\n" in tictactoe
    assert "rounds = 3 (1 to 9)" in tictactoe
    assert "turn_seconds = 60 (10 to 120, or 0)" in tictactoe
    assert broken.startswith("broken: left out\n")
    assert "error     it can't be imported: ModuleNotFoundError" in broken


@pytest.mark.usefixtures("installed")
def test_the_list_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    games.show(as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [item["name"] for item in told["items"]] == ["relay", "tictactoe"]
    assert told["items"][1]["origin"]["entry_point"] == "t = tictactoe:GAME"
    (failure,) = told["failures"]
    assert failure["origin"]["entry_point"] == "broken = no_such_module:GAME"
    assert "No module named 'no_such_module'" in failure["errors"][0]


@pytest.mark.usefixtures("installed")
def test_a_check_that_goes_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert games.check("tictactoe") == 0
    told = capsys.readouterr()
    tests = [name.removeprefix("test_") for name in vars(GameProperties) if name.startswith("test_")]
    assert told.out.splitlines() == [f"{name}: ok" for name in tests], "every property is tried"
    assert told.err == ""


@pytest.mark.usefixtures("installed")
def test_a_check_that_does_not(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    module, usual = example_games.tictactoe(), GameProperties.settings
    unshrunk = {"phases": [Phase.generate]}  # the first history that is found will do
    monkeypatch.setattr(GameProperties, "settings", lambda self, n: settings(usual(self, n), **unshrunk))
    monkeypatch.setattr(module.TicTacToe, "actions", lambda self, state, player: (module.Mark(0),))
    assert games.check("tictactoe") == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == ["declaration: ok", "moves: failed"]
    assert told.err.startswith("tictactoe: what is offered is legal: Mark(cell=0) was listed")


@pytest.mark.usefixtures("installed")
def test_a_check_of_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert games.check("broken") == 1
    assert "broken: it can't be imported" in capsys.readouterr().err
    with pytest.raises(StartupError, match=r"no game named 'chess' is installed \(there are: relay, tictactoe\)"):
        games.check("chess")
