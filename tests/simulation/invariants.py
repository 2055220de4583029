"""The invariants. They are checked whenever a frame leaves the server, a transaction commits, or the run ends.

durable        an event or ack that leaves the server is committed at that moment
same content   an event equals the row of the log, as this viewer may see it; a state is the fold of the log
in order       on a connection the indexes are consecutive: no duplicate, no gap
exactly once   a command id is in the log once, and all its acks are equal
one writer     rows are written under the newest claimed epoch, and epochs only grow
frozen clock   a move is forced only if the log was available during the player's whole turn
no going back  the events of a client that resumes are those of the log
together       the status and summary of a game agree with its log
no bug         no exception is swallowed, no frame has the code `internal`
(at the end)   no command waits for ever, all clients have the same log, and memory is the fold of it
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import orjson

from persistence.event_log.log import StoredEvent
from server.games import match
from server.games.replay import state_hash
from server.games.rules import Event, State, Viewer
from server.games.table import Phase
from server.games.table_events import GameCreated
from server.rooms.room import Room
from server.wire.from_client import command_data
from tests.simulation.client_socket import Frame, SimulatedSocket
from tests.simulation.database import Server
from tests.simulation.node import Node, registry
from tests.simulation.statements import Game


class Violation(AssertionError):
    """An invariant does not hold. `invariant`: its name."""

    def __init__(self, invariant: str, detail: str) -> None:
        super().__init__(f"{invariant}: {detail}")
        self.invariant = invariant


class Log:
    """The committed log of one game, with the states that follow from it."""

    def __init__(self, game: Game) -> None:
        self.rules = registry().game(game.columns["game"])
        self.codec = registry().codec(self.rules.name)
        self.rows: list[StoredEvent] = []
        self.states: list[State[Any]] = []
        self.epoch = 0
        self.commands: dict[tuple[str, str], int] = {}
        self.acks: dict[tuple[str, str], tuple[int, int]] = {}
        self._events: list[Event] = []
        self._seen: dict[tuple[int, Viewer], Frame] = {}

    @property
    def head(self) -> int:
        return len(self.rows) - 1

    def add(self, row: StoredEvent) -> None:
        event = self.codec.from_data(row.type, row.payload)
        if isinstance(event, GameCreated):
            self.states.append(match.begin(self.rules, event))
        else:
            self.states.append(match.evolve(self.rules, self.states[-1], event))
        self.rows.append(row)
        self._events.append(event)

    def copy(self) -> Log:
        """An independent copy of the current log."""
        made = copy(self)
        made.rows, made.states, made._events = list(self.rows), list(self.states), list(self._events)
        made.commands, made.acks, made._seen = dict(self.commands), dict(self.acks), {}
        return made

    def cut(self, size: int) -> None:
        """The database has lost the rows from `size` on."""
        del self.rows[size:], self.states[size:], self._events[size:]
        self._seen.clear()
        self.commands = {key: index for key, index in self.commands.items() if index < size}
        self.acks = {key: span for key, span in self.acks.items() if span[1] < size}

    def frame(self, index: int, viewer: Viewer) -> Frame:
        """The event frame of a row as this viewer may see it, made from the row only."""
        row, event = self.rows[index], self._events[index]
        key = (index, viewer if event.private else None)
        if key not in self._seen:
            data = {name: value for name, value in row.payload.items() if name not in ("_v", "_n")}
            shown: Any = match.redact(self.rules, event, viewer) if event.private else data
            name = "hidden" if shown is None else row.type
            self._seen[key] = {
                "type": "event",
                "index": index,
                "name": name,
                "at": row.at_ms,
                "data": _plain(shown or {}),
            }
        return self._seen[key]


class Invariants:
    """`note`: writes a line into the history. `violation`: is told what does not hold. `forgiven`: the
    invariants that need not hold after the database has lost commits."""

    def __init__(
        self,
        server: Server,
        note: Callable[[str], None],
        violation: Callable[[Violation], None],
        forgiven: frozenset[str] = frozenset(),
    ) -> None:
        self.server = server
        self.logs: dict[str, Log] = {}
        self.nodes: dict[str, Node] = {}
        self._rooms_ahead: dict[Room, Log] = {}  # rooms ahead of a database that was rewound, and their logs
        self._rewound = False
        self._forgiven = forgiven
        self._note = note
        self._report = violation
        self._next: dict[SimulatedSocket, int] = {}
        self._checks: dict[str, Callable[[SimulatedSocket, Log, Frame], None]] = {
            "welcome": self._welcome,
            "state": self._state,
            "event": self._event,
            "ack": self._ack,
            "turn": self._turn,
            "reject": self._internal,
            "error": self._internal,
        }

    def require(self, holds: bool, invariant: str, detail: str) -> None:
        if not holds and not (self._rewound and invariant in self._forgiven):
            self._report(Violation(invariant, detail))

    # -- commits

    def committed(self, key: str, game: Game, session: str) -> None:
        """A transaction of this session has changed the game."""
        log = self.logs.setdefault(key, Log(game))
        self.require(game.epoch >= log.epoch, "one writer", f"epoch {game.epoch} after {log.epoch}")
        if game.epoch != log.epoch:
            self._note(f"{key[-4:]}: epoch {game.epoch} is claimed by {game.columns['owner']} at head {game.head}")
            log.epoch = game.epoch
        fresh = game.rows[len(log.rows) :]
        if fresh:
            owner = game.columns["owner"]
            names = ",".join(row.type for row in fresh)
            self._note(f"{key[-4:]}: commit {fresh[0].index}..{fresh[-1].index} {names} by {session}")
            self.require(session.startswith(owner), "one writer", f"{session} wrote, the owner is {owner}")
        for row, epoch in zip(fresh, game.epochs[len(log.rows) :], strict=True):
            self._row(log, row, epoch, game)
        if log.states:
            phase, status = log.states[-1].table.phase, game.columns["status"]
            fits = status == _STATUSES[phase] and game.completed == (phase is Phase.COMPLETED)
            self.require(fits, "together", f"the log says {phase}, the row {status}, a summary: {game.completed}")
        self.require(game.head == log.head, "in order", f"head {game.head}, but {len(log.rows)} rows")

    def _row(self, log: Log, row: StoredEvent, epoch: int, game: Game) -> None:
        self.require(row.index == len(log.rows), "in order", f"row {row.index} after {log.head}")
        self.require(epoch == log.epoch, "one writer", f"row {row.index} under epoch {epoch}, {log.epoch} is claimed")
        if row.command_id is not None and row.actor_id is not None:
            command = (row.actor_id, row.command_id)
            self.require(command not in log.commands, "exactly once", f"{row.command_id} at {row.index} again")
            log.commands[command] = row.index
        self.require(row.type != "player_kicked", "no bug", f"{row.payload} has done nothing wrong")
        if row.payload.get("forced"):
            self._forced(log, row, self.nodes[game.columns["owner"]])
        log.add(row)

    def _forced(self, log: Log, row: StoredEvent, node: Node) -> None:
        table = log.states[-1].table
        if not table.players[row.payload["player_id"]].is_present:
            return
        began_ms = row.at_ms - table.config.turn_seconds * 1000
        for start_ms, end_ms in node.pauses:
            frozen = start_ms < row.at_ms and (end_ms is None or end_ms > began_ms + 1)
            self.require(not frozen, "frozen clock", f"row {row.index} is forced; paused {start_ms}..{end_ms}")
        since_ms = max((r.at_ms for r in log.rows if r.type in _TURN_BEGINS), default=0)
        self.require(
            since_ms <= began_ms + 1, "frozen clock", f"row {row.index} is forced after {row.at_ms - since_ms} ms"
        )

    def lost(self, key: str, game: Game) -> None:
        """The database was rewound to this game."""
        log = self.logs[key]
        for node in self.nodes.values():
            room = node.directory.find(key)
            if room is not None and room.core.told_head > game.head:
                self._rooms_ahead.setdefault(room, log.copy())
        self._note(
            f"{key[-4:]}: the database goes back from {log.head} to {game.head}, epoch {log.epoch} to {game.epoch}"
        )
        log.cut(len(game.rows))
        log.epoch = game.epoch
        self._rewound = True

    # -- frames

    def frame_sent(self, socket: SimulatedSocket, frame: Frame) -> None:
        """A frame leaves the server."""
        room = socket.node.directory.find(socket.game_id)
        log = (
            self.logs.get(socket.game_id)
            if room is None
            else self._rooms_ahead.get(room, self.logs.get(socket.game_id))
        )
        check = self._checks.get(frame["type"])
        if log is not None and check is not None:
            check(socket, log, frame)

    def _welcome(self, socket: SimulatedSocket, log: Log, frame: Frame) -> None:
        if self._rooms_ahead and frame["head"] > log.head:
            return  # from a room that is being lost; the connection ends with it
        self.require(frame["head"] <= log.head, "durable", f"welcome at head {frame['head']} of {log.head}")
        if frame["mode"] == "replay":
            last = socket.hello["last_index"]
            self._next[socket] = last + 1
            held: dict[int, Frame] = socket.client.held  # type: ignore[attr-defined]  # every client has a log
            viewer = self._viewer(socket, log)
            for index, mine in held.items():
                same = index > last or (index <= log.head and log.frame(index, viewer) == mine)
                self.require(same, "no going back", f"goes on from {last}, but its event {index} is another")

    def _viewer(self, socket: SimulatedSocket, log: Log) -> Viewer:
        player_id = socket.hello["token"]
        player = log.states[-1].table.players.get(player_id)
        seated = player is not None and player.seat is not None and socket.hello.get("role") != "spectator"
        return player_id if seated else None

    def _state(self, socket: SimulatedSocket, log: Log, frame: Frame) -> None:
        index = frame["index"]
        self.require(index <= log.head, "durable", f"state {index}, committed {log.head}")
        self.require(index + 1 >= self._next.get(socket, 0), "in order", f"state {index} goes back")
        self._next[socket] = index + 1
        viewer = self._viewer(socket, log)
        expected = _plain(match.view(log.rules, log.states[index], viewer))
        view = {name: value for name, value in frame["view"].items() if name != "join_code"}
        if viewer is None:
            expected["you"]["player_id"] = socket.hello["token"]
        if expected.get("turn") is not None and view.get("turn") is not None:
            expected["turn"]["deadline_at"] = view["turn"]["deadline_at"]
        self.require(view == expected, "same content", f"state {index}: {view} is not {expected}")

    def _event(self, socket: SimulatedSocket, log: Log, frame: Frame) -> None:
        index = frame["index"]
        self.require(index <= log.head, "durable", f"event {index}, committed {log.head}")
        following = self._next.get(socket)
        self.require(index == following, "in order", f"event {index} in place of {following}")
        self._next[socket] = index + 1
        expected = log.frame(index, self._viewer(socket, log))
        self.require(frame == expected, "same content", f"event {frame} is not {expected}")

    def _ack(self, socket: SimulatedSocket, log: Log, frame: Frame) -> None:
        first, last, command = frame["first"], frame["last"], (socket.hello["token"], frame["id"])
        self.require(last <= log.head, "durable", f"ack {frame['id']} {first}..{last}, committed {log.head}")
        row = log.rows[first]
        self.require((row.actor_id, row.command_id) == command, "exactly once", f"ack {frame}, but {row}")
        self.require(last - first + 1 == row.payload.get("_n", 1), "exactly once", f"ack {frame} of {row}")
        before = log.acks.setdefault(command, (first, last))
        self.require(before == (first, last), "exactly once", f"ack {frame}, before {before}")

    def _turn(self, socket: SimulatedSocket, log: Log, frame: Frame) -> None:
        index, player_id = frame["index"], socket.hello["token"]
        self.require(index <= log.head, "durable", f"turn at {index}, committed {log.head}")
        state = log.states[index]
        deadline = log.rules.deadline(state)
        mine = deadline is not None and player_id in deadline.player_ids
        self.require(mine, "same content", f"turn {index} is not {player_id}'s")
        actions = _plain([command_data(command) for command in log.rules.actions(state, player_id)])
        self.require(frame["actions"] == actions, "same content", f"{frame} has not {actions}")

    def _internal(self, socket: SimulatedSocket, log: Log, frame: Frame) -> None:
        poisoned = frame["type"] == "reject" and self.server.refused > 0
        self.require(frame["code"] != "internal" or poisoned, "no bug", str(frame))

    # -- the end

    def settled(self, key: str, node: Node) -> str | None:
        """Check that the room in memory is the fold of the log; returns what is still missing."""
        log, room = self.logs[key], node.directory.find(key)
        if room is None:
            return "the room is not in memory"
        if room in self._rooms_ahead and "no going back" in self._forgiven:
            return None  # the room was not told that the database was rewound
        if room.core.head != log.head or room.core.told_head != log.head:
            return f"the room is at {room.core.head}, committed {room.core.told_head}, the log at {log.head}"
        run, folded = state_hash(room.core.told_state), state_hash(log.states[-1])
        self.require(run == folded, "same content", f"at {log.head} the live state is not the fold of the log")
        return None


_STATUSES = {
    Phase.LOBBY: "created",
    Phase.PLAYING: "in_progress",
    Phase.COMPLETED: "completed",
    Phase.ABORTED: "aborted",
}
_TURN_BEGINS = frozenset(
    ("player_bid", "card_played", "trick_started", "bidding_complete", "cards_dealt", "game_resumed", "round_scored")
)


def _plain(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))
