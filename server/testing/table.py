"""One room in virtual time on a log in memory: everything between the sockets and the database, without either.

table = Table(GAME, players=2)
table.start()
assert table.seats[0].ask("mark", cell=4)["type"] == "ack"
table.advance(60)  # the other one's time is up
assert table.seats[0].named("marked")[1]["data"]["forced"]
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar, cast
from uuid import UUID, uuid5

import orjson

from persistence.event_log.log import StoredEvent, proven
from persistence.event_log.memory import MemoryLog, MemoryStore
from persistence.ids import new_game_id
from persistence.play.chat import Chats
from server.games import chance
from server.games import table_events as ev
from server.games.registry import Registry
from server.games.replay import fold, state_hash
from server.games.rules import Event, Game, State
from server.games.table import config_data
from server.metrics import Metrics
from server.rooms.bots.players import bot_players
from server.rooms.machine.core import RoomCore
from server.rooms.machine.identity import Identity
from server.rooms.room import Room
from server.testing.clock import VirtualClock
from server.wire.close_codes import CloseCode
from server.wire.encoders import JSON, Encoder
from server.wire.from_client import CommandDecoder, CommandFrame, Hello

SEED = "5e" * 32
Frame = dict[str, Any]
Choice = Callable[[list[Frame]], Frame]
"""Picks one of the `actions` of a turn, each {name, args}."""

_PEOPLE = UUID("9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d")
_STEPS_MAX = 20_000
T = TypeVar("T")


def first(actions: list[Frame]) -> Frame:
    """The choice of those who don't care."""
    return actions[0]


def payloads(data: bytes) -> Iterator[bytes]:
    """What the WebSocket frames hold that came in one write."""
    while data:
        size, start = data[1], 2
        if size == 126:
            size, start = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(data[2:10], "big"), 10
        yield data[start : start + size]
        data = data[start + size :]


class Seat:
    """A player with a connection in memory. `frames`: all frames that were sent to it, oldest first."""

    def __init__(self, table: Table, player_id: str, name: str) -> None:
        self.player_id = player_id
        self.viewer: str | None = None
        self.encoder: Encoder = JSON
        self.limits: dict[str, int] = {}
        self.chat_id = -1
        self.frames: list[Frame] = []
        self.closed: CloseCode | None = None
        self.profile = {"display_name": name, "avatar_seed": name, "color": "#123456"}
        self._table = table
        self._ids = 0

    def send(self, data: bytes) -> None:
        """What the room calls: the bytes of one or several frames."""
        self.frames += [orjson.loads(payload) for payload in payloads(data)]

    def close(self, code: CloseCode, reason: str = "") -> None:
        """What the room calls: the connection ends."""
        self.closed = code

    def connect(self) -> None:
        """Say hello with what was shown so far; the missing events follow."""
        self.closed = None
        last = max((f["index"] for f in self.events), default=-1)
        at_once(self._table.room.attach(self, Hello(None, last, None, None)))
        self._table.commit()

    def disconnect(self) -> None:
        """The connection breaks. The others are told after two seconds."""
        self._table.room.detach(self)
        self._table.commit()

    def command(self, name: str, command_id: str | None = None, /, **args: Any) -> str:
        """Send it and let the log commit; returns the id."""
        self._ids += 1
        command_id = command_id or f"{self.player_id[:8]}-{self._ids}"
        self._table.room.handle(self, self.profile, CommandFrame(command_id, name, args))
        self._table.commit()
        return command_id

    def ask(self, name: str, command_id: str | None = None, /, **args: Any) -> Frame:
        """The same; returns its `ack` or `reject`. Raises LookupError if there is none: the database or the player is
        away."""
        if self._table.room.fanout.find(self.player_id) is not self:
            raise LookupError("this player is not connected")
        mark = len(self.frames)
        sent = self.command(name, command_id, **args)
        answers = [f for f in self.frames[mark:] if f["type"] in ("ack", "reject") and f["id"] == sent]
        if not answers:
            raise LookupError(f"{name} was not answered: nothing is committed while the database is away")
        return answers[0]

    def move(self, choose: Choice = first) -> Frame:
        """Take one of the actions of the turn; returns the answer. Raises LookupError if another player is to move."""
        turn = self.turn
        if turn is None or not turn["actions"]:
            raise LookupError("it is not this player's turn, or the moves can't be listed")
        action = choose(turn["actions"])
        return self.ask(action["name"], **action["args"])

    @property
    def events(self) -> list[Frame]:
        """The `event` frames."""
        return [frame for frame in self.frames if frame["type"] == "event"]

    def named(self, name: str) -> list[Frame]:
        """The `event` frames of this name."""
        return [frame for frame in self.events if frame["name"] == name]

    def of_type(self, kind: str) -> list[Frame]:
        """The frames of one type, such as `turn`."""
        return [frame for frame in self.frames if frame["type"] == kind]

    @property
    def view(self) -> Frame:
        """The player's current view, as in a `state` frame."""
        self._table.room.sync(self)
        return cast(Frame, self.of_type("state")[-1]["view"])

    @property
    def turn(self) -> Frame | None:
        """The newest `turn` frame, while it is the player's turn and the player is connected."""
        room = self._table.room
        if room.core.turn(self.player_id) is None or room.fanout.find(self.player_id) is not self:
            return None
        return next((frame for frame in reversed(self.frames) if frame["type"] == "turn"), None)


class Table:
    """A room, its clock and its log. The log commits only in `commit`, which everything here calls by itself.

    `players`: so many seats, to be played by the test; `bots`: so many more, of level `level` (default: the one that
    rooms take). `config`: settings of the game. Raises ValueError for what a room would refuse.
    """

    def __init__(
        self,
        game: Game[Any],
        players: int = 2,
        bots: int = 0,
        level: str | None = None,
        *,
        identity: Identity | None = None,
        registry: Registry | None = None,
        chats: Chats | None = None,
        **config: Any,
    ) -> None:
        self.game = game
        self.registry = registry or Registry([game])
        self.clock = VirtualClock()
        self.store = MemoryStore()
        self.log = MemoryLog(self.store)
        self.log.hold()
        self.outage = False
        self.chats = chats
        self.identity = identity or Identity(new_game_id(), "ABCDEF", True, SEED)
        self.unloaded: list[str] = []
        self.seats = [Seat(self, str(uuid5(_PEOPLE, str(n))), f"Player {n}") for n in range(players)]
        self._bots = bot_players(self.registry)
        self._decoder = CommandDecoder(game)
        given: dict[str, Any] = config if chats is not None else {"chat": False, **config}
        settings = game.config(**given)
        problem = settings.problem()
        if problem is not None:
            raise ValueError(problem.message)
        if players + bots > settings.max_players:
            raise ValueError(f"{players} players and {bots} bots are more than max_players, {settings.max_players}")
        creator = self.seats[0].player_id if self.seats else str(uuid5(_PEOPLE, "creator"))
        commitment = chance.commitment(self.game_id, self.identity.session_seed)
        core = self._core()
        joins = self._joins(bots, level)
        opening = core.create(creator, config_data(settings), commitment, joins, self.clock.now_ms(), ())
        self.room = self._room(core, -1, self.store.claim(self.game_id))
        self.room.create(opening)
        self.commit()

    @property
    def game_id(self) -> str:
        return self.identity.game_id

    @property
    def state(self) -> State[Any]:
        """The newest state that is committed."""
        return self.room.core.told_state

    @property
    def rows(self) -> list[StoredEvent]:
        """The log, oldest event first."""
        return self.store.game(self.game_id).events

    @property
    def names(self) -> list[str]:
        """The names of its events."""
        return [row.type for row in self.rows]

    @property
    def is_over(self) -> bool:
        return self.state.table.is_over

    def commit(self) -> None:
        """Let the log write what is waiting, unless the database is away (`outage`)."""
        if self.room.core.relaxed:
            self.clock.advance(0)  # such a room tells on the loop's next turn
        if not self.outage:
            self.log.release()
            self.log.hold()

    def advance(self, seconds: float) -> None:
        """Let time pass, with all that falls due."""
        self.clock.advance(seconds, self.commit)

    def start(self) -> None:
        """Everybody connects, gets ready, and the host starts; open tables need no start."""
        for seat in self.seats:
            seat.connect()
        if self.state.play is None:
            for seat in self.seats:
                seat.command("set_ready", ready=True)
            self.seats[0].command("start_game")

    def play(self, choose: Choice = first) -> None:
        """Play to the end: players to move choose, for all others time passes."""
        self.play_while(lambda: not self.is_over, choose)

    def play_until(self, name: str, times: int = 1, choose: Choice = first) -> None:
        """The same until this event has happened so many times."""
        self.play_while(lambda: self.names.count(name) < times, choose)

    def play_while(self, going: Callable[[], bool], choose: Choice = first) -> None:
        """The same as long as `going` says so. Raises RuntimeError if that is for ever."""
        for _ in range(_STEPS_MAX):
            if not going():
                return
            seat = next((s for s in self.seats if s.turn is not None and s.turn["actions"]), None)
            if seat is None:
                self.advance(1)  # a bot, a pause, or somebody who is away
            else:
                seat.move(choose)
        raise RuntimeError(f"after {_STEPS_MAX} steps it goes on and on; the last events: {self.names[-5:]}")

    def restart(self, after_s: float = 0.0) -> None:
        """The server dies; after a while another one loads the room from the log. Connections are gone."""
        self.log = MemoryLog(self.store)
        self.log.hold()
        self.room.closed = "killed"
        self.clock.advance(after_s)
        core = self._core()
        records = core.load(self.rows, self.registry.codec(self.game.name), proven(self.rows))
        self.room = self._room(core, len(self.rows) - 1, self.store.claim(self.game_id))
        self.room.remember(records)
        self.room.resume("restart")
        self.commit()

    def assert_log_gives_the_live_state(self) -> None:
        """Fold the log and compare: what a restart would load is what is played on now."""
        codec = self.registry.codec(self.game.name)
        events: list[Event] = [codec.from_data(row.type, row.payload) for row in self.rows]
        assert state_hash(fold(self.game, events)) == state_hash(self.state), "the log gives another state"

    def _joins(self, bots: int, level: str | None) -> list[Event]:
        """The players on the first seats, then the bots. Raises ValueError if the game has no such bots."""
        joins: list[Event] = [ev.PlayerJoined(s.player_id, n, s.profile) for n, s in enumerate(self.seats)]
        levels = self.game.bot_levels
        chosen = level or ("steady" if "steady" in levels else levels[0] if levels else "")
        if bots and chosen not in levels:
            raise ValueError(
                f"{self.game.name} has no bots of level {chosen!r} (levels: {', '.join(levels) or 'none'})"
            )
        for number in range(1, bots + 1):
            bot = self._bots[chosen, number]
            joins.append(ev.PlayerJoined(bot.player_id, len(joins), bot.profile, is_bot=True, strategy=chosen))
        return joins

    def _core(self) -> RoomCore:
        return RoomCore(self.game, self._decoder, self.identity, self._bots)

    def _room(self, core: RoomCore, head: int, epoch: int) -> Room:
        return Room(
            core,
            self.registry.codec(self.game.name),
            self.log,
            cast(Chats, self.chats),  # a room without a chat asks for nothing
            self.clock,
            Metrics(),
            head=head,
            epoch=epoch,
            on_unload=lambda room: self.unloaded.append(room.closed or ""),
            on_rematch=lambda room, wish: None,
        )


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Carry out what has nothing to wait for, since the log is in memory. Raises RuntimeError if it does wait."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast(T, done.value)
    work.close()
    raise RuntimeError("the log is held: nothing can be read from it now")
