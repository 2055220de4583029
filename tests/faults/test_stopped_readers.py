"""Clients that stop reading: they are cut, the others lose nothing, and the memory stays within its bound."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest

from server import limits
from tests.support.client import Player
from tests.support.postgres import Server
from tests.support.raw_connection import PING, TEXT, Raw, close_code, frame, frames, series, until
from tests.support.server import HostedProcess, serving

STOPPED = 200
STOPPED_PLAYERS = 4
MEMBERS = 4
WATCHERS = 6
PER_S = 100
AT_ONCE = 50  # few enough that the host itself is not behind, and fast enough that nobody times out meanwhile
RUN_S = 10
DEADLINE_S = 10
TEXT_BYTES = "x" * 1000
OVERHEAD_BYTES = 64 * 1024
CUT = "parlor_connections_cut_total"


@pytest.fixture(scope="module")
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    """One whose memory is its own."""
    with serving(
        postgres, PARLOR_COMMANDS_PER_S="100000", PARLOR_BURST="100000", PARLOR_BYTES_PER_S="100000000"
    ) as server:
        yield server
        assert "Traceback" not in server.log, server.log[-3000:]


class Crowd:
    """Those of one test; they leave when it is over."""

    def __init__(self, server: HostedProcess) -> None:
        self.url = server.url
        self._players: list[Player] = []
        self._raws: list[Raw] = []

    async def new(self) -> Player:
        player = await Player.create(self.url)
        self._players.append(player)
        return player

    async def listener(self, player: Player) -> Listener:
        """The same player, with better ears."""
        made = Listener(self.url, {"player_id": player.id, "token": player.token})
        self._players.append(made)
        return made

    async def relay(self, seats: int = 2) -> tuple[list[Player], str]:
        """Those who have a seat in a new room, the first of them connected; and its address."""
        players = [await self.new() for _ in range(seats)]
        room = await players[0].http.post("/api/rooms", {"game": "relay"})
        for player in players[1:]:
            await player.http.post("/api/join", {"join_code": room["join_code"]})
        await players[0].connect(room["ws_url"])
        return players, room["ws_url"]

    async def silent(self, player: Player, ws_url: str) -> Raw:
        """In the room, and reads nothing from now on; the kernel's buffer is small."""
        raw = await Raw.upgraded(ws_url, receive_buffer=16_384)
        self._raws.append(raw)
        await raw.send(frame(TEXT, json.dumps({"type": "hello", "token": player.token}).encode()))
        return raw

    async def leave(self) -> None:
        for raw in self._raws:
            raw.close()
        for player in self._players:
            await player.close()


@pytest.fixture
async def crowd(own_server: HostedProcess) -> AsyncIterator[Crowd]:
    made = Crowd(own_server)
    yield made
    await made.leave()
    await gone(own_server, 0)


class Speaker:
    """Says a number, the time and a kilobyte, so many times a second."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.said = 0

    async def run(self, seconds: float) -> None:
        clock = asyncio.get_running_loop()
        start = clock.time()
        for number in range(int(seconds * PER_S)):
            await asyncio.sleep(max(0.0, start + number / PER_S - clock.time()))
            await self.player.command("say", data={"n": self.said, "at": clock.time(), "text": TEXT_BYTES})
            self.said += 1


class Listener(Player):
    """Notes how late everything came."""

    def listen(self) -> None:
        self.late: list[float] = []

    def _keep(self, frame: dict[str, Any]) -> None:
        super()._keep(frame)
        if frame.get("name") == "said":
            self.late.append(asyncio.get_running_loop().time() - frame["data"]["data"]["at"])


def percentiles(listeners: list[Listener]) -> str:
    late = sorted(value for listener in listeners for value in listener.late)
    return f"p50 {late[len(late) // 2] * 1000:.1f} ms, p99 {late[len(late) * 99 // 100] * 1000:.1f} ms"


async def gone(server: HostedProcess, left: int) -> float:
    """Wait until no more connections are left than these; how long it took."""
    clock = asyncio.get_running_loop()
    began = clock.time()
    while (await series(server.url, "parlor_connections"))[""] > left:  # noqa: ASYNC110  # another process
        await asyncio.sleep(0.25)
    return clock.time() - began


async def test_two_hundred_stopped_readers_are_cut_and_others_lose_nothing(
    own_server: HostedProcess, crowd: Crowd
) -> None:
    players, ws_url = await crowd.relay(MEMBERS + STOPPED_PLAYERS)
    seated, stopping = players[:MEMBERS], players[MEMBERS:]
    stopping += [await crowd.new() for _ in range(STOPPED - STOPPED_PLAYERS)]
    watchers = [await crowd.new() for _ in range(WATCHERS)]
    listeners = [await crowd.listener(player) for player in (*seated[1:], *watchers)]
    speaker = Speaker(seated[0])
    for listener in listeners:
        await listener.connect(ws_url)
    for listener in listeners:
        listener.listen()
    await speaker.run(RUN_S / 2)
    await heard_all(listeners, speaker)
    print(f"\nwithout stopped readers: {percentiles(listeners)}")

    for listener in listeners:
        listener.listen()
    before = await series(own_server.url, CUT)
    memory_kib, largest_kib = own_server.memory_kib, 0
    for player in stopping:
        await crowd.silent(player, ws_url)
    talk = asyncio.create_task(speaker.run(RUN_S))
    waiting = asyncio.create_task(gone(own_server, 1 + len(listeners)))
    while not waiting.done():
        largest_kib = max(largest_kib, own_server.memory_kib)
        await asyncio.sleep(0.25)
    took_s = await waiting
    after = await series(own_server.url, CUT)
    await talk
    await heard_all(listeners, speaker)
    growth_kib = largest_kib - memory_kib
    print(f"with {STOPPED} of them: {percentiles(listeners)}; gone after {took_s:.1f} s, memory +{growth_kib} KiB")

    assert took_s < DEADLINE_S
    assert after["stalled"] - before["stalled"] + after["overflow"] - before["overflow"] == STOPPED
    assert growth_kib * 1024 < STOPPED * (limits.OUTPUT_BYTES_MAX + OVERHEAD_BYTES)
    for listener in listeners:
        indexes = [event["index"] for event in listener.events]
        assert indexes == list(range(indexes[0], indexes[0] + len(indexes)))
        said = [event["data"]["data"]["n"] for event in listener.events if event["name"] == "said"]
        assert said == list(range(speaker.said))


async def heard_all(listeners: list[Listener], speaker: Speaker) -> None:
    last = speaker.said - 1
    for listener in listeners:
        await listener.wait_for(
            lambda f: f.get("name") == "said" and f["data"]["data"]["n"] == last,
            since=max(0, len(listener.frames) - 50),
        )


async def test_a_slow_reader_that_makes_progress_is_not_cut(own_server: HostedProcess, crowd: Crowd) -> None:
    """It lags for longer than a stopped reader may."""
    (host, slow), ws_url = await crowd.relay()
    raw = await crowd.silent(slow, ws_url)
    await fill(host, 250)
    data = bytearray()
    clock = asyncio.get_running_loop()
    began = clock.time()
    while clock.time() < began + limits.NO_PROGRESS_S + 4:
        data += await raw.receive(8_192)
        await asyncio.sleep(0.4)
    await host.ask("say", data={"n": 250, "text": "the end"})
    while b"the end" not in data:
        data += await raw.receive()
    said = [event["data"]["data"]["n"] for event in events(data) if event["name"] == "said"]
    assert said == list(range(251))


def events(data: bytes | bytearray) -> list[dict[str, Any]]:
    found = [json.loads(payload) for opcode, payload in frames(bytes(data)) if opcode == TEXT]
    return [message for message in found if message["type"] == "event"]


async def fill(host: Player, messages: int = 200) -> None:
    """So many kilobytes for one who does not read: more than the kernel takes, less than the server lets wait."""
    for first in range(0, messages, AT_ONCE):
        mark = len(host.frames)
        for number in range(first, min(first + AT_ONCE, messages)):
            last = await host.command("say", data={"n": number, "text": TEXT_BYTES})
        await host.wait_for(lambda frame, last=last: frame["type"] == "ack" and frame["id"] == last, since=mark)


async def test_a_stopped_reader_is_cut_in_a_quiet_room(own_server: HostedProcess, crowd: Crowd) -> None:
    (host, stopped), ws_url = await crowd.relay()
    before = await series(own_server.url, CUT)
    await crowd.silent(stopped, ws_url)
    await fill(host)
    await until(own_server.url, CUT, "stalled", before["stalled"] + 1)
    assert (await series(own_server.url, CUT))["overflow"] == before["overflow"]


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="no such option of the kernel here")
async def test_a_stopped_reader_is_cut_although_the_kernel_took_everything(
    own_server: HostedProcess, crowd: Crowd
) -> None:
    """Nothing waits in the server, everything in the kernel's buffer, and the peer has no room for it."""
    (host, stopped), ws_url = await crowd.relay()
    before = await series(own_server.url, CUT)
    await crowd.silent(stopped, ws_url)
    await fill(host, 50)
    await until(own_server.url, CUT, "lost", before["lost"] + 1, patience_s=limits.UNACKNOWLEDGED_S * 2)
    assert (await series(own_server.url, CUT))["stalled"] == before["stalled"]


async def test_a_lagging_spectator_gets_a_fresh_state(own_server: HostedProcess, crowd: Crowd) -> None:
    (host,), ws_url = await crowd.relay(1)
    raw = await crowd.silent(await crowd.new(), ws_url)
    await fill(host, 800)
    data = bytearray()
    while b'"text":"after"' not in data:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                more = await raw.receive()
                assert more, "the spectator was cut"
                data += more
                continue
        await host.ask("say", data={"n": 0, "text": "after"})
    told = [json.loads(payload) for opcode, payload in frames(bytes(data)) if opcode == TEXT]
    seen = [message for message in told if message["type"] in ("welcome", "state", "event")]  # no head counts
    states = [number for number, message in enumerate(seen) if message["type"] == "state"]
    assert len(states) == 1, "in place of what the spectator missed"
    before = [message["index"] for message in seen[1 : states[0]]]
    after = [message["index"] for message in seen[states[0] :]]
    assert before == list(range(len(before)))
    assert after == list(range(after[0], after[0] + len(after)))
    assert after[0] > len(before)


async def test_a_lagging_player_is_cut_and_resumes(own_server: HostedProcess, crowd: Crowd) -> None:
    (host, lagging), ws_url = await crowd.relay()
    before = (await series(own_server.url, CUT))["overflow"]
    raw = await crowd.silent(lagging, ws_url)
    await fill(host, 700)
    await until(own_server.url, CUT, "overflow", before + 1)
    data = await raw.rest()
    assert close_code(data) == 1006
    again = Player(own_server.url, {"player_id": lagging.id, "token": lagging.token})
    again.applied, again.epoch = events(data)[-1]["index"], 1
    await again.connect(ws_url)
    await again.wait_for(lambda f: f["type"] in ("state", "event") and f["index"] >= 701)
    await again.close()


@pytest.mark.parametrize("way", ["garbage", "close", "half close"])
async def test_a_closing_handshake_with_a_stopped_reader_ends(
    own_server: HostedProcess, crowd: Crowd, way: str
) -> None:
    """The close frame can't even be written; and a transport that closes itself waits for its bytes to be read."""
    (host, stopped), ws_url = await crowd.relay()
    before = (await series(own_server.url, CUT))["close"]
    raw = await crowd.silent(stopped, ws_url)
    await fill(host)
    if way == "half close":
        raw.socket.shutdown(socket.SHUT_WR)
    else:
        await raw.send(frame(TEXT, b"nonsense") if way == "garbage" else frame(8, b"\x03\xe8"))
    async with asyncio.timeout(limits.CLOSE_S + 2):  # less than NO_PROGRESS_S
        await gone(own_server, 1)
    assert (await series(own_server.url, CUT))["close"] == before + 1


async def test_unread_pongs_are_bounded(own_server: HostedProcess, crowd: Crowd) -> None:
    """A client that asks for answers and never reads them."""
    (_, stopped), ws_url = await crowd.relay()
    before = await series(own_server.url, CUT)
    raw = await crowd.silent(stopped, ws_url)
    flood = frame(PING, b"x" * 125) * 100
    with suppress(ConnectionError):
        for _ in range(200):
            await raw.send(flood)
    await gone(own_server, 1)
    after = await series(own_server.url, CUT)
    assert after["overflow"] + after["stalled"] == before["overflow"] + before["stalled"] + 1
