"""A player without knowledge of the rules: takes a random move of those that `turn` offers."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from loadtest.connection import Connection, FrameHandler

_AGAIN_S = 0.2
MOVES = {"player_bid": ("bid", "bid"), "card_played": ("play_card", "card")}
"""Event -> (the command that causes it, the key of the move in the event)."""


class RandomPlayer(FrameHandler):
    """One seat for a whole game. After a lost connection pass the player and its journal to `connect` again.

    `done` is resolved when the game is over; True: it was completed.
    """

    def __init__(self, player_id: str, seed: int) -> None:
        self.player_id = player_id
        self.done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.events = 0
        self.rejects: list[str] = []
        self.connection: Connection
        self.closed: str | None = None
        self._random = random.Random(seed)
        self._turn: dict[str, Any] | None = None
        self._unanswered: tuple[str, dict[str, Any]] | None = None
        self._acked_moves: dict[str, dict[str, Any]] = {}  # by command id
        self._own_moves: dict[int, tuple[str, Any]] = {}  # own moves in the log, by index: (command, value)
        self._count = 0

    def command(self, name: str, args: dict[str, Any] | None = None) -> None:
        """Send a command that is not a move: ready, start, leave."""
        self._count += 1
        self.connection.command(f"{name}-{self._count}", name, args or {})

    def on_connection(self, connection: Connection) -> None:
        self.connection = connection

    def on_other(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "welcome" and self._unanswered is not None:
            self._send()  # the answer was lost with the last connection: send it again, under the same id
        elif frame["type"] == "state" and frame["view"]["phase"] in ("completed", "aborted"):
            self._over(completed=frame["view"]["phase"] == "completed")

    def on_event(self, frame: dict[str, Any]) -> None:
        self.events += 1
        name, data = frame["name"], frame["data"]
        move = MOVES.get(name)
        if move is not None:
            if data["player_id"] == self.player_id and not data["forced"]:
                self._own_moves[frame["index"]] = (move[0], data[move[1]])
        elif name == "game_completed":
            self._over(completed=True)
        elif name == "game_aborted":
            self._over(completed=False)

    def on_turn(self, frame: dict[str, Any]) -> None:
        self._turn = frame
        if self._unanswered is None:
            self._move()

    def on_ack(self, frame: dict[str, Any]) -> None:
        if self._unanswered is None or frame["id"] != self._unanswered[0]:
            return
        command_id, action = self._unanswered
        self._acked_moves[command_id] = action
        self._unanswered = None
        if self._turn is not None and self._turn["index"] >= frame["first"]:
            self._move()  # the next turn arrived before the ack
        else:
            self._turn = None

    def on_reject(self, frame: dict[str, Any]) -> None:
        if self._unanswered is not None and frame["id"] == self._unanswered[0]:
            if frame["retryable"]:
                asyncio.get_running_loop().call_later(_AGAIN_S, self._send)
                return
            self._unanswered = None
        self.rejects.append(f"{frame['code']}: {frame['message']}")

    def on_closed(self, code: int, reason: str) -> None:
        self.closed = f"{code} {reason}".strip()

    def problems(self) -> list[str]:
        """Acked moves that are not in the log exactly once, moves without an ack, and the problems of the journal."""
        found = [*self.connection.journal.problems, *(f"rejected: {reject}" for reject in self.rejects)]
        if self._unanswered is not None:
            found.append(f"command {self._unanswered[0]} was never answered")
        claimed = set()
        for command_id, action in self._acked_moves.items():
            first, _ = self.connection.journal.acks[command_id]
            claimed.add(first)
            value = next(iter(action["args"].values()))
            if self._own_moves.get(first) != (action["name"], value):
                found.append(f"{action['name']} {value} was acked as {first}; the log has {self._own_moves.get(first)}")
        if extra := self._own_moves.keys() - claimed:
            found.append(f"moves in the log that were not acked: {sorted(extra)[:5]}")
        return found

    def _move(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None and turn["actions"]:
            self._count += 1
            self._unanswered = (f"move-{self._count}", self._random.choice(turn["actions"]))
            self._send()

    def _send(self) -> None:
        if self._unanswered is not None:
            command_id, action = self._unanswered
            self.connection.command(command_id, action["name"], action["args"])

    def _over(self, *, completed: bool) -> None:
        if not self.done.done():
            self.done.set_result(completed)
