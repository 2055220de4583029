"""A player's or a spectator's client: sends commands, loses its connection, comes back where it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

from tests.simulation.client_socket import Frame, Wire
from tests.simulation.loop import VirtualLoop

Dial = Callable[["Client"], Wire | None]

_ANSWER_TIMEOUT_S = 12.0
_MOVES = ("player_bid", "card_played")


class Client:
    """`held`: the events that it has, by index, without a gap up to `last`, since its last state.

    `pending`: commands without an answer, by id; they are sent again, under the same id, on the next connection.
    """

    def __init__(
        self, name: str, player_id: str, role: str | None, loop: VirtualLoop, random: Random, dial: Dial
    ) -> None:
        self.name = name
        self.player_id = player_id
        self.role = role
        self.held: dict[int, Frame] = {}
        self.last = -1
        self.epoch: int | None = None
        self.pending: dict[str, Frame] = {}
        self.done: dict[str, Frame] = {}
        self.turn: Frame | None = None
        self.ready = False
        self.game_id = ""
        self.calm = False  # the faults are over: no more mischief of its own
        self.wire: Wire | None = None
        self.welcomed = False
        self.refused = 0
        self._loop = loop
        self._random = random
        self._dial = dial
        self._count = 0
        self._bell: asyncio.Future[None] | None = None

    # -- what the world sees

    @property
    def online(self) -> bool:
        return self.wire is not None and self.wire.open and self.welcomed

    async def live(self, think_s: float) -> None:
        """Until cancelled."""
        while True:
            self.wire, self.welcomed = self._dial(self), False
            if self.wire is not None:
                self._hello(self.wire)
                await self._converse(self.wire, think_s)
            await self._sleep(self._random.uniform(0.01, 1.0))

    def command(self, name: str, args: dict[str, Any]) -> None:
        """Send a new command; now and then twice."""
        self._count += 1
        command_id = f"{self.name}-{self._count}"
        frame: Frame = {"type": "command", "id": command_id, "name": name, "args": args}
        self.pending[command_id] = frame
        assert self.wire is not None, "connected"
        self.wire.send(frame)
        if self._random.random() < 0.15:
            self.wire.send(frame)

    # -- its life

    def _hello(self, wire: Wire) -> None:
        if not self.calm and self._random.random() < 0.1:
            self._forget(self._random.choice((-1, self.last // 2)))
        hello = {"type": "hello", "token": self.player_id, "last_index": self.last, "epoch": self.epoch}
        wire.send(hello | ({} if self.role is None else {"role": self.role}))

    def _forget(self, last: int) -> None:
        """It knows less than it did. If that is nothing, the page was loaded anew: what was sent is forgotten too."""
        if last < 0:
            self.pending.clear()
        self.last = max(-1, min(self.last, last))
        self.held = {index: frame for index, frame in self.held.items() if index <= self.last}

    async def _converse(self, wire: Wire, think_s: float) -> None:
        await self._until(lambda: self.welcomed or not wire.open, _ANSWER_TIMEOUT_S)
        for frame in tuple(self.pending.values()):
            if wire.open and self.welcomed:
                wire.send(frame)
        while wire.open:
            if not self.welcomed:
                self._hang_up(wire)
                return
            await self._until(lambda: not wire.open, self._random.expovariate(1 / think_s))
            if wire.open:
                self._act(wire)

    def _act(self, wire: Wire) -> None:
        dice = self._random.random()
        if not self.calm and dice < 0.12:
            self._hang_up(wire)
        elif not self.calm and dice < 0.16:
            wire.send({"type": "sync"})
        elif not self.calm and dice < 0.2 and self.done:
            wire.send(self.done[self._random.choice(sorted(self.done))])
        elif self.calm:
            for frame in self.pending.values():
                if frame.pop("retry", False):
                    wire.send(frame)
        elif self.role != "spectator":
            self._play(wire)

    def _play(self, wire: Wire) -> None:
        """Overridden by games that are not relay."""
        if self._random.random() < 0.1:
            self.command("update_profile", {"display_name": f"{self.name} {self._count}"})
        else:
            self.command("say", {"data": f"{self.name}:{self._count}"})

    def _hang_up(self, wire: Wire) -> None:
        wire.cut(lossy=self._random.random() < 0.5, noticed_after_s=self._random.choice((0.001, 1.0, 10.0)))
        self.turn = None

    # -- what it hears

    def received(self, wire: Wire, frame: Frame) -> None:
        if wire is not self.wire:
            return
        match frame["type"]:
            case "welcome":
                self.epoch = frame["epoch"]
                self.welcomed = frame["mode"] == "replay"
            case "state":
                self.last, self.held, self.welcomed = frame["index"], {}, True
            case "event":
                self.last = frame["index"]
                self.held[self.last] = frame
                if frame["name"] in _MOVES and frame["data"]["player_id"] == self.player_id:
                    self.turn = None
            case "turn":
                self.turn = frame
            case "ack":
                sent = self.pending.pop(frame["id"], None)
                if sent is not None:
                    self.done[frame["id"]] = sent
            case "reject":
                self._rejected(frame)
        self._ring()

    def _rejected(self, frame: Frame) -> None:
        self.refused += 1
        if not frame["retryable"]:
            self.pending.pop(frame["id"], None)
        elif frame["id"] in self.pending:
            self.pending[frame["id"]]["retry"] = True

    def ended(self, wire: Wire, code: int) -> None:
        if wire is self.wire:
            self.turn = None
            self._ring()

    # -- waiting

    def _ring(self) -> None:
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)

    async def _until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Until it holds, at most so long."""
        over = False

        def expired() -> None:
            nonlocal over  # the timer says it, not the clock: that may stand a rounding error before the deadline
            over = True
            self._ring()

        timer = self._loop.call_later(seconds, expired)
        while not condition() and not over:
            self._bell = self._loop.create_future()
            await self._bell
        timer.cancel()

    async def _sleep(self, seconds: float) -> None:
        await self._until(lambda: False, seconds)


class CardPlayer(Client):
    """Plays El Dorado as it is told to: any of the actions of its turn, sometimes too late."""

    def _play(self, wire: Wire) -> None:
        turn, self.turn = self.turn, None
        if turn is not None and not self.pending:
            action = self._random.choice(turn["actions"])
            self.command(action["name"], action["args"])
        elif not self.ready:
            self.ready = True
            self.command("set_ready", {"ready": True})
        elif self.name.startswith("a") and self._random.random() < 0.3:
            self.command("start_game", {})
