"""Count the Python calls of one card: `python -m tests.support.profile_move [-v]`.

A whole server on this process's event loop, with a real Postgres and real sockets; El Dorado with four players. Each
card is measured alone, from the moment at which its command is written to the player's socket until the ack and all
four events have arrived. Counted are calls of functions in `server/` and `persistence/`, as `sys.setprofile` sees them:

calls       a function, method, comprehension, generator or coroutine of ours starts; C functions and libraries are
            not counted, and neither is a coroutine or generator that goes on after a pause (told apart, as "resumed")
files       the different files of these functions
crossings   calls whose caller, the function just above on the stack, is ours as well and in another file

Only cards that cause a single event are used (not the end of a trick). How many calls one takes depends on the number
of cards that the next player may choose from, and now and then a timer of the server falls into a measurement: compare
the median and the least. `-v` lists the calls of the median.
"""

from __future__ import annotations

import argparse
import asyncio
import opcode
import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

from loadtest.api import Api, Seat
from loadtest.connection import Connection, FrameHandler, connect
from migrations import runner
from persistence.embedded import postgres as embedded
from server.app import App
from tests.support.in_process_server import served
from tests.support.postgres import scratch_folder

_ROOT = Path(__file__).parents[2]
_OURS = tuple(f"{_ROOT / package}/" for package in ("server", "persistence"))
_PLAYERS = 4
_ANSWER_S = 10.0
_RESUME = opcode.opmap["RESUME"]
_CONFIG = {"max_players": _PLAYERS, "turn_seconds": 0, "round_pause_ms": 0}


class Call(NamedTuple):
    """`depth`: how many of our functions are above it on the stack. `caller`: the file just above, if it is ours."""

    file: str
    function: str
    depth: int
    caller: str | None


class Profile:
    """A context manager: records the calls inside it."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.resumed = 0

    def __enter__(self) -> Profile:
        sys.setprofile(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    @property
    def files(self) -> int:
        return len({call.file for call in self.calls})

    @property
    def crossings(self) -> int:
        return sum(call.caller not in (None, call.file) for call in self.calls)

    def _event(self, frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if event != "call" or not _is_ours(code):
            return
        if _goes_on(frame):
            self.resumed += 1
            return
        above = frame.f_back
        caller = above.f_code.co_filename if above is not None and _is_ours(above.f_code) else None
        depth = 0
        while above is not None:
            depth += _is_ours(above.f_code)
            above = above.f_back
        self.calls.append(Call(code.co_filename, code.co_qualname, depth, caller))


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(_OURS)


def _goes_on(frame: FrameType) -> bool:
    """Whether a generator or coroutine continues: the low bits of RESUME say where it was paused, 0 is its start."""
    position = frame.f_lasti
    operation, argument = frame.f_code.co_code[position : position + 2]
    return operation == _RESUME and argument & 3 != 0


class Client(FrameHandler):
    """One player's socket. `turn`: the newest offer of moves that was not used yet."""

    def __init__(self, arrived: asyncio.Event) -> None:
        self.connection: Connection
        self.turn: dict[str, Any] | None = None
        self.ack: dict[str, Any] | None = None
        self.is_over = False
        self._arrived = arrived  # set by every frame

    def on_connection(self, connection: Connection) -> None:
        self.connection = connection

    def on_turn(self, frame: dict[str, Any]) -> None:
        self.turn = frame
        self._arrived.set()

    def on_ack(self, frame: dict[str, Any]) -> None:
        self.ack = frame
        self._arrived.set()

    def on_event(self, frame: dict[str, Any]) -> None:
        self.is_over = self.is_over or frame["name"] == "game_completed"
        self._arrived.set()

    def on_reject(self, frame: dict[str, Any]) -> None:
        raise RuntimeError(f"rejected: {frame}")


class Table:
    """A game of `_PLAYERS` clients, played one move at a time."""

    def __init__(self, clients: list[Client], arrived: asyncio.Event) -> None:
        self._clients = clients
        self._arrived = arrived
        self._commands = 0

    async def act(self, client: Client, name: str, args: dict[str, Any]) -> int:
        """Send one command; returns how many events it caused, once every client has all of them."""
        self._commands += 1
        client.ack = None
        client.connection.command(f"c{self._commands}", name, args)
        async with asyncio.timeout(_ANSWER_S):
            while client.ack is None or not self._all_have(client.ack["last"]):
                await self._something()
        return int(client.ack["last"] - client.ack["first"] + 1)

    def _all_have(self, index: int) -> bool:
        return all(client.connection.journal.last_index >= index for client in self._clients)

    @property
    def is_over(self) -> bool:
        return self._clients[0].is_over

    async def next_turn(self) -> tuple[Client, dict[str, Any]]:
        """Whose turn it is, and the first move that is offered."""
        async with asyncio.timeout(_ANSWER_S):
            while True:
                for client in self._clients:
                    if client.turn is not None:
                        action, client.turn = client.turn["actions"][0], None
                        return client, action
                await self._something()

    async def _something(self) -> None:
        """Wait until anything arrives at any client."""
        await self._arrived.wait()
        self._arrived.clear()


async def measure(app: App, cards: int) -> list[Profile]:
    """The profiles of so many cards."""
    api = Api(app.url)
    profiles: list[Profile] = []
    while len(profiles) < cards:
        table = await _begin(api)
        while not table.is_over and len(profiles) < cards:
            client, action = await table.next_turn()
            with Profile() as profile:
                events = await table.act(client, action["name"], action["args"])
            if action["name"] == "play_card" and events == 1:
                profiles.append(profile)
    await api.close()
    return profiles


async def _begin(api: Api) -> Table:
    guests = [await api.guest(f"Player {number + 1}") for number in range(_PLAYERS)]
    seats: list[Seat] = await api.full_room(guests, game="eldorado", config=_CONFIG, is_public=False)
    clients, arrived = [], asyncio.Event()
    for seat in seats:
        client = Client(arrived)
        await connect(seat.ws_url, seat.guest.token, client)
        clients.append(client)
    table = Table(clients, arrived)
    await table.act(clients[0], "set_ready_override", {"enabled": True})
    await table.act(clients[0], "start_game", {})
    return table


def text(profiles: list[Profile], *, verbose: bool) -> str:
    """The report."""
    ordered = sorted(profiles, key=lambda profile: len(profile.calls))
    median = ordered[len(ordered) // 2]
    lines = []
    if verbose:
        lines += [f"{'  ' * call.depth}{_short(call.file)}  {call.function}" for call in median.calls]
        by_file = Counter(_short(call.file) for call in median.calls)
        lines += ["", *(f"{count:>5}  {file}" for file, count in by_file.most_common()), ""]
    lines.append(f"one play_card, {_PLAYERS} players, {len(profiles)} cards:")
    lines.append(f"{'':<8}{'calls':>8}{'files':>8}{'crossings':>12}{'resumed':>10}")
    for name, profile in (("least", ordered[0]), ("median", median), ("most", ordered[-1])):
        figures = f"{len(profile.calls):>8}{profile.files:>8}{profile.crossings:>12}{profile.resumed:>10}"
        lines.append(f"{name:<8}{figures}")
    return "\n".join(lines)


def _short(file: str) -> str:
    return str(Path(file).relative_to(_ROOT))


async def run(dsn: str, folder: Path, cards: int) -> list[Profile]:
    async with served(dsn, folder) as app:
        return await measure(app, cards)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.profile_move", description=__doc__.split("\n")[0])
    parser.add_argument("-v", "--verbose", action="store_true", help="also list the calls, indented by depth")
    parser.add_argument("--cards", type=int, default=100, help="how many to measure (%(default)s)")
    given = parser.parse_args()
    with scratch_folder() as folder:
        database = embedded.start(folder / "db")
        try:
            runner.upgrade(database.dsn)
            profiles = asyncio.run(run(database.dsn, folder / "data", given.cards))
        finally:
            database.stop()
    print(text(profiles, verbose=given.verbose))


if __name__ == "__main__":
    main()
