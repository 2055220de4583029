"""Five hundred people ask for a seat at the same moment, and the server is killed while they do.

Fifty rooms are open with one player each. Whatever happens: nobody shares a seat, nobody has two, nobody has none, and
the log says what the answers said.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.postgres import Server
from tests.support.raw_connection import Raw
from tests.support.server import HostedProcess, serving

PLAYERS = 500
ROOMS = 50
SEATS = 4  # of a room
GAME = "relay"
AGAIN_AT_ONCE = 50  # clients that were not answered heed Retry-After
KILLED_AFTER = PLAYERS // 3  # answers

Seat = tuple[str, int]
_TABLE = {"min_players": SEATS, "max_players": SEATS, "autostart": True}


class Crowd:
    """Players, by the ids that they have, who ask by HTTP until they are answered."""

    def __init__(self, server: HostedProcess) -> None:
        self.server = server
        self.tokens: dict[str, str] = {}
        self.hosts: dict[str, Seat] = {}
        self.answers: dict[str, Seat] = {}
        self.waits_s: list[float] = []
        self.again = 0  # requests that were not answered with a seat
        self.up = asyncio.Event()
        self.up.set()
        self._progress = asyncio.Condition()
        self._spread = asyncio.Semaphore(AGAIN_AT_ONCE)

    async def come(self) -> None:
        """All of them, and the hosts with a room each."""
        made = [(await self._post("/api/players", {}))[1] for _ in range(ROOMS + PLAYERS)]
        for host in made[:ROOMS]:
            _, room = await self._post("/api/rooms", {"game": GAME, "config": _TABLE}, host["token"])
            self.hosts[host["player_id"]] = (room["game_id"], room["seat"])
        self.tokens = {player["player_id"]: player["token"] for player in made[ROOMS:]}

    async def ask_all(self) -> dict[str, Seat]:
        """Everybody at once; returns where they sit."""
        answers = await asyncio.gather(*(self.ask(player_id) for player_id in self.tokens))
        return dict(zip(self.tokens, answers, strict=True))

    async def ask(self, player_id: str) -> Seat:
        """One player, until a seat is assigned."""
        began = time.monotonic()
        status, answer = await self._try("/api/matchmake", self.tokens[player_id])
        while status != 200:
            assert status in (0, 503), answer
            self.again += 1
            async with self._spread:
                await self.up.wait()
                status, answer = await self._try("/api/matchmake", self.tokens[player_id])
        self.waits_s.append(time.monotonic() - began)
        seat = (answer["game_id"], answer["seat"])
        async with self._progress:
            self.answers[player_id] = seat
            self._progress.notify_all()
        return seat

    async def kill_once(self) -> None:
        """In the middle of it, and start it again."""
        async with self._progress:
            await self._progress.wait_for(lambda: len(self.answers) >= KILLED_AFTER)
        self.up.clear()
        await asyncio.to_thread(self.server.kill)
        await asyncio.to_thread(self.server.start)
        self.up.set()

    async def _try(self, path: str, token: str) -> tuple[int, Any]:
        """Status 0: no answer."""
        try:
            return await self._post(path, {"game": GAME}, token)
        except ConnectionError:
            return 0, None

    async def _post(self, path: str, body: Any, token: str | None = None) -> tuple[int, Any]:
        """Status and answer, on a connection of its own. Raises ConnectionError if there is no answer.

        (A library that shares connections would be the slowest part of this.)
        """
        text = json.dumps(body)
        bearer = "" if token is None else f"Authorization: Bearer {token}\r\n"
        head = f"POST {path} HTTP/1.1\r\nHost: parlor\r\nConnection: close\r\n{bearer}"
        with await Raw.open(self.server.url) as raw:
            kind = "Content-Type: application/json\r\n"
            await raw.send(f"{head}{kind}Content-Length: {len(text)}\r\n\r\n{text}".encode())
            answer, _, told = (await raw.rest()).partition(b"\r\n\r\n")
        if not told:
            raise ConnectionError("the answer was lost")
        return int(answer.split()[1]), json.loads(told)

    # What the database says.

    def seats_in_the_log(self) -> list[tuple[str, Seat]]:
        """Who sits where after all events. Nobody ever took a seat that was not free."""
        rows = self.server.rows(
            "select game_id::text, type, payload ->> 'player_id', (payload ->> 'seat')::int from play.game_events"
            " where type in ('player_joined', 'player_left') order by game_id, event_index"
        )
        holders: dict[Seat, str] = {}
        for game_id, kind, player_id, seat in rows:
            if kind == "player_joined":
                assert (game_id, seat) not in holders, "a seat was given twice"
                holders[game_id, seat] = player_id
            else:  # the player had been told 503
                holders = {held: who for held, who in holders.items() if (held[0], who) != (game_id, player_id)}
        return [(player_id, seat) for seat, player_id in holders.items()]

    def tickets(self) -> list[Any]:
        """All but those of a 503."""
        rows = self.server.rows(
            "select player_id::text, status, game_id::text, seat from play.matchmaking_tickets"
            " where status <> 'expired'"
        )
        return [(player_id, status, (game_id, seat)) for player_id, status, game_id, seat in rows]

    def assert_the_log_says_so(self, told: dict[str, Seat]) -> None:
        seated = self.seats_in_the_log()
        assert Counter(player_id for player_id, _ in seated).most_common(1)[0][1] == 1, "a player has two seats"
        assert dict(seated) == {**self.hosts, **told}
        assert sorted(self.tickets()) == sorted((player_id, "matched", seat) for player_id, seat in told.items())

    def report(self, what: str, seconds: float) -> None:
        waits = sorted(self.waits_s)
        p50, p99 = (waits[int(len(waits) * share)] * 1000 for share in (0.5, 0.99))
        took = f"{len(waits)} seats in {seconds:.2f} s, p50 {p50:.0f} ms, p99 {p99:.0f} ms"
        print(f"{what}: {took}, {self.again} requests sent again")


@pytest.fixture
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    with serving(postgres) as server:
        yield server
        assert "Traceback" not in server.log, server.log[-4000:]


async def test_five_hundred_at_once_get_one_seat_each(own_server: HostedProcess) -> None:
    crowd = Crowd(own_server)
    await crowd.come()
    began = time.monotonic()
    told = await crowd.ask_all()
    crowd.report("all at once", time.monotonic() - began)
    crowd.assert_the_log_says_so(told)
    sizes = Counter(game_id for game_id, _ in crowd.hosts.values()) + Counter(game_id for game_id, _ in told.values())
    # Requests that outlast the server's deadline get 503, and their seats are free again.
    assert sum(size < SEATS for size in sizes.values()) <= 1 + crowd.again, "people sit apart who could have met"


async def test_five_hundred_at_once_get_one_seat_each_although_the_server_is_killed(own_server: HostedProcess) -> None:
    crowd = Crowd(own_server)
    await crowd.come()
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        group.create_task(crowd.kill_once())
        asking = group.create_task(crowd.ask_all())
    told = asking.result()
    crowd.report("with a kill", time.monotonic() - began)
    assert crowd.again > 0, "nobody was in the middle of it"
    crowd.assert_the_log_says_so(told)
    # A player who asks once more, answered before the kill or after it, gets the same seat.
    assert await crowd.ask_all() == told
    crowd.assert_the_log_says_so(told)
