"""The test kit's properties hold for every game of ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.games import eldorado, relay
from server.games.rules import State, Viewer
from server.testing.properties import GameProperties
from tests.support import example_games
from tests.support.soak import amount


class TestRelay(GameProperties):
    game = relay.GAME
    examples = amount(usual=8, soak=100)


class TestEldorado(GameProperties):
    game = eldorado.GAME
    examples = amount(usual=8, soak=100)

    def secrets(self, state: State[Any], viewer: Viewer) -> Iterable[str]:
        """The cards that others hold, save those whose twin the viewer holds or that lie open."""
        round_ = None if state.play is None else state.play.round
        if round_ is None:
            return ()
        own = set(round_.hands.get(viewer or "", ()))
        return {card for who, hand in round_.hands.items() if who != viewer for card in hand} - own


class TestTicTacToe(GameProperties):
    game = example_games.tictactoe().GAME
    examples = amount(usual=8, soak=100)


class TestSecretNumbers(GameProperties):
    game = example_games.secret_numbers().GAME
    examples = amount(usual=8, soak=100)
