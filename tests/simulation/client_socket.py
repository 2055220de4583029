"""The connection between a client and a session: both directions in order, with delays. It may end at any moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextvars import Context
from functools import partial
from random import Random
from typing import Any, Protocol

import orjson

from server.play.sockets.room import RoomSession
from server.wire.encoders import JSON
from tests.simulation.loop import VirtualLoop
from tests.simulation.node import Node

Frame = dict[str, Any]


class SocketClient(Protocol):
    """The client's side."""

    def received(self, socket: SimulatedSocket, frame: Frame) -> None: ...

    def ended(self, socket: SimulatedSocket, code: int) -> None: ...


class SocketObserver(Protocol):
    """Is called with each frame at the moment at which it leaves the server."""

    def frame_sent(self, socket: SimulatedSocket, frame: Frame) -> None: ...


class _OneWay:
    """One direction: calls arrive in the order in which they were sent."""

    def __init__(self, loop: VirtualLoop, context: Context | None) -> None:
        self._loop = loop
        self._context = context
        self._calls: deque[Callable[[], None]] = deque()
        self._last_s = 0.0

    def send(self, delay_s: float, call: Callable[[], None]) -> None:
        self._calls.append(call)
        self._last_s = max(self._last_s, self._loop.now_s + delay_s)
        self._loop.call_at(self._last_s, self._arrive, context=self._context)

    def clear(self) -> None:
        """Lose everything in flight."""
        self._calls.clear()

    def _arrive(self) -> None:
        if self._calls:
            self._calls.popleft()()


class SimulatedSocket:
    """Also the session's `Outlet`. `hello`: what the client said first; None: nothing yet."""

    congested = False

    def __init__(self, node: Node, game_id: str, client: SocketClient, watch: SocketObserver, random: Random) -> None:
        self.node = node
        self.game_id = game_id
        self.client = client
        self.hello: Frame = {}
        self.open = True  # as the client sees it
        self.closed_by_server = False
        self._over = False  # the server knows that the connection is closed
        self._observer = watch
        self._random = random
        self._up = _OneWay(node.loop, node.context)
        self._down = _OneWay(node.loop, None)
        self.session: RoomSession = node.context.run(RoomSession, node.keeper, self, game_id, JSON, None)

    # -- the client's side

    def send(self, frame: Frame) -> None:
        if not self.hello:
            self.hello = frame
        data = orjson.dumps(frame)
        self._up.send(self._delay_s(), lambda: self._deliver(data))

    def cut(self, *, lossy: bool, noticed_after_s: float) -> None:
        """Close the client's side; the server notices later. `lossy`: bytes in flight are lost."""
        self.open = False
        if lossy:
            self._up.clear()
        self._down.clear()
        self._up.send(noticed_after_s, self._gone)

    def node_crashed(self) -> None:
        self._up.clear()
        self._down.clear()
        if self.open:
            self._down.send(self._delay_s(), lambda: self._ended(1006))

    # -- the server's side (`Outlet`)

    def write(self, data: bytes) -> None:
        if not self.node.alive:
            return
        frames = frames_of(data)
        for frame in frames:
            self._observer.frame_sent(self, frame)
        part = self._random.randint(1, len(frames))  # the rest of a long write may arrive later, or never
        for some in (frames[:part], frames[part:]):
            if some:
                self._down.send(self._delay_s(), partial(self._receive, some))

    def close(self, code: int, reason: str) -> None:
        self.closed_by_server = True
        if self.node.alive:
            self._down.send(self._delay_s(), lambda: self._ended(int(code)))
            self._up.send(self._random.choice((0.001, 2.0)), self._gone)

    def greeted(self) -> None:
        """The session has accepted the hello."""

    # -- arrivals

    def _deliver(self, data: bytes) -> None:
        if self.node.alive and not self.closed_by_server:
            self.session.receive(data, binary=False)

    def _gone(self) -> None:
        if self.node.alive and not self._over:
            self._over = True
            self.session.gone()

    def _receive(self, frames: list[Frame]) -> None:
        for frame in frames:
            if self.open:
                self.client.received(self, frame)

    def _ended(self, code: int) -> None:
        if self.open:
            self.open = False
            self.client.ended(self, code)

    def _delay_s(self) -> float:
        return self._random.uniform(0.0005, 0.02)


def frames_of(data: bytes) -> list[Frame]:
    """The frames in one write."""
    found, place = [], 0
    while place < len(data):
        size, place = data[place + 1], place + 2
        if size >= 126:
            width = 2 if size == 126 else 8
            size, place = int.from_bytes(data[place : place + width], "big"), place + width
        found.append(orjson.loads(data[place : place + size]))
        place += size
    return found
