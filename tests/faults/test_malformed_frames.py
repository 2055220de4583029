"""A hundred thousand frames that no honest client sends, from several sockets: nobody else notices."""

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

from tests.support.client import JSON, MSGPACK, Player
from tests.support.postgres import Server
from tests.support.raw_connection import BINARY, CLOSE, CONT, PING, PONG, TEXT, Raw, close_code, frame, series, upgrade
from tests.support.server import HostedProcess, serving
from tests.support.socket_client import entered

FRAMES = 100_000
ATTACKERS = 8
FRAMES_AT_ONCE = 400
SEED = 20_261
MEMORY_GROWTH_KIB_MAX = 40 * 1024
WORDS = ["command", "hello", "ping", "sync", "say", "leave", "", "\x00", "🎲", "type", "args", "id", "name"]


@pytest.fixture(scope="module")
def own_server(postgres: Server) -> Iterator[HostedProcess]:
    """One whose memory is its own, and where nobody is too fast."""
    rates = ("PARLOR_COMMANDS_PER_S", "PARLOR_BURST", "PARLOR_BYTES_PER_S", "PARLOR_BYTES_BURST")
    with serving(postgres, **dict.fromkeys(rates, "1000000000")) as server:
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
    message = {"type": dice.choice(["command", "ping", "synk", "wave", "hello", "command"])}
    for key in ("id", "name", "args", "nonce", "token", "last_index"):
        if dice.random() < 0.7 and not (message["type"] == "hello" and key == "last_index"):
            message[key] = anything(dice)
    if message.get("name") == "leave":
        message["name"] = "go"
    return message


def survived(dice: random.Random) -> bytes:
    """One frame that is answered, or needs no answer."""
    kind = dice.random()
    if kind < 0.05:
        return frame(dice.choice([PING, PONG]), dice.randbytes(dice.randrange(126)))
    message = almost(dice)
    binary = dice.random() < 0.5
    whole = msgpack.packb(message) if binary else json.dumps(message).encode()
    opcode = BINARY if binary else TEXT
    if kind < 0.1:
        middle = dice.randrange(len(whole))
        return frame(opcode, whole[:middle], fin=False) + frame(PING) + frame(CONT, whole[middle:])
    return frame(opcode, whole)


def deadly(dice: random.Random) -> bytes:
    """Bytes that the connection does not survive."""
    whole = json.dumps(almost(dice)).encode()
    message = [whole[: dice.randrange(len(whole))], b"[" * 3000, whole + whole, b"null", b"[]", b"", b"\xff\xfe", b"1"]
    nested = b'{"type":"ping","nonce":' + b"[" * 5000
    return dice.choice(
        [
            frame(dice.choice([TEXT, BINARY]), dice.choice(message)),
            frame(TEXT, nested),
            frame(BINARY, b"\xc1"),
            frame(BINARY, b"\xdf\xff\xff\xff\xff"),
            frame(TEXT, b"x" * 20_000),
            frame(TEXT, b"x" * 9_000, fin=False) + frame(CONT, b"x" * 9_000),
            frame(CONT, b"x"),
            frame(dice.choice([3, 4, 5, 6, 7, 11, 15]), b"x"),
            frame(PING, b"x" * 126),
            frame(PING, fin=False),
            frame(CLOSE, b"\x00"),
            frame(TEXT, whole, masked=False),
            frame(TEXT, whole, reserved=dice.choice([0x10, 0x20, 0x40])),
            b"\x81\xff" + b"\xff" * 8 + dice.randbytes(20),
            b"\x00" * 50,
            b"GET / HTTP/1.1\r\n\r\n",
        ]
    )


class Attacker:
    """Sends until its share was dealt with, and comes back whenever it is thrown out."""

    def __init__(self, number: int, player: Player, url: str) -> None:
        self.dice = random.Random(SEED + number)
        self.player = player
        self.url = url
        self.left = FRAMES // ATTACKERS
        self.codes: Counter[int] = Counter()

    async def attack(self) -> None:
        while self.left > 0:
            if self.dice.random() < 0.1:
                await self._before_any_frame()
            else:
                await self._frames()

    async def _before_any_frame(self) -> None:
        """What is no request, or no upgrade."""
        request = upgrade(self.url, f"Sec-WebSocket-Protocol: {self.dice.choice(WORDS)!r}")
        spoilt = bytearray(request)
        spoilt[self.dice.randrange(len(spoilt))] = self.dice.randrange(256)
        with await Raw.open(self.url) as raw:
            await raw.send(self.dice.choice([bytes(spoilt), self.dice.randbytes(200)]) + b"\r\n\r\n")
            raw.socket.shutdown(1)
            await raw.rest()

    async def _frames(self) -> None:
        count = self.dice.randrange(1, FRAMES_AT_ONCE)
        flood = [survived(self.dice) for _ in range(count)]
        flood.append(deadly(self.dice))
        with await Raw.upgraded(self.url) as raw:
            if self.dice.random() < 0.9:
                hello = {"type": "hello", "token": self.player.token, "last_index": 10**9}
                await raw.send(frame(TEXT, json.dumps(hello).encode()))
                if self.dice.random() < 0.95:  # sometimes there are too many frames before the welcome
                    await raw.receive()
            sending = asyncio.create_task(self._send(raw, b"".join(flood)))
            data = await self._answers(raw)
            await sending
        code = close_code(data)
        self.codes[code] += 1
        self.left -= 1 if code in (4401, 4429) else count

    async def _send(self, raw: Raw, data: bytes) -> None:
        with suppress(ConnectionError):
            for at in range(0, len(data), 30_000):
                await raw.send(data[at : at + 30_000])

    async def _answers(self, raw: Raw) -> bytes:
        """Up to the close frame."""
        data = b""
        with suppress(ConnectionError):
            while more := await raw.receive():
                data += more
                if close_code(data) != 1006:
                    break
        return data


async def test_a_flood_of_malformed_frames_does_not_disturb_others(own_server: HostedProcess) -> None:
    honest, second = await Player.create(own_server.url), await Player.create(own_server.url)
    room = await honest.http.post("/api/rooms", {"game": "relay"})
    await second.http.post(f"/api/rooms/{room['game_id']}/join")
    bad = [await Player.create(own_server.url) for _ in range(ATTACKERS)]
    for player in bad[: ATTACKERS // 2]:  # half of them have seats
        await player.http.post(f"/api/rooms/{room['game_id']}/join")
    attackers = [Attacker(number, player, room["ws_url"]) for number, player in enumerate(bad)]
    async with entered(room["ws_url"], honest, JSON) as line, entered(room["ws_url"], second, MSGPACK) as other:
        await line.settle()
        before_kib = own_server.memory_kib
        flood = asyncio.gather(*(attacker.attack() for attacker in attackers))
        rounds = 0
        while not flood.done() or rounds < 20:
            async with asyncio.timeout(5):  # an honest client is served all the while
                ack = await line.ask(f"h{rounds}", "say", data={"round": rounds})
            assert ack["type"] == "ack"
            rounds += 1
            await asyncio.sleep(0.05)
        await flood
        codes = sum((attacker.codes for attacker in attackers), Counter())
        growth_kib = own_server.memory_kib - before_kib
        print(f"\n{FRAMES} frames over {codes.total()} connections: {dict(codes)}, memory +{growth_kib} KiB")
        assert all(attacker.left <= 0 for attacker in attackers)
        assert codes[4400] > 100 and codes[4401] > 10 and codes[1002] > 50 and codes[1009] > 20
        assert codes[1012] == codes[1011] == codes[1001] == codes[1006] == 0, codes
        mine = [f["data"]["data"]["round"] for f in line.frames if said_by(honest, f)]
        assert mine == list(range(rounds))
        heard = [*other.frames, *await other.settle()]
        assert [f["data"]["data"]["round"] for f in heard if said_by(honest, f)] == list(range(rounds))
        indexes = [f["index"] for f in heard if f["type"] == "event"]
        assert indexes == list(range(len(indexes)))
        assert growth_kib < MEMORY_GROWTH_KIB_MAX
    async with asyncio.timeout(5):
        assert (await honest.http.get("/readyz")) == {"status": "ok"}
        while (await series(own_server.url, "parlor_connections"))[""] > 0:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.1)
    assert "Traceback" not in own_server.log, own_server.log[-3000:]
    for player in (honest, second, *bad):
        await player.close()


def said_by(player: Player, message: dict[str, Any]) -> bool:
    return message.get("name") == "said" and bool(message["data"]["player_id"] == player.id)
