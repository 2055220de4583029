"""A real server with real sockets, for tests that want to see their game as a client does.

with live_server(GAME) as url:
    guest = Guest(url)
    guest.open("tictactoe", bots=1, rounds=1)
    guest.play()
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from websockets.sync.client import ClientConnection, connect

from server.app import running
from server.games.registry import Registry
from server.games.rules import Game
from server.settings import Settings
from server.testing.table import Choice, Frame, first

_PATIENCE_S = 20.0


@contextmanager
def live_server(*games: Game[Any], database_url: str | None = None, **settings: Any) -> Iterator[str]:
    """A server in a separate thread; yields its URL. `games`: those that it has (none: all that are installed).

    Its database is `database_url`, or the embedded one in a folder that is removed afterwards (parlor[embedded]).
    `settings`: those of `server.settings`, by their names. Raises whatever keeps it from starting.
    """
    with tempfile.TemporaryDirectory(prefix="parlor-", ignore_cleanup_errors=True) as folder:
        given = {"database_url": database_url, "port": 0, "data_dir": Path(folder), **settings}
        serving = _Serving(Settings(**given), Registry(games) if games else None)
        serving.start()
        try:
            yield serving.url()
        finally:
            serving.stop()


class _Serving(threading.Thread):
    """The thread in which the server runs."""

    def __init__(self, settings: Settings, registry: Registry | None) -> None:
        super().__init__(name="parlor", daemon=True)
        self._settings = settings
        self._registry = registry
        self._ready = threading.Event()
        self._url = ""
        self._error: BaseException | None = None
        self._end: Callable[[], Any] = lambda: None

    def run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001  # the thread that started the server raises it
            self._error = error
        self._ready.set()

    def url(self) -> str:
        self._ready.wait()
        if self._error is not None:
            raise self._error
        return self._url

    def stop(self) -> None:
        with suppress(RuntimeError):  # it has ended by itself
            self._end()
        self.join()

    async def _serve(self) -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        self._end = lambda: loop.call_soon_threadsafe(over.set)
        async with running(self._settings, registry=self._registry) as app:
            serving = asyncio.create_task(app.serve())
            try:
                await app.open()
                self._url = app.url
                self._ready.set()
                await over.wait()
            finally:
                await app.stop()
                await serving


class Guest:
    """A player without an account, over HTTP and a socket. Waits at most 20 seconds for anything (TimeoutError)."""

    def __init__(self, url: str, name: str = "Ada") -> None:
        self._url = url
        self._token: str | None = None
        self._socket: ClientConnection | None = None
        self._connections = ExitStack()
        self._sent = 0
        self._turn: Frame | None = None  # the newest one, unless it was used
        self._over: Frame | None = None  # the end of the game
        self.frames: list[Frame] = []
        me = self.post("/api/players", display_name=name)
        self.player_id: str = me["player_id"]
        self._token = me["token"]

    def get(self, path: str) -> Any:
        """The JSON of an answer. Raises AssertionError with what the server says if it refuses."""
        return self._ask("GET", path, None)

    def post(self, path: str, **body: Any) -> Any:
        """The same for a POST."""
        return self._ask("POST", path, body)

    def open(self, game: str, bots: int = 0, **config: Any) -> Frame:
        """A new room, in which this player sits; with bots the game starts at once. Returns the room."""
        room = self.post("/api/rooms", game=game, bots=bots, autostart=bots > 0, config=config)
        self.connect(room["ws_url"])
        return cast(Frame, room)

    def move_to(self, url: str) -> None:
        """Another server over the same database; `connect` to a room there."""
        self.close()
        self._url = url

    def connect(self, ws_url: str) -> None:
        """Sit down at a room's socket and wait for the welcome."""
        self._socket = self._connections.enter_context(connect(ws_url, compression=None))
        self.send({"type": "hello", "token": self._token})
        self.wait_for(lambda frame: frame["type"] == "welcome")

    def send(self, frame: Frame) -> None:
        assert self._socket is not None, "open or connect comes first"
        self._socket.send(json.dumps(frame))

    def ask(self, name: str, /, **args: Any) -> Frame:
        """Send a command; returns its `ack` or `reject`."""
        self._sent += 1
        sent = f"c{self._sent}"
        self.send({"type": "command", "id": sent, "name": name, "args": args})
        answer = self.wait_for(lambda frame: frame["type"] in ("ack", "reject") and frame.get("id") == sent)
        if answer["type"] == "ack":
            self._turn = None  # the next one comes behind the ack
        return answer

    def wait_for(self, wanted: Callable[[Frame], bool]) -> Frame:
        """The next frame that is wanted; those on the way are kept in `frames` like all others."""
        assert self._socket is not None, "open or connect comes first"
        while True:
            frame: Frame = json.loads(self._socket.recv(_PATIENCE_S))
            self.frames.append(frame)
            if frame["type"] == "turn":
                self._turn = frame
            elif frame.get("name") == "game_completed":
                self._over = frame
            if wanted(frame):
                return frame

    def play(self, choose: Choice = first) -> Frame:
        """Take part until the game is over; returns the event `game_completed`."""
        while self._over is None:
            if self._turn is None:
                self.wait_for(lambda frame: frame["type"] == "turn" or frame.get("name") == "game_completed")
            else:
                action = choose(self._turn["actions"])
                self.ask(action["name"], **action["args"])
        return self._over

    def close(self) -> None:
        self._connections.close()

    def _ask(self, method: str, path: str, body: Any) -> Any:
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self._token}"} if self._token else {}
        )
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self._url + path, data, headers, method=method), timeout=_PATIENCE_S) as answer:  # noqa: S310  # the server's own address
                return json.load(answer)
        except HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None
