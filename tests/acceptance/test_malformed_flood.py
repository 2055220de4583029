"""Twenty thousand frames that no honest client sends, from several sockets: nobody else notices."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgpack
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode

from tests.support.client import JSON, MSGPACK, Player
from tests.support.foreign import HostedProcess, dial, entered, serving
from tests.support.postgres import Server

FRAMES = 20_000
ATTACKERS = 8
SEED = 20_261
MEMORY_GROWTH_KIB_MAX = 40 * 1024
WORDS = ["command", "hello", "ping", "sync", "say", "leave", "", "\x00", "🎲", "type", "args", "id", "name"]


@pytest.fixture(scope="module")
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    """One whose memory is its own."""
    with serving(postgres, PARLOR_COMMANDS_PER_S="100000", PARLOR_BURST="1000000") as server:
        yield server


def anything(dice: random.Random, depth: int = 3) -> Any:
    """A value, sometimes a large one."""
    kind = dice.randrange(9 if depth else 6)
    if kind == 6:
        return [anything(dice, depth - 1) for _ in range(dice.randrange(4))]
    if kind >= 7:
        return {dice.choice(WORDS): anything(dice, depth - 1) for _ in range(dice.randrange(4))}
    numbers = [0, -1, 2**63, 1.5, 10**18]
    return [None, True, dice.choice(numbers), dice.choice(WORDS), "x" * dice.randrange(500), dice.random()][kind]


def almost(dice: random.Random) -> dict[str, Any]:
    """A map that looks like a frame: survived by the connection."""
    frame = {"type": dice.choice(["command", "ping", "sync", "wave", "hello", "command"])}
    for key in ("id", "name", "args", "nonce", "token", "last_index"):
        if dice.random() < 0.7 and not (frame["type"] == "hello" and key == "last_index"):
            frame[key] = anything(dice)
    if frame.get("name") == "leave":
        frame["name"] = "go"
    if frame["type"] == "sync":
        frame["type"] = "synk" if dice.random() < 0.9 else "sync"
    return frame


def garbage(dice: random.Random) -> bytes:
    """Bytes that the connection does not survive, mostly."""
    whole = json.dumps(almost(dice)).encode()
    return dice.choice(
        [whole[: dice.randrange(len(whole))], dice.randbytes(dice.randrange(60)), b"[" * 3000, whole + whole, b"null"]
    )


class Attacker:
    """Sends until its share was answered, and comes back whenever it is thrown out."""

    def __init__(self, number: int, player: Player, url: str) -> None:
        self.dice = random.Random(SEED + number)
        self.player = player
        self.url = url
        self.left = FRAMES // ATTACKERS
        self.codes: Counter[int] = Counter()

    async def attack(self) -> None:
        while self.left > 0:
            protocol = self.dice.choice([JSON, MSGPACK])
            async with dial(self.url, protocol) as line:
                drain = asyncio.create_task(self._drain(line.socket))
                if self.dice.random() < 0.9:
                    await line.send({"type": "hello", "token": self.player.token, "last_index": 10**9})
                with suppress(ConnectionClosed):
                    await self._send_some(line.socket, protocol == MSGPACK)
                await line.socket.close()
                await drain
                self.codes[line.socket.close_code or 1006] += 1

    async def _send_some(self, socket: Any, binary: bool) -> None:
        for _ in range(self.dice.randrange(1, 400)):
            frame = almost(self.dice)
            await socket.send(msgpack.packb(frame) if binary else json.dumps(frame))
        if self.dice.random() < 0.9:
            if self.dice.random() < 0.3:
                async with socket.send_context():
                    socket.protocol.send_frame(
                        WebSocketFrame(self.dice.choice([Opcode.CONT, Opcode.TEXT]), b"x" * 20_000)
                    )
            else:
                await socket.send(garbage(self.dice), text=None if binary else True)

    async def _drain(self, socket: Any) -> None:
        """Every answer is a frame that the server has dealt with; events are not answers."""
        with suppress(ConnectionClosed):
            async for message in socket:
                frame = msgpack.unpackb(message) if isinstance(message, bytes) else json.loads(message)
                self.left -= frame["type"] not in ("event", "welcome")


async def test_a_flood_of_malformed_frames(own_server: HostedProcess) -> None:
    honest, second = await Player.create(own_server.url), await Player.create(own_server.url)
    room = await honest.http.post("/api/rooms", {"game": "relay"})
    await second.http.post(f"/api/rooms/{room['game_id']}/join")
    bad = [await Player.create(own_server.url) for _ in range(ATTACKERS)]
    for player in bad[: ATTACKERS // 2]:  # half of them have seats
        await player.http.post(f"/api/rooms/{room['game_id']}/join")
    attackers = [Attacker(number, player, room["ws_url"]) for number, player in enumerate(bad)]
    async with entered(room["ws_url"], honest) as line, entered(room["ws_url"], second, MSGPACK) as other:
        await line.settle()
        before = own_server.memory_kib
        flood = asyncio.gather(*(attacker.attack() for attacker in attackers))
        rounds = 0
        while not flood.done() or rounds < 20:
            async with asyncio.timeout(5):  # an honest client is served all the while
                ack = await line.ask(f"h{rounds}", "say", data={"round": rounds})
            assert ack["type"] == "ack"
            rounds += 1
        await flood
        assert all(attacker.left <= 0 for attacker in attackers)
        codes = sum((attacker.codes for attacker in attackers), Counter())
        assert codes[4400] > 10 and codes[4401] > 1
        assert codes[1012] == codes[1006] == 0, codes
        mine = [f["data"]["data"]["round"] for f in line.frames if said_by(honest, f)]
        assert mine == list(range(rounds))
        heard = [*other.frames, *await other.settle()]
        assert [f["data"]["data"]["round"] for f in heard if said_by(honest, f)] == list(range(rounds))
        indexes = [f["index"] for f in heard if f["type"] == "event"]
        assert indexes == list(range(len(indexes)))
        assert own_server.memory_kib - before < MEMORY_GROWTH_KIB_MAX
    async with asyncio.timeout(5):
        assert (await honest.http.get("/readyz")) == {"status": "ok"}
    assert "parlor_connections 0.0" in (await honest.http.client.get("/metrics")).text
    assert "Traceback" not in own_server.log, own_server.log[-3000:]
    for player in (honest, second, *bad):
        await player.close()


def said_by(player: Player, frame: dict[str, Any]) -> bool:
    return frame.get("name") == "said" and bool(frame["data"]["player_id"] == player.id)
