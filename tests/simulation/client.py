"""A player's or a spectator's client: sends commands, loses its connection, and resumes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

from tests.simulation.client_socket import Frame, SimulatedSocket
from tests.simulation.loop import VirtualLoop

Connect = Callable[["Client"], SimulatedSocket | None]

_ANSWER_TIMEOUT_S = 12.0
_MOVES = ("player_bid", "card_played")


class Client:
    """`held`: the received events since the last state, by index, without a gap up to `last`.

    `pending`: unanswered commands, by id; they are sent again, under the same id, on the next connection.
    """

    def __init__(
        self, name: str, player_id: str, role: str | None, loop: VirtualLoop, random: Random, connect: Connect
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
        self.faults_over = False  # the client causes no more faults of its own
        self.socket: SimulatedSocket | None = None
        self.welcomed = False
        self.refused = 0
        self._loop = loop
        self._random = random
        self._connect = connect
        self._count = 0
        self._wakeup: asyncio.Future[None] | None = None

    # -- for the simulation

    @property
    def online(self) -> bool:
        return self.socket is not None and self.socket.open and self.welcomed

    async def run(self, think_s: float) -> None:
        """Connect and act until cancelled."""
        while True:
            self.socket, self.welcomed = self._connect(self), False
            if self.socket is not None:
                self._hello(self.socket)
                await self._stay_connected(self.socket, think_s)
            await self._sleep(self._random.uniform(0.01, 1.0))

    def command(self, name: str, args: dict[str, Any]) -> None:
        """Send a new command; sometimes twice."""
        self._count += 1
        command_id = f"{self.name}-{self._count}"
        frame: Frame = {"type": "command", "id": command_id, "name": name, "args": args}
        self.pending[command_id] = frame
        assert self.socket is not None, "connected"
        self.socket.send(frame)
        if self._random.random() < 0.15:
            self.socket.send(frame)

    # -- behaviour

    def _hello(self, socket: SimulatedSocket) -> None:
        if not self.faults_over and self._random.random() < 0.1:
            self._forget(self._random.choice((-1, self.last // 2)))
        hello = {"type": "hello", "token": self.player_id, "last_index": self.last, "epoch": self.epoch}
        socket.send(hello | ({} if self.role is None else {"role": self.role}))

    def _forget(self, last: int) -> None:
        """Forget the events after `last`. Below 0: the page was reloaded, and unanswered commands are forgotten too."""
        if last < 0:
            self.pending.clear()
        self.last = max(-1, min(self.last, last))
        self.held = {index: frame for index, frame in self.held.items() if index <= self.last}

    async def _stay_connected(self, socket: SimulatedSocket, think_s: float) -> None:
        await self._wait_until(lambda: self.welcomed or not socket.open, _ANSWER_TIMEOUT_S)
        for frame in tuple(self.pending.values()):
            if socket.open and self.welcomed:
                socket.send(frame)
        while socket.open:
            if not self.welcomed:
                self._disconnect(socket)
                return
            await self._wait_until(lambda: not socket.open, self._random.expovariate(1 / think_s))
            if socket.open:
                self._do_something(socket)

    def _do_something(self, socket: SimulatedSocket) -> None:
        dice = self._random.random()
        if not self.faults_over and dice < 0.12:
            self._disconnect(socket)
        elif not self.faults_over and dice < 0.16:
            socket.send({"type": "sync"})
        elif not self.faults_over and dice < 0.2 and self.done:
            socket.send(self.done[self._random.choice(sorted(self.done))])
        elif self.faults_over:
            for frame in self.pending.values():
                if frame.pop("retry", False):
                    socket.send(frame)
        elif self.role != "spectator":
            self._play(socket)

    def _play(self, socket: SimulatedSocket) -> None:
        """Send a command of relay. Overridden for other games."""
        if self._random.random() < 0.1:
            self.command("update_profile", {"display_name": f"{self.name} {self._count}"})
        else:
            self.command("say", {"data": f"{self.name}:{self._count}"})

    def _disconnect(self, socket: SimulatedSocket) -> None:
        socket.cut(lossy=self._random.random() < 0.5, noticed_after_s=self._random.choice((0.001, 1.0, 10.0)))
        self.turn = None

    # -- frames

    def received(self, socket: SimulatedSocket, frame: Frame) -> None:
        if socket is not self.socket:
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
        self._wake()

    def _rejected(self, frame: Frame) -> None:
        self.refused += 1
        if not frame["retryable"]:
            self.pending.pop(frame["id"], None)
        elif frame["id"] in self.pending:
            self.pending[frame["id"]]["retry"] = True

    def ended(self, socket: SimulatedSocket, code: int) -> None:
        if socket is self.socket:
            self.turn = None
            self._wake()

    # -- waiting

    def _wake(self) -> None:
        if self._wakeup is not None and not self._wakeup.done():
            self._wakeup.set_result(None)

    async def _wait_until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait until the condition holds, `seconds` at most."""
        over = False

        def expired() -> None:
            nonlocal over  # not read from the clock, which may be a rounding error before the deadline
            over = True
            self._wake()

        timer = self._loop.call_later(seconds, expired)
        while not condition() and not over:
            self._wakeup = self._loop.create_future()
            await self._wakeup
        timer.cancel()

    async def _sleep(self, seconds: float) -> None:
        await self._wait_until(lambda: False, seconds)


class CardPlayer(Client):
    """Plays El Dorado: takes a random action of those that `turn` offers, sometimes too late."""

    def _play(self, socket: SimulatedSocket) -> None:
        turn, self.turn = self.turn, None
        if turn is not None and not self.pending:
            action = self._random.choice(turn["actions"])
            self.command(action["name"], action["args"])
        elif not self.ready:
            self.ready = True
            self.command("set_ready", {"ready": True})
        elif self.name.startswith("a") and self._random.random() < 0.3:
            self.command("start_game", {})
