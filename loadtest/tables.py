"""Load by whole games of El Dorado: tables with a client at every seat, and tables of bots only."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from time import perf_counter
from typing import Any, NamedTuple

from loadtest.api import Api, Guest, Seat
from loadtest.connection import FrameHandler, connect
from loadtest.random_player import RandomPlayer
from loadtest.wire import Codec

_AT_ONCE = 8  # tables that are opened concurrently
_GAME_S = 60.0


class Table:
    """The players of one game, in the lobby until `start`."""

    def __init__(self, seats: list[Seat], players: Sequence[RandomPlayer]) -> None:
        self.seats = seats
        self.players = players

    async def enter(self, codec: Codec) -> None:
        for seat, player in zip(self.seats, self.players, strict=True):
            await connect(seat.ws_url, seat.guest.token, player, codec=codec)

    def start(self) -> None:
        """The host starts the game without waiting until all players are ready."""
        self.players[0].command("set_ready_override", {"enabled": True})
        self.players[0].command("start_game")

    def problems(self) -> list[str]:
        found = []
        for seat, player in enumerate(self.players):
            if not player.done.done() or not player.done.result():
                found.append(f"seat {seat}: the game was not completed ({player.closed or 'still connected'})")
            found += [f"seat {seat}: {problem}" for problem in player.problems()]
        heads = {player.connection.journal.last_index for player in self.players}
        if len(heads) > 1:
            found.append(f"its clients received different numbers of events: {sorted(heads)}")
        return found[:5]


class TableLoad:
    """Keeps a fixed number of games running: when one is completed the next one starts."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.used_up = asyncio.Event()  # no game is left to start: from now on fewer are running
        self._next: deque[Table] = deque()

    async def open(self, api: Api, games: int, seats: int, codec: Codec) -> None:
        """Open all tables and connect all players; start nothing."""
        guests = [await api.guest(f"Player {seat + 1}") for seat in range(seats)]
        slots = asyncio.Semaphore(_AT_ONCE)
        config = {"max_players": seats, "turn_seconds": 0, "round_pause_ms": 0}

        async def one(number: int) -> Table:
            async with slots:
                seats_taken = await api.full_room(guests, game="eldorado", config=config, is_public=False)
                players = [RandomPlayer(guest.player_id, number * 10 + seat) for seat, guest in enumerate(guests)]
                table = Table(seats_taken, players)
                await table.enter(codec)
                return table

        self.tables = list(await asyncio.gather(*(one(number) for number in range(games))))
        self._next.extend(self.tables)

    def start(self, at_once: int) -> None:
        for _ in range(at_once):
            self._start_next()

    @property
    def events(self) -> int:
        """Events of all games so far, each counted once per game."""
        return sum(table.players[0].events for table in self.tables)

    @property
    def deliveries(self) -> int:
        return sum(player.events for table in self.tables for player in table.players)

    @property
    def completed(self) -> int:
        return sum(table.players[0].done.done() for table in self.tables)

    async def finish(self) -> None:
        """Wait until all games are over, then disconnect. `problems` reports games that took too long."""
        done = [player.done for table in self.tables for player in table.players]
        await asyncio.wait(done, timeout=_GAME_S)
        await asyncio.gather(*(player.connection.close() for table in self.tables for player in table.players))

    def problems(self) -> list[str]:
        return [f"table {n}: {problem}" for n, table in enumerate(self.tables) for problem in table.problems()]

    def _start_next(self) -> None:
        if not self._next:
            self.used_up.set()
            return
        table = self._next.popleft()
        table.players[0].done.add_done_callback(lambda _: self._start_next())
        table.start()


class GameEndWaiter(FrameHandler):
    """A spectator who waits for the end of the game."""

    def __init__(self) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_event(self, frame: dict[str, Any]) -> None:
        if frame["name"] == "game_completed" and not self.done.done():
            self.done.set_result(None)

    def on_other(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "state" and frame["view"]["phase"] == "completed" and not self.done.done():
            self.done.set_result(None)


class BotGame(NamedTuple):
    """`seconds`: from the request until a spectator has received the end."""

    game_id: str
    seconds: float
    events: int


async def bot_game(api: Api, guest: Guest, bots: int = 4) -> BotGame:
    """Let bots play one game. Raises RuntimeError if the spectator received a wrong sequence of events."""
    waiter = GameEndWaiter()
    began_s = perf_counter()
    room = await api.create_room(guest, game="eldorado", bots=bots, **{"as": "spectator"})
    connection = await connect(room.ws_url, guest.token, waiter, role="spectator")
    async with asyncio.timeout(_GAME_S):
        await waiter.done
    took_s = perf_counter() - began_s
    await connection.close()
    if not connection.journal.is_clean:
        raise RuntimeError(f"the events of a spectator are wrong: {connection.journal.problems}")
    return BotGame(room.game_id, took_s, connection.journal.next_index)
