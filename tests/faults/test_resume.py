"""Two hundred clients whose lines break all the time, and what each of them is told in the end: all of it, once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import Any

from tests.support.client import JSON, MSGPACK, Frame, Player
from tests.support.postgres import Server
from tests.support.reconnecting_client import GONE, Memory, Visit, visit
from tests.support.server import HostedProcess, serving
from tests.support.soak import amount

SEED = 8_008
RELAY_ROOMS, CARD_ROOMS = 16, 4
PLAYERS, WATCHERS = 4, 6  # of each room; the same ones in all of them
EACH = amount(usual=20, soak=40)  # words of one player in one relay room
ROUNDS = 2
LIFE_S = (0.1, 5.0)  # of one connection
THINK_S = 0.3  # at most, before a word or a move
NO_LIMITS = {"PARLOR_COMMANDS_PER_S": "100000", "PARLOR_BURST": "100000"}


class Crowd:
    """All clients, and what they wait for together."""

    def __init__(self, server: HostedProcess) -> None:
        self.server = server
        self.clients: list[Client] = []
        self.up = asyncio.Event()
        self.up.set()
        self.restless = True  # until everything is said and played
        self.tally: Counter[str] = Counter()
        self.resumes_s: list[float] = []
        self._step = asyncio.Event()

    def step(self) -> None:
        """Something is done."""
        self._step.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._step.clear()
            await self._step.wait()

    async def conduct(self) -> None:
        """Kill the server in the middle; calm down at the end."""
        speakers = [client for client in self.clients if isinstance(client, Speaker)]
        await self.until(lambda: sum(speaker.done for speaker in speakers) > len(speakers) * EACH / 2)
        self.up.clear()
        await asyncio.to_thread(self.server.kill)
        await asyncio.to_thread(self.server.start)
        self.up.set()
        await self.until(lambda: all(client.finished for client in self.clients))
        self.restless = False
        for client in self.clients:
            client.memory.news.set()


class Client:
    """Somebody in a room. Comes, stays for a random time, breaks off in a random way, and resumes."""

    finished = True

    def __init__(self, crowd: Crowd, room: Frame, player: Player, number: int) -> None:
        self.crowd = crowd
        self.game_id: str = room["game_id"]
        self.player = player
        self.memory = Memory(room["ws_url"], player.token)
        self.dice = random.Random(f"{SEED} {number}")

    async def live(self) -> None:
        while self.crowd.restless:
            await self.crowd.up.wait()
            with suppress(*GONE):
                await self._visit()
            if self.dice.random() < 0.1:
                await self.crowd_or(3 * self.dice.random())  # long enough that the others may be told

    async def crowd_or(self, seconds: float) -> None:
        """Stay away for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.memory.until(lambda: not self.crowd.restless)

    async def _visit(self) -> None:
        asked_s = asyncio.get_running_loop().time()
        async with visit(self.memory, self.dice.choice((JSON, MSGPACK))) as here:
            await here.caught_up()
            self.crowd.resumes_s.append(asyncio.get_running_loop().time() - asked_s)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.dice.uniform(*LIFE_S)):
                    await self.act(here)
            await self._break_off(here)

    async def act(self, here: Visit) -> None:
        """Watch, as long as the connection lives."""
        await here.until(lambda: not self.crowd.restless)

    async def _break_off(self, here: Visit) -> None:
        way = self.dice.choice(("cut", "close", "cut within a frame", "second connection"))
        self.crowd.tally[way] += 1
        if way == "close":
            await here.close()
        elif way == "cut within a frame":
            here.cut_within({"type": "command", "id": "half", "name": "say", "args": {"data": 1}}, self.dice.random())
        elif way == "second connection":
            async with visit(self.memory, self.dice.choice((JSON, MSGPACK))) as second:
                await second.until(lambda: second.welcome is not None)
                await here.ends()
                assert here.close_code == 4409 or not self.crowd.up.is_set()


class Speaker(Client):
    """Says one word after the other; a word that was not acknowledged is said again."""

    done = 0

    @property
    def finished(self) -> bool:  # type: ignore[override]  # becomes true at the end
        return self.done >= EACH

    async def act(self, here: Visit) -> None:
        while not self.finished:
            command_id = f"word {self.done}"
            await here.command(command_id, "say", data=[self.player.id, self.done])
            await here.acknowledged(command_id)
            if here.closed:
                return
            self.done += 1
            self.crowd.step()
            await pause(here, THINK_S * self.dice.random())
        await super().act(here)


class CardPlayer(Client):
    """Plays what the newest turn offers. The n-th move has the n-th id, whatever becomes of its line."""

    @property
    def finished(self) -> bool:  # type: ignore[override]  # becomes true at the end
        return any(name == "game_completed" for name, _, _ in self.memory.events.values())

    def _moves(self) -> int:
        mine = ("player_bid", "card_played")
        return sum(n in mine and data["player_id"] == self.player.id for n, _, data in self.memory.events.values())

    async def act(self, here: Visit) -> None:
        turns = self.memory.turns
        turns.clear()
        await here.send({"type": "sync"})  # the turn may have come before anybody looked
        while not self.finished and not here.closed:
            await here.until(lambda: bool(turns) or self.finished)
            if turns and not here.closed:
                await pause(here, THINK_S * self.dice.random())
                moves, action = self._moves(), turns.pop()["actions"][0]
                turns.clear()
                await here.command(f"move {moves}", action["name"], **action["args"])
                await here.acknowledged(f"move {moves}")
        self.crowd.step()
        await super().act(here)


async def pause(here: Visit, seconds: float) -> None:
    """Let so much time pass, unless the connection ends."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await here.ends()


async def gather(server: HostedProcess) -> Crowd:
    crowd = Crowd(server)
    people = [await Player.create(server.url, f"Client {number}") for number in range(PLAYERS + WATCHERS)]
    for number in range(RELAY_ROOMS + CARD_ROOMS):
        cards = number >= RELAY_ROOMS
        wish = {"config": {"round_pause_ms": 0, "rounds": ROUNDS}} if cards else {"game": "relay"}
        room = await people[0].http.post("/api/rooms", {**wish, "autostart": False})
        for player in people[1:PLAYERS]:
            await player.http.post(f"/api/rooms/{room['game_id']}/join")
        for place, player in enumerate(people):
            kind = Client if place >= PLAYERS else CardPlayer if cards else Speaker
            crowd.clients.append(kind(crowd, room, player, len(crowd.clients)))
        if cards:
            await deal(room, people[:PLAYERS])
    return crowd


async def deal(room: Frame, players: list[Player]) -> None:
    """Begin the game."""
    for player in players:
        await player.connect(room["ws_url"], last_index=-1, epoch=None)
        assert (await player.ask("set_ready", f"ready {room['game_id']}", ready=True))["type"] == "ack"
    assert (await players[0].ask("start_game", f"start {room['game_id']}"))["type"] == "ack"
    for player in players:
        await player.disconnect()


async def test_reconnecting_clients_miss_nothing(postgres: Server) -> None:
    print(f"seed {SEED}")
    with serving(postgres, **NO_LIMITS) as server:
        crowd = await gather(server)
        async with asyncio.TaskGroup() as everybody:
            everybody.create_task(crowd.conduct())
            for client in crowd.clients:
                everybody.create_task(client.live())
        async with AsyncExitStack() as open_lines:
            lines = [await open_lines.enter_async_context(visit(client.memory)) for client in crowd.clients]
            for line in lines:  # now that nobody comes or goes any more
                await line.settle("at the end")
            await assert_everybody_knows_the_log(crowd)
        assert "Traceback" not in server.log
    resumes = sorted(crowd.resumes_s)
    p50, p99 = (resumes[int(len(resumes) * share)] * 1000 for share in (0.5, 0.99))
    print(f"{len(crowd.clients)} clients, {len(resumes)} resumes, {dict(crowd.tally)}")
    print(f"resumed in {p50:.1f} ms (p50), {p99:.1f} ms (p99)")


async def assert_everybody_knows_the_log(crowd: Crowd) -> None:
    for client in crowd.clients:
        assert not client.memory.rejects, client.memory.rejects
        assert set(client.memory.modes) == {"replay"}
        rows: list[Any] = crowd.server.rows(
            "select type, payload - '_v' - '_n' from play.game_events where game_id = %s order by event_index",
            client.game_id,
        )
        client.memory.complete(len(rows) - 1)
        told = [(name, data) for _, (name, _, data) in sorted(client.memory.events.items())]
        if isinstance(client, CardPlayer):
            saw = await client.player.http.get(
                f"/api/games/{client.game_id}/events", limit=5000, **{"as": client.player.id}
            )
            assert told == [(item["name"], item["data"]) for item in saw["items"]]
        for (name, data), row in zip(told, rows, strict=True):
            if name == "cards_dealt":
                assert data["hand_counts"] == {player: len(hand) for player, hand in row[1]["hands"].items()}
            else:
                assert (name, data) == row
    for client in crowd.clients[: PLAYERS + WATCHERS]:
        await client.player.close()
