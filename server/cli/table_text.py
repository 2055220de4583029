"""A table as one player sees it, as lines of text. Pure. Knows no game: it shows the keys that a view has."""

from __future__ import annotations

from typing import Any

from server.cli.replay_text import named, with_suits
from server.games.rules import Config
from server.games.table import create_table, view_table
from server.games.table_events import (
    ClientSeedSet,
    GameCreated,
    GameStarted,
    PlayerReady,
    PlayerReconnected,
    PlayerUnready,
)

Frame = dict[str, Any]
_OF_TABLES = frozenset(view_table(create_table(GameCreated("", "", 1, {}, "", ""), Config()), None)) | {"join_code"}
"""Keys of the view that every game has; the first lines show those that matter."""
_SILENT = {
    kind.name for kind in (GameCreated, GameStarted, PlayerReady, PlayerUnready, PlayerReconnected, ClientSeedSet)
}
_INLINE_CHARACTERS = 96
_ROWS = 3  # of a long list: the last ones


class TableText:
    """The latest view of `player_id`."""

    def __init__(self, player_id: str) -> None:
        self._view: Frame = {"players": []}
        self._names: dict[str, str] = {}
        self._me = player_id

    def state(self, view: Frame) -> None:
        """A new `state`."""
        self._view = view
        self._names |= {p["player_id"]: p["display_name"] for p in view["players"]}

    def event(self, frame: Frame) -> list[str]:
        """An event in a line, unless it is of no interest."""
        name, data = frame["name"], frame["data"]
        if name == "player_joined":
            self._names[data["player_id"]] = data["profile"]["display_name"]
            return [] if data["player_id"] == self._me else [f"  {self._text(data['player_id'])} sits down"]
        if name == "game_completed":
            winners = ", ".join(self._text(who) for who in data["winners"]) or "nobody"
            return [f"The game is over, won by {winners}: {self._text(data['final_scores'])}"]
        if name in _SILENT:
            return []
        shown = [f"{key}={self._text(value)}" for key, value in data.items() if value not in (False, None)]
        return [f"  {name}  {'  '.join(shown)}".rstrip()]

    def table(self) -> list[str]:
        """The whole table: who plays, then the game's own keys."""
        players = [self._player(player) for player in self._view["players"]]
        lines = ["", f"{self._view.get('game')}: {self._view.get('phase')}", f"  players: {', '.join(players)}"]
        for key, value in self._view.items():
            if key not in _OF_TABLES:
                lines += self._lines(key, value, "  ")
        return lines

    def move(self, action: Frame) -> str:
        """An action of a turn: `mark cell=4`."""
        args = [f"{key}={self._text(value)}" for key, value in action["args"].items()]
        return " ".join((action["name"], *args))

    def _text(self, value: Any) -> str:
        return with_suits(named(value, self._names))

    def _player(self, player: Frame) -> str:
        name = named(player["display_name"], {})
        return f"{name} (you)" if player["player_id"] == self._me else name

    def _lines(self, key: str, value: Any, indent: str) -> list[str]:
        """One line if the value fits; maps and grids (rows of equal length) take several."""
        label = f"{indent}{self._text(key)}:"
        if _is_grid(value):
            return [label, *(f"{indent}    {named(row, {})}" for row in value)]
        text = self._text(value)
        if len(text) <= _INLINE_CHARACTERS or not isinstance(value, (dict, list)):
            return [f"{label} {text}"]
        if isinstance(value, list):
            more = [f"{indent}    ..."] if len(value) > _ROWS else []
            return [label, *more, *(f"{indent}    {self._text(item)}" for item in value[-_ROWS:])]
        return [label, *(line for inner, item in value.items() for line in self._lines(inner, item, f"{indent}  "))]


def _is_grid(value: Any) -> bool:
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(row, str) for row in value):
        return False
    return len({len(row) for row in value}) == 1 and 2 <= len(value[0]) <= 40 and not any(":" in row for row in value)
