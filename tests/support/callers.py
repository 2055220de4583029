"""A room with one caller of each kind, to test what each of them may do."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import jwt

from tests.support.client import Frame, Player
from tests.support.guests import NOBODY, GameOver, Guests, mover, state_of

CALLERS = (
    "nobody",  # no token at all
    "guest",  # a token and nothing else
    "watcher",  # of a public room: a guest who connects; of a private one: a member without a seat
    "waiting",  # a player whose turn it is not
    "mover",  # the player whose turn it is, once the game runs
    "host",
    "kicked",
    "elsewhere",  # the host of another room
    "expired",  # the host's token of yesterday
    "forger",  # the host's token, signed with another key
    "unsigned",  # the host's token, not signed at all
    "unknown",  # a good token of a player who is not in the database
)
PHASES = ("lobby", "running", "completed")


@dataclass(frozen=True, slots=True)
class Caller:
    player_id: str
    token: str | None


class CallerRoom:
    """`room` as HTTP described it; `callers` by their names."""

    def __init__(self, guests: Guests, room: Frame, public: bool, phase: str, people: dict[str, Player]) -> None:
        self.room = room
        self.public = public
        self.phase = phase
        self.people = people
        self._key = guests.server.token_key
        host = people["host"].id
        self.callers = {name: Caller(player.id, player.token) for name, player in people.items()}
        self.callers |= {
            "nobody": Caller("", None),
            "expired": self._signed(host, -1),
            "forger": self._signed(host, 600, b"another key, also of 32 characters"),
            "unsigned": self._signed(host, 600, None),
            "unknown": self._signed(NOBODY, 600),
        }

    def _signed(self, player_id: str, seconds: int, key: bytes | None = b"") -> Caller:
        now = int(time.time())
        claims = {"iss": "parlor", "sub": player_id, "iat": now - 86400, "exp": now + seconds}
        if key is None:
            return Caller(player_id, jwt.encode(claims, None, algorithm="none"))
        return Caller(player_id, jwt.encode(claims, key or self._key, algorithm="HS256"))

    async def head(self) -> int:
        """As the host is told it."""
        return int((await self.people["host"].http.get(f"/api/games/{self.room['game_id']}"))["head"])


async def open_caller_room(guests: Guests, public: bool, phase: str, **config: Any) -> CallerRoom:
    """Host, mover and waiting player have the seats 0 to 2 and are ready; nobody is connected."""
    settings = {"round_pause_ms": 0, "rounds": 1, "turn_seconds": 0, **config}
    seated, room = await guests.table(4, config=settings, is_public=public)
    people = dict(zip(("host", "mover", "waiting", "kicked"), seated, strict=True))
    for name in ("guest", "watcher", "elsewhere"):
        people[name] = await guests.new(name)
    await people["elsewhere"].http.post("/api/rooms", {})
    if not public:
        await people["watcher"].http.post("/api/join", {"join_code": room["join_code"], "role": "spectator"})
    players = [people[name] for name in ("host", "mover", "waiting")]
    for player in players:
        await player.connect(room["ws_url"])
        assert (await player.ask("set_ready", ready=True))["type"] == "ack"
    assert (await players[0].ask("remove_player", player_id=people["kicked"].id))["type"] == "ack"
    if phase != "lobby":
        assert (await players[0].ask("start_game"))["type"] == "ack"
        assert (await state_of(players[1]))["view"]["turn"]["player_id"] == players[1].id
    if phase == "completed":
        with suppress(GameOver):
            while True:
                player, turn = await mover(players)
                await player.ask(turn["actions"][0]["name"], **turn["actions"][0]["args"])
    for player in players:
        await player.disconnect()
    return CallerRoom(guests, room, public, phase, people)


async def another_caller(guests: Guests, caller_room: CallerRoom, name: str) -> Caller:
    """Another caller of this kind if commands change the kind; else the same one."""
    if name not in ("guest", "watcher", "elsewhere") or caller_room.phase == "completed":
        return caller_room.callers[name]
    player = await guests.new(name)
    if name == "elsewhere":
        await player.http.post("/api/rooms", {})
    if name == "watcher" and not caller_room.public:
        await player.http.post("/api/join", {"join_code": caller_room.room["join_code"], "role": "spectator"})
    return Caller(player.id, player.token)
