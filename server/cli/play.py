"""parlor play: a seat at any game of a running server, in a terminal. Knows no rules: the server lists the moves."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from server import limits
from server.cli.table_text import TableText
from server.errors import StartupError

Frame = dict[str, Any]
_ANSWER_S = 20.0
_HELP = "a number takes that move; NAME {JSON} sends any command; ? shows the table; q leaves"


async def play(
    url: str, game: str, bots: int | None, level: str | None, config: dict[str, Any], source: int = 0
) -> int:
    """Open a room and play in it; `source`: the file descriptor with the player's input.

    Returns 0 when the game is over or the player has left, 1 if the connection or the input ended before that.
    Raises StartupError.
    """
    api = Api(url)
    told = await api.ask("GET", "/api/games")
    known = {item["name"]: item for item in told["items"]}
    if game not in known:
        raise StartupError(f"the server has no game named {game!r} (it has: {', '.join(sorted(known))})", exit_code=2)
    if bots is None:
        bots = max(1, known[game]["min_players"] - 1) if known[game]["bot_levels"] else 0
    me = await api.ask("POST", "/api/players", {"display_name": "You"})
    wish = {"game": game, "bots": bots, "bot_level": level, "autostart": bots > 0, "is_public": False, "config": config}
    room = await api.ask("POST", "/api/rooms", wish, me["token"])
    print(f"{game} at {url}, join code {room['join_code']}\n{_HELP}")
    try:
        async with connect(room["ws_url"], compression=None) as socket:
            return await Seat(socket, me["player_id"]).play(me["token"], Lines(source))
    except OSError as error:
        raise StartupError(f"no connection to {room['ws_url']}: {error}") from None


class Api:
    """The HTTP side of a server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise StartupError(f"{url!r} is not the address of a server, such as http://127.0.0.1:8000", exit_code=2)
        self._url = url.rstrip("/")

    async def ask(self, method: str, path: str, body: Frame | None = None, token: str | None = None) -> Any:
        """The JSON of the response. Raises StartupError."""
        return await asyncio.to_thread(self._ask, method, path, body, token)

    def _ask(self, method: str, path: str, body: Frame | None, token: str | None) -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._url + path, data, headers, method=method)  # noqa: S310  # http or https, see above
        try:
            with urlopen(request, timeout=_ANSWER_S) as answer:  # noqa: S310  # as above
                return json.load(answer)
        except HTTPError as error:
            raise StartupError(f"the server says: {_message(error)}") from None
        except (URLError, OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise StartupError(f"no Parlor answers at {self._url} ({reason}): start one with `parlor serve`") from None


class Seat:
    """A player's seat in a terminal. `_actions`: the moves of the current turn, None while another player's turn is."""

    def __init__(self, socket: ClientConnection, player_id: str) -> None:
        self._socket = socket
        self._table = TableText(player_id)
        self._actions: list[Frame] | None = None
        self._is_fresh = False  # nothing has happened since the table was sent
        self._table_wanted = False
        self._sent = 0
        self._unanswered = 0
        self._left: int | None = None  # the exit code, once the player is leaving

    async def play(self, token: str, lines: Lines) -> int:
        """Play to the end. Returns the exit code."""
        await self._send({"type": "hello", "token": token})
        pinging, frame = asyncio.create_task(self._ping()), asyncio.create_task(self._frame())
        line = asyncio.create_task(lines.next())
        try:
            while True:
                waited: set[asyncio.Task[Any]] = {frame} if self._holds(line) else {frame, line}
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                if frame.done():
                    ended = await self._take(frame.result())
                    if ended is not None:
                        return ended
                    frame = asyncio.create_task(self._frame())
                elif not self._holds(line):
                    await self._carry_out(line.result())
                    line = asyncio.create_task(lines.next())
        finally:
            for task in (pinging, frame, line):
                task.cancel()

    def _holds(self, line: asyncio.Task[str | None]) -> bool:
        """Whether a line that was typed ahead must wait: a number waits for the turn, the end of the input for pending
        answers, and everything once the player is leaving."""
        if self._left is not None:
            return True
        if not line.done():
            return False
        text = line.result()
        return self._unanswered > 0 if text is None else text.strip().isdigit() and self._actions is None

    async def _take(self, frame: Frame | None) -> int | None:  # noqa: C901  # one case a frame
        """Handle a frame from the server (None: it has closed). Returns the exit code if the game ends here."""
        if frame is None:
            code, reason = self._socket.close_code, self._socket.close_reason
            print(f"the connection was closed ({code} {reason})", file=sys.stderr)
            return 1
        match frame["type"]:
            case "state":
                self._table.state(frame["view"])
                self._is_fresh = True
                if self._table_wanted:
                    self._table_wanted = False
                    _print(self._table.table())
            case "event":
                self._is_fresh = False
                _print(self._table.event(frame))
                if frame["name"] in ("game_completed", "game_aborted"):
                    return self._left or 0
            case "turn" if frame["actions"] and not self._is_fresh:
                await self._send({"type": "sync"})  # show the table first; the server sends the turn again after it
            case "turn":
                self._offer(frame["actions"])
            case "ack" | "reject" if self._left is not None:
                self._unanswered -= 1
                if frame["type"] == "reject":  # of a command that was typed before leaving
                    print(f"not possible: {frame['message']}")
                return self._left if self._unanswered == 0 else None
            case "ack":
                self._unanswered -= 1
            case "reject":
                self._unanswered -= 1
                print(f"not possible: {frame['message']}")
                await self._send({"type": "sync"})
            case "status" if frame["paused"]:
                print(f"the game is paused: {frame['reason']}")
            case "error":
                print(f"the server says: {frame['message']}", file=sys.stderr)
        return None

    def _offer(self, actions: list[Frame]) -> None:
        self._actions = actions
        _print(self._table.table())
        if not actions:
            print("It is your turn; the moves can't be listed: send one as NAME {JSON}")
        for number, action in enumerate(actions, 1):
            print(f"  {number:>2}) {self._table.move(action)}")
        print("> ", end="", flush=True)

    async def _carry_out(self, line: str | None) -> None:
        """Carry out one line of input; None: the input has ended."""
        text = "" if line is None else line.strip()
        name, _, rest = text.partition(" ")
        if line is None or text in ("q", "quit"):
            await self._leave("the input has ended: " if line is None else "", 1 if line is None else 0)
        elif text == "?":
            self._table_wanted = self._actions is None
            self._is_fresh = False
            await self._send({"type": "sync"})
        elif text.isdigit():
            await self._choose(int(text))
        elif name.isidentifier():
            try:
                args = json.loads(rest or "{}")
            except ValueError:
                args = None
            if isinstance(args, dict):
                await self._command(name, args)
            else:
                print(f'the arguments must be a map in JSON, such as {name} {{"value": 3}}')
        elif text:
            print(_HELP)

    async def _choose(self, number: int) -> None:
        actions = self._actions or []
        if 1 <= number <= len(actions):
            self._actions = None
            await self._command(actions[number - 1]["name"], actions[number - 1]["args"])
        else:
            print(f"a number from 1 to {len(actions)}" if actions else "there is nothing to choose from")

    async def _command(self, name: str, args: Frame) -> None:
        self._sent += 1
        self._unanswered += 1
        await self._send({"type": "command", "id": f"c{self._sent}", "name": name, "args": args})

    async def _leave(self, why: str, code: int) -> None:
        """Give up the seat, so that nobody waits for this player. The answer ends the command."""
        print(f"{why}you leave the table")
        self._left = code
        await self._command("leave", {})

    async def _send(self, frame: Frame) -> None:
        with suppress(ConnectionClosed):  # the next read reports it
            await self._socket.send(json.dumps(frame))

    async def _frame(self) -> Frame | None:
        try:
            frame: Frame = json.loads(await self._socket.recv())
        except ConnectionClosed:
            return None
        return frame

    async def _ping(self) -> None:
        """Keep the connection open: the server closes silent ones, and a player may think for long."""
        while True:
            await asyncio.sleep(limits.HEARTBEAT_S)
            await self._send({"type": "ping"})


class Lines:
    """The lines of a file, one at a time."""

    def __init__(self, source: int) -> None:
        self._source = source
        self._loop = asyncio.get_running_loop()
        self._read: asyncio.Queue[str | None] = asyncio.Queue(1)
        threading.Thread(target=self._pump, daemon=True).start()

    async def next(self) -> str | None:
        """The next line; None once there are no more."""
        return await self._read.get()

    def _pump(self) -> None:
        """Runs in a thread, because a terminal can't be awaited. Reads unbuffered: the thread may be left waiting."""
        rest = b""
        with suppress(RuntimeError, CancelledError):  # the event loop is gone: the game is over
            while data := self._input():
                *whole, rest = (rest + data).split(b"\n")
                for line in whole:
                    self._put(line.decode(errors="replace"))
            if rest:
                self._put(rest.decode(errors="replace"))
            while True:
                self._put(None)

    def _input(self) -> bytes:
        try:
            return os.read(self._source, 4096)
        except OSError:
            return b""

    def _put(self, line: str | None) -> None:
        asyncio.run_coroutine_threadsafe(self._read.put(line), self._loop).result()


def _print(lines: list[str]) -> None:
    if lines:
        print("\n".join(lines), flush=True)


def _message(error: HTTPError) -> str:
    try:
        return str(json.load(error)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"{error.code} {error.reason}"
