"""The rooms of this node: those in memory by id, and the way from the log into memory."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from persistence.database import Database
from persistence.errors import Conflict
from persistence.event_log.log import EventLog, Health, LossReason, proven
from persistence.ids import new_game_id
from persistence.play import games
from persistence.play.archive import ForkedGame
from persistence.play.chat import Chats
from persistence.write import Write
from server import limits
from server.clock import Clock
from server.errors import Refused, RoomQuarantined, RoomUnavailable
from server.games import chance
from server.games.registry import Registry
from server.games.rules import Config, Data, Event, Game, PlayerId
from server.games.table import config_data
from server.metrics import Metrics
from server.rooms.machine.core import RoomCore
from server.rooms.machine.decisions import Bots
from server.rooms.machine.effects import OpenRematch
from server.rooms.machine.identity import Identity
from server.rooms.machine.thought import Workers
from server.rooms.machine.waiting import NodeWaiting, database_deadline
from server.rooms.room import Room
from server.wire.close_codes import CloseCode
from server.wire.error_codes import ErrorCode
from server.wire.from_client import CommandDecoder

_log = logging.getLogger(__name__)

_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 6
_CODE_ATTEMPTS = 3


def new_join_code() -> str:
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))


@dataclass(frozen=True, slots=True)
class NewRoom:
    """What a new room is made of. `joins`: the events by which players sit down at once, the creator's first.

    `fill_at_ms`: when bots take the free seats, in milliseconds since 1970; None: never. `writes`: what else is written
    with the first events, given the game's id.
    """

    game: Game[Any]
    config: Config
    creator: PlayerId
    joins: tuple[Event, ...]
    is_public: bool
    rematch_of: str | None = None
    fill_at_ms: int | None = None
    writes: Callable[[str], Sequence[Write]] = lambda game_id: ()


class Directory:
    """Loads rooms when somebody asks for them, at most LOADS_AT_ONCE_MAX at a time, each only once."""

    def __init__(
        self,
        registry: Registry,
        log: EventLog,
        database: Database,
        clock: Clock,
        metrics: Metrics,
        node: str,
        bots: Bots,
        rooms_per_player_max: int = limits.ROOMS_PER_PLAYER_MAX,
        workers: Workers | None = None,
    ) -> None:
        self.registry = registry
        self._rooms_per_player_max = rooms_per_player_max
        self.bots = bots
        self._log = log
        self._database = database
        self._chats = Chats(database)
        self._clock = clock
        self._metrics = metrics
        self._workers = workers
        self._node = node
        self._decoders = {game.name: CommandDecoder(game) for game in registry}
        self._rooms: dict[str, Room] = {}
        self._creators: dict[str, PlayerId] = {}  # of the rooms in memory that were created here
        self._created: Counter[PlayerId] = Counter()  # the same, counted
        self._loading: dict[str, asyncio.Task[Room | None]] = {}
        self._loads = asyncio.Semaphore(limits.LOADS_AT_ONCE_MAX)
        self._health = log.health
        self._refused: dict[str, int] = {}  # games whose events the database refused, and the index of the first
        self._quarantined: set[str] = set()  # games that this server does not load any more
        self._waiting = NodeWaiting()
        self.accepting = True
        self._room_watchers: list[Callable[[Room], None]] = []
        self._list_watchers: list[Callable[[str], None]] = []
        self._rematch_watchers: list[Callable[[Room, OpenRematch], None]] = []
        log.watch(self._database_changed)

    def watch(
        self,
        *,
        room: Callable[[Room], None] | None = None,
        listed: Callable[[str], None] | None = None,
        rematch: Callable[[Room, OpenRematch], None] | None = None,
    ) -> None:
        """Add watchers; all of them are called, in the order in which they were added, on the event loop.

        `room`: a room has come into memory. `listed`: the entry of this game in the list of rooms may have changed.
        `rematch`: a player asks for a rematch.
        """
        self._room_watchers += () if room is None else (room,)
        self._list_watchers += () if listed is None else (listed,)
        self._rematch_watchers += () if rematch is None else (rematch,)

    def __iter__(self) -> Iterator[Room]:
        return iter(tuple(self._rooms.values()))

    def __len__(self) -> int:
        return len(self._rooms)

    def find(self, game_id: str) -> Room | None:
        """The room, if it is in memory."""
        return self._rooms.get(game_id)

    async def get(self, game_id: str) -> Room | None:
        """The room, from memory or from the log; None: no such game. Raises `RoomUnavailable`, `RoomQuarantined`."""
        room = self._rooms.get(game_id)
        if room is not None:
            return room
        if not self.accepting:
            raise RoomUnavailable("the server is stopping")
        if game_id in self._quarantined:
            raise RoomQuarantined
        task = self._loading.get(game_id)
        if task is None:
            task = asyncio.create_task(self._load(game_id), name=f"load {game_id}")
            self._loading[game_id] = task
            task.add_done_callback(lambda _: self._loading.pop(game_id, None))
        return await asyncio.shield(task)

    async def create(self, new: NewRoom) -> Room:
        """Open a room and return it once its first events are committed. Raises `RoomUnavailable`, `Refused`."""
        async with database_deadline():
            await self.reachable()
            for _ in range(_CODE_ATTEMPTS):
                room = self.open(new)
                try:
                    await room.wait_committed()
                except RoomUnavailable:
                    if room.loss is None:
                        raise
                    continue  # the log refuses a new room for one reason only: its join code is in use
                return room
        raise RoomUnavailable("no room could be created")

    async def take_in(self, creator: PlayerId, write: Callable[[str], ForkedGame]) -> Room:
        """Write a room that begins with a log, and load it. `write` makes the write, given a join code.

        Raises as `create` does.
        """
        self._admit(creator)
        async with database_deadline():
            await self.reachable()
            for _ in range(_CODE_ATTEMPTS):
                forked = write(new_join_code())
                try:
                    await self._database.apply(forked)
                except Conflict:
                    continue  # its join code is in use
                room = await self.get(forked.new.game_id)
                if room is not None:
                    self._count(room.game_id, creator)
                    return room
        raise RoomUnavailable("no room could be created")

    async def reachable(self) -> None:
        """Return when the log is not paused: what begins now will probably be committed."""
        await self._log.reachable()

    def open(self, new: NewRoom) -> Room:
        """Open a room at once. Nobody may be told of it before event 0 is committed. Raises as `create` does."""
        self._admit(new.creator)
        game_id = new_game_id()
        seed = secrets.token_hex(32)
        code = new_join_code()
        identity = Identity(game_id, code, new.is_public, seed, new.fill_at_ms)
        core = RoomCore(new.game, self._decoders[new.game.name], identity, self.bots, self._waiting)
        config: Data = config_data(new.config)
        row = games.NewGame(
            game_id=game_id,
            game=new.game.name,
            rules_version=new.game.version,
            config=config,
            session_seed=seed,
            owner=self._node,
            join_code=code,
            is_public=new.is_public,
            max_players=new.config.max_players,
            at_ms=self._clock.now_ms(),
            rematch_of=new.rematch_of,
            fill_at_ms=new.fill_at_ms,
        )
        writes = (row, *new.writes(game_id))
        opening = core.create(
            new.creator, config, chance.commitment(game_id, seed), new.joins, self._clock.now_ms(), writes
        )
        room = self._room(core, head=-1, epoch=1)
        self._count(game_id, new.creator)
        room.create(opening)
        return room

    def _admit(self, creator: PlayerId) -> None:
        if not self.accepting:
            raise RoomUnavailable("the server is stopping")
        if self._created[creator] >= self._rooms_per_player_max:
            raise Refused(429, ErrorCode.RATE_LIMITED, "this player has opened too many rooms: close some, or wait")

    def _count(self, game_id: str, creator: PlayerId) -> None:
        """Count one more room of this player, until it leaves the memory."""
        if game_id in self._rooms:
            self._creators[game_id] = creator
            self._created[creator] += 1

    async def _load(self, game_id: str) -> Room | None:
        async with self._loads:
            started = self._clock.monotonic()
            row = await games.claim(self._database, game_id, self._node)
            if row is None:
                return None
            if row.game not in self.registry:
                raise RoomUnavailable(f"the game {row.game!r} is not installed on this server")
            codec = self.registry.codec(row.game)
            rows = [event async for event in self._log.read(game_id, 0, row.last_event_index)]
            if not rows:
                return None
            if not self.accepting:
                raise RoomUnavailable("the server is stopping")
            fill_at_ms = None if row.fill_at is None else round(row.fill_at.timestamp() * 1000)
            identity = Identity(game_id, row.join_code or "", bool(row.is_public), row.session_seed, fill_at_ms)
            core = RoomCore(self.registry.game(row.game), self._decoders[row.game], identity, self.bots, self._waiting)
            records = core.load(rows, codec, proven(rows))
            room = self._room(core, head=rows[-1].index, epoch=row.epoch)
            room.remember(records)
            room.resume("restart")
            if self._health is Health.PAUSED:
                room.database(Health.PAUSED, was=Health.HEALTHY)
            self._metrics.room_load_seconds.observe(self._clock.monotonic() - started)
            return room

    def _room(self, core: RoomCore, *, head: int, epoch: int) -> Room:
        room = Room(
            core,
            self.registry.codec(core.game.name),
            self._log,
            self._chats,
            self._clock,
            self._metrics,
            head=head,
            epoch=epoch,
            on_unload=self._unload,
            on_rematch=self._rematch_wanted,
            workers=self._workers,
        )
        game_id = room.game_id
        room.audience.on_listed = lambda: self._listed(game_id)
        self._rooms[room.game_id] = room
        self._metrics.rooms.set(len(self._rooms))
        for watcher in self._room_watchers:
            watcher(room)
        return room

    def _listed(self, game_id: str) -> None:
        for watcher in self._list_watchers:
            watcher(game_id)

    def _rematch_wanted(self, room: Room, wish: OpenRematch) -> None:
        for watcher in self._rematch_watchers:
            watcher(room, wish)

    def _unload(self, room: Room) -> None:
        if self._rooms.get(room.game_id) is room:
            del self._rooms[room.game_id]
            self._listed(room.game_id)
            self._metrics.rooms.set(len(self._rooms))
            creator = self._creators.pop(room.game_id, None)
            if creator is not None:
                self._created[creator] -= 1
                if not self._created[creator]:
                    del self._created[creator]
        if room.loss is not None and room.loss.reason is LossReason.REFUSED and room.committed_head >= 0:
            self._reload_or_quarantine(room, room.loss.first_index)

    def _reload_or_quarantine(self, room: Room, index: int) -> None:
        """The database refused event `index` of this room. Reload once. A second refusal at the same index means a
        permanent error: quarantine the room."""
        if self._refused.get(room.game_id) == index:
            del self._refused[room.game_id]
            self._quarantined.add(room.game_id)
            self._metrics.rooms_quarantined_total.labels(room.game.name).inc()
            _log.error("game %s is quarantined: the database refuses event %d again", room.game_id, index)
        else:
            self._refused[room.game_id] = index

    def _database_changed(self, health: Health) -> None:
        was, self._health = self._health, health
        if self.accepting:
            for room in self:
                room.database(health, was=was)

    async def close(self, timeout_s: float) -> None:
        """Decide nothing more, commit and tell what was decided, then end all connections. Clients come back spread
        over some seconds. Events that can't be committed in time were sent to nobody."""
        self.accepting = False
        for room in self:
            room.drain()
        try:
            async with asyncio.timeout(timeout_s):
                await self._log.settled()
        except TimeoutError:
            _log.warning("stopping with %d events that the log did not take in time", self._log.pending_events)
        for room in self:
            delay_ms = secrets.randbelow(limits.RESTART_DELAY_MS_MAX)
            room.close("the server is stopping", CloseCode.RESTART, str(delay_ms))
