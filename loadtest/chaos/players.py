"""The clients of a run: in relay rooms, at tables of El Dorado, and spectators of bots."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from loadtest.api import Seat
from loadtest.chaos.hidden_information import HiddenInformationCheck
from loadtest.chaos.history import command_key
from loadtest.chaos.reconnecting_client import ReconnectingClient, RunCounts
from loadtest.wire import Codec

_THINK_S = (0.01, 0.08)
_MOVES = {"bid": ("player_bid", "value"), "play_card": ("card_played", "card")}
"""Command -> (the event that it causes, the key of the move in the command)."""
_OVER = "invalid_phase"
"""The game has ended. A reject is sent at once and may arrive before the event of the end."""
_OVERTAKEN = {_OVER, "not_your_turn", "invalid_card", "must_follow_suit"}
"""A command that is sent again is refused if its move was forced in the meantime."""


class RelayPlayer(ReconnectingClient):
    """Sends messages that no other client sends. `padding`: characters added to each."""

    def __init__(self, seat: Seat, counts: RunCounts, draw: random.Random, codec: Codec, padding: int = 0) -> None:
        super().__init__(seat, counts, draw, codec)
        self._padding = "x" * padding
        self._said = 0

    def say(self) -> None:
        self._said += 1
        data: dict[str, Any] = {"n": self._said, "by": self.seat.seat}
        if self._padding:
            data["padding"] = self._padding
        self.submit("say", {"data": data}, command_key("said", self.player_id, data))

    probe = say


class CardPlayer(ReconnectingClient):
    """Takes random moves of those that `turn` offers.

    `over`: the game has ended. `leaks`: frames with hidden information.
    """

    def __init__(
        self, seat: Seat, counts: RunCounts, draw: random.Random, codec: Codec, role: str | None = None
    ) -> None:
        super().__init__(seat, counts, draw, codec, role)
        self.over = asyncio.Event()
        self.leaks: list[str] = []
        self._hidden = HiddenInformationCheck(self.history.viewer)
        self._turn: dict[str, Any] | None = None
        self._moving = False  # a move is being chosen, or is unanswered

    def probe(self) -> None:
        """Send a command that is accepted at any time of the game."""
        color = f"#{self.draw.getrandbits(24):06x}"
        self.submit("update_profile", {"color": color}, command_key("profile_updated", self.player_id, color))

    def on_event(self, frame: dict[str, Any]) -> None:
        super().on_event(frame)
        self._check_for_leaks(frame)
        if frame["name"] in ("game_completed", "game_aborted"):
            self.over.set()

    def on_other(self, frame: dict[str, Any]) -> None:
        self._check_for_leaks(frame)
        super().on_other(frame)
        if frame["type"] == "state" and frame["view"]["phase"] in ("completed", "aborted"):
            self.over.set()

    def on_turn(self, frame: dict[str, Any]) -> None:
        self._check_for_leaks(frame)
        self._turn = frame
        if not self._moving:
            self._think()

    def on_reject(self, frame: dict[str, Any]) -> None:
        self._check_for_leaks(frame)
        super().on_reject(frame)

    def answered(self, name: str, ack: dict[str, Any] | None) -> None:
        if name not in _MOVES:
            return
        self._moving = False
        if ack is None:
            self._turn = None
            if self.connection is not None:
                self.connection.send({"type": "sync"})  # answered with a new `turn` if it is this player's turn
        elif self._turn is not None and self._turn["index"] >= ack["first"]:
            self._think()  # the next turn arrived before the ack
        else:
            self._turn = None

    def may_refuse(self, name: str, code: str) -> bool:
        return code in _OVERTAKEN if name in _MOVES else code == _OVER

    def _think(self) -> None:
        self._moving = True
        asyncio.get_running_loop().call_later(self.draw.uniform(*_THINK_S), self._move)

    def _move(self) -> None:
        turn, self._turn = self._turn, None
        if turn is None or not turn["actions"] or self.stopped:
            self._moving = False
            return
        action = self.draw.choice(turn["actions"])
        event, key = _MOVES[action["name"]]
        self.submit(action["name"], action["args"], command_key(event, self.player_id, action["args"][key]))

    def _check_for_leaks(self, frame: dict[str, Any]) -> None:
        problem = self._hidden.problem(frame)
        if problem is not None:
            self.leaks.append(f"{self.name}: {problem}")


Player = RelayPlayer | CardPlayer
