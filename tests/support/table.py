"""One room in virtual time on a log in memory: everything between the sockets and the database, without either."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import orjson

from persistence.event_log.log import StoredEvent, proven
from persistence.event_log.memory import MemoryLog, MemoryStore
from persistence.ids import new_game_id
from server.games import chance
from server.games.registry import Registry
from server.games.replay import fold, state_hash
from server.games.rules import Event, Game
from server.games.table import config_data
from server.games.table_events import PlayerJoined
from server.metrics import Metrics
from server.rooms.core import RoomCore
from server.rooms.identities import bot_identities
from server.rooms.identity import Identity
from server.rooms.room import Room
from server.wire.close_codes import CloseCode
from server.wire.commands import CommandDecoder
from server.wire.encoders import JSON
from server.wire.from_client import CommandFrame, Hello
from tests.support.chats import MemoryChats
from tests.support.clock import VirtualClock

SEED = "5e" * 32
REGISTRY = Registry.installed()  # made once: it reads the metadata of what is installed
Frame = dict[str, Any]
_MOVES = ("player_bid", "card_played")
_BOTS = bot_identities(REGISTRY)
_DECODERS = {game.name: CommandDecoder(game) for game in REGISTRY}


class Seat:
    """A connection of one player, in memory."""

    def __init__(self, table: VirtualTable, player_id: str, name: str) -> None:
        self.player_id = player_id
        self.viewer: str | None = None
        self.encoder = JSON
        self.limits: dict[str, int] = {}
        self.chat_id = -1
        self.frames: list[Frame] = []
        self.closed: CloseCode | None = None
        self.profile = {"display_name": name, "avatar_seed": name, "color": "#123456"}
        self._table = table
        self._ids = 0

    def send(self, data: bytes) -> None:
        while data:  # several frames may come in one write
            size, start = data[1], 2
            if size == 126:
                size, start = int.from_bytes(data[2:4], "big"), 4
            elif size == 127:
                size, start = int.from_bytes(data[2:10], "big"), 10
            self.frames.append(orjson.loads(data[start : start + size]))
            data = data[start + size :]

    def close(self, code: CloseCode, reason: str = "") -> None:
        self.closed = code

    async def connect(self) -> None:
        self.closed = None
        last = max((f["index"] for f in self.events), default=-1)
        await self._table.room.attach(self, Hello(None, last, None, None))
        self._table.commit()

    def disconnect(self) -> None:
        self._table.room.detach(self)
        self._table.commit()

    def command(self, name: str, command_id: str | None = None, /, **args: Any) -> str:
        """Send it and let the log commit; returns the id."""
        self._ids += 1
        command_id = command_id or f"{self.player_id[:8]}-{self._ids}"
        self._table.room.handle(self, self.profile, CommandFrame(command_id, name, args))
        self._table.commit()
        return command_id

    @property
    def events(self) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == "event"]

    def named(self, name: str) -> list[Frame]:
        return [frame for frame in self.events if frame["name"] == name]

    def of_type(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    @property
    def turn(self) -> Frame | None:
        """The newest turn, unless it was used."""
        turns = self.of_type("turn")
        moves = [e["index"] for e in self.events if e["name"] in _MOVES and e["data"]["player_id"] == self.player_id]
        return turns[-1] if turns and turns[-1]["index"] >= max(moves, default=0) else None


class VirtualTable:
    """A room, its clock and its log. The log commits only in `commit`, which everything here calls by itself."""

    def __init__(
        self,
        game: str = "eldorado",
        players: int = 2,
        bots: int = 0,
        identity: Identity | None = None,
        **config: Any,
    ) -> None:
        self.registry = REGISTRY
        self.game: Game[Any] = self.registry.game(game)
        self.clock = VirtualClock()
        self.store = MemoryStore()
        self.log = MemoryLog(self.store)
        self.log.hold()
        self.outage = False
        self.chats = MemoryChats()
        self.identity = identity or Identity(new_game_id(), "ABCDEF", True, SEED)
        self._bots = _BOTS
        self.seats = [Seat(self, str(uuid4()), f"Player {n}") for n in range(players)]
        self.unloaded: list[str] = []
        joins: list[Event] = [PlayerJoined(s.player_id, n, s.profile) for n, s in enumerate(self.seats)]
        for number in range(1, bots + 1):
            bot = self._bots["steady" if "steady" in self.game.bot_levels else "random", number]
            joins.append(PlayerJoined(bot.player_id, players + number - 1, bot.profile, True, "steady"))
        creator = self.seats[0].player_id if self.seats else str(uuid4())
        settings = config_data(self.game.config(**config))
        commitment = chance.commitment(self.game_id, self.identity.session_seed)
        core = self._core()
        opening = core.create(creator, settings, commitment, joins, self.clock.now_ms(), ())
        self.room = self._room(core, -1, self.store.claim(self.game_id))
        self.room.create(opening)
        self.commit()

    @property
    def game_id(self) -> str:
        return self.identity.game_id

    @property
    def rows(self) -> list[StoredEvent]:
        return self.store.game(self.game_id).events

    @property
    def names(self) -> list[str]:
        return [row.type for row in self.rows]

    def commit(self) -> None:
        """Let the log write what is waiting, unless the database is away."""
        if not self.outage:
            self.log.release()
            self.log.hold()

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds, self.commit)

    async def start(self) -> None:
        """Everybody connects, gets ready, and the host starts."""
        for seat in self.seats:
            await seat.connect()
        for seat in self.seats:
            seat.command("set_ready", ready=True)
        self.seats[0].command("start_game")

    def play(self, tricks: int | None = None) -> None:
        """Everybody takes the first action that is offered, until so many tricks are done or the game is over."""
        while "game_completed" not in self.names:
            if tricks is not None and self.names.count("trick_completed") >= tricks:
                return
            self._play_one()

    def _play_one(self) -> None:
        seat = next((s for s in self.seats if s.turn is not None), None)
        if seat is None or seat.turn is None:
            self.advance(1)  # a pause between rounds, or a bot
        else:
            action = seat.turn["actions"][0]
            seat.command(action["name"], **action["args"])

    def play_until(self, name: str, times: int = 1) -> None:
        """Everybody takes the first action that is offered, until this event has happened so many times."""
        while self.names.count(name) < times:
            self._play_one()

    async def restart(self, after_s: float = 0.0) -> None:
        """The server dies; after a while another one loads the room from the log. Connections are gone."""
        self.log = MemoryLog(self.store)
        self.log.hold()
        self.room.closed = "killed"
        self.clock.advance(after_s)
        core = self._core()
        codec = self.registry.codec(self.game.name)
        records = core.load(self.rows, codec, proven(self.rows))
        self.room = self._room(core, len(self.rows) - 1, self.store.claim(self.game_id))
        self.room.remember(records)
        self.room.resume("restart")
        self.commit()
        await asyncio.sleep(0)

    def assert_log_gives_the_live_state(self) -> None:
        codec = self.registry.codec(self.game.name)
        folded = fold(self.game, [codec.from_data(row.type, row.payload) for row in self.rows])
        assert state_hash(folded) == state_hash(self.room.core.committed_state)

    def _core(self) -> RoomCore:
        return RoomCore(self.game, _DECODERS[self.game.name], self.identity, self._bots)

    def _room(self, core: RoomCore, head: int, epoch: int) -> Room:
        return Room(
            core,
            self.registry.codec(self.game.name),
            self.log,
            self.chats,
            self.clock,
            Metrics(),
            head=head,
            epoch=epoch,
            on_unload=lambda room: self.unloaded.append(room.closed or ""),
            on_rematch=lambda room, wish: None,
        )
