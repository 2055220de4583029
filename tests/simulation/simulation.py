"""A simulation: a database, nodes, clients and faults, all drawn from one seed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any, cast

from persistence.errors import PersistenceError
from server.errors import RoomUnavailable
from tests.simulation import faults
from tests.simulation.bounds import smaller_bounds
from tests.simulation.client import Client
from tests.simulation.client_socket import SimulatedSocket
from tests.simulation.database import Server
from tests.simulation.database_connection import Network
from tests.simulation.faults import Fault
from tests.simulation.invariants import Invariants, Violation
from tests.simulation.loop import VirtualLoop, all_randomness_from
from tests.simulation.node import Node, new_task
from tests.simulation.rooms import SimulatedRoom, profile, rooms
from tests.simulation.statements import Game

_FAULTS_UNTIL_S = 30.0
_SETTLE_S = 30.0  # within this time after the last fault everything must be in order again


@dataclass(frozen=True, slots=True)
class Outcome:
    """`violation`: the first violation of an invariant, or None. `history`: a line for each thing that happened."""

    seed: int
    violation: Violation | None
    history: list[str]
    commands: int
    faults: int


class Simulation:
    """`node`: accepts new connections; earlier nodes may still run. `sockets`: all that were ever opened."""

    def __init__(self, seed: int, weights: dict[Fault, int], forgiven: frozenset[str]) -> None:
        self.seed = seed
        self.history: list[str] = []
        self.violation: Violation | None = None
        self.loop = VirtualLoop()
        self.loop.set_task_factory(cast(Any, new_task))
        self.loop.set_exception_handler(self._unhandled)
        self.random = Random(seed)
        self.server: Server = Server(self.loop, self.random, self._committed)
        self.invariants = Invariants(self.server, self.note, self._report, forgiven)
        self.nodes: list[Node] = []
        self.sockets: list[SimulatedSocket] = []
        self.plan: list[faults.PlannedFault] = faults.plan(self.random, _FAULTS_UNTIL_S, weights)
        self.rooms = list(rooms(self.random, self.loop, self.connect))
        self.clients = [client for room in self.rooms for client in room.clients]
        self.over = False
        self._down = False  # no node takes connections

    @property
    def node(self) -> Node:
        """The node that clients connect to."""
        return self.nodes[-1]

    def note(self, text: str) -> None:
        self.history.append(f"{self.loop.now_s:10.4f} {text}")

    # -- the run

    async def run(self) -> None:
        """Run clients and faults, end the faults, then check that everything settles."""
        self.start_node()
        for planned in self.plan:
            self.loop.call_at(planned.at_s, faults.inject, self, planned)
        tasks = [self.loop.create_task(self._run_room(room)) for room in self.rooms]
        for task in tasks:
            task.add_done_callback(lambda task: task.cancelled() or task.result())
        await asyncio.sleep(max(0.0, _FAULTS_UNTIL_S - self.loop.now_s))
        self._end_faults()
        await self._settle()
        self.over = True
        for task in tasks:
            task.cancel()

    async def _run_room(self, room: SimulatedRoom) -> None:
        """Create a room, then run its clients concurrently."""
        for client in room.clients:
            self.server.players[client.player_id] = {"id": client.player_id, **profile(client)}
        await self._create(room)
        async with asyncio.TaskGroup() as group:
            for client in room.clients:
                group.create_task(client.run(self.random.uniform(0.3, 3.0)))

    async def _create(self, room: SimulatedRoom) -> None:
        while not room.game_id:
            if self.loop.now_s > _FAULTS_UNTIL_S + _SETTLE_S:
                self._report(Violation("no command waits for ever", "no room could be created"))
                await asyncio.sleep(1)
            wish = self.node.directory.create(room.new_room())
            create = self.loop.create_task(wish, context=self.node.context)
            await asyncio.wait({create})  # it is cancelled if its node is killed
            problem = None if create.cancelled() else create.exception()
            if problem is not None and not isinstance(problem, RoomUnavailable | PersistenceError):
                self._report(Violation("no bug", f"no room could be created: {problem!r}"))
            if create.cancelled() or problem is not None:
                await asyncio.sleep(0.3)
            else:
                room.created(create.result().game_id)
        names = ", ".join(client.name for client in room.clients)
        self.note(f"{room.game.name} room {room.game_id} is there, with {names}")

    def _end_faults(self) -> None:
        self.note("calm")
        self.server.heal()
        for node in self.nodes:
            node.network.cut_off_until_s = 0.0
            node.network.request_faults.clear()
        for client in self.clients:
            client.faults_over = True

    async def _settle(self) -> None:
        """Wait until all commands are answered and all clients are connected and have the newest event."""
        until_s = self.loop.now_s + _SETTLE_S
        for look in (self._unanswered, self._behind):
            problem: str | None = "nothing was checked"
            speak_s = self.loop.now_s + _SETTLE_S / 3
            while problem is not None:
                await asyncio.sleep(0.25)
                problem = look()
                if self.loop.now_s > until_s:
                    self._report(Violation("no command waits for ever", problem or ""))
                    return
                if look == self._behind and self.loop.now_s > speak_s:
                    self._send_last_commands()
                    speak_s += _SETTLE_S / 3
            self._send_last_commands()

    def _unanswered(self) -> str | None:
        for client in self.clients:
            if client.pending:
                return f"{client.name} waits for {sorted(client.pending)}"
            if not client.online:
                return f"{client.name} is not connected"
        return None

    def _behind(self) -> str | None:
        problem = self._unanswered()
        for room in self.rooms:
            owner = self.server.games[room.game_id].columns["owner"]
            problem = problem or self.invariants.settled(room.game_id, self.invariants.nodes[owner])
            head = self.invariants.logs[room.game_id].head
            behind = [f"{client.name} at {client.last}" for client in room.clients if client.last < head]
            problem = problem or (f"{behind}, but the log is at {head}" if behind else None)
        return problem

    def _send_last_commands(self) -> None:
        """Let each client send a command, so that rooms with another owner by now notice it."""
        for client in self.clients:
            if client.online:
                client.command("update_profile", {"display_name": "last words"})

    # -- faults

    def start_node(self) -> None:
        name = f"node {len(self.nodes) + 1}"
        network = Network(self.server, self.random, self.note)
        node = Node(name, self.loop, self.server, network, writers=self.random.choice((1, 1, 2)))
        self.nodes.append(node)
        self.invariants.nodes[name] = node
        self.note(f"{name} starts")
        node.start()

    def crash(self, down_s: float) -> None:
        """Kill the current node, and start another one after a while."""
        if self._down:
            return
        self.note(f"{self.node.name} is killed")
        self.node.crash()
        for socket in self.sockets:
            if socket.node is self.node:
                socket.node_crashed()
        self._down = True
        self.loop.call_later(down_s, self._again)

    def stop(self, down_s: float) -> None:
        """Stop the current node gracefully: it has some seconds to commit and send what was decided."""
        if self._down:
            return
        self._down, node = True, self.node
        self.note(f"{node.name} is stopped")
        closing = self.loop.create_task(node.directory.close(5.0), context=node.context)

        def stopped(_: asyncio.Task[None]) -> None:
            if not self.over:
                self._down = False
                self.crash(down_s)

        closing.add_done_callback(stopped)

    def _again(self) -> None:
        self._down = False
        self.start_node()

    def take_over(self) -> None:
        """Let another node take new connections. The old one runs on and still considers its rooms its own."""
        if not self._down and len([node for node in self.nodes if node.alive]) < 3:
            self.start_node()

    def rewind(self, commits: int, down_s: float) -> None:
        before = dict(self.server.games)
        self.server.rewind(commits, down_s)
        for key, game in self.server.games.items():
            if game is not before.get(key):
                self.invariants.lost(key, game)

    def cure(self) -> None:
        self.server.poisoned = None

    # -- connecting

    def connect(self, client: Client) -> SimulatedSocket | None:
        """A connection to the current node; None: no node answers."""
        if self._down or not self.node.alive:
            return None
        socket = SimulatedSocket(self.node, client.game_id, client, self, self.random)
        self.sockets.append(socket)
        return socket

    def frame_sent(self, socket: SimulatedSocket, frame: dict[str, Any]) -> None:
        name = getattr(socket.client, "name", "?")
        shown = {key: value for key, value in frame.items() if key not in ("view", "data", "limits", "actions")}
        self.note(f"{socket.node.name} -> {name} {shown}")
        self.invariants.frame_sent(socket, frame)

    # -- violations

    def _committed(self, key: str, game: Game, session: str) -> None:
        self.invariants.committed(key, game, session)

    def _report(self, violation: Violation) -> None:
        if self.violation is None and not self.over:
            self.violation = violation
            self.note(f"BROKEN {violation}")
            self.loop.stop()

    def _unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._report(Violation("no bug", f"{context.get('message')}: {context.get('exception')!r}"))

    def bug(self, text: str) -> None:
        """The server has logged an exception."""
        self._report(Violation("no bug", text))


class _Bugs(logging.Handler):
    """Reports exceptions that the server catches and logs."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__(logging.ERROR)
        self._simulation = simulation

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info is not None:
            self._simulation.bug(f"{record.getMessage()}: {record.exc_info[1]!r}")


def simulate(seed: int, weights: dict[Fault, int] = faults.WEIGHTS, forgiven: frozenset[str] = frozenset()) -> Outcome:
    """Run one seed to its end, or to the first violation. `forgiven`: see `Invariants`."""
    simulation = Simulation(seed, weights, forgiven)
    bugs = _Bugs(simulation)
    loggers = [logging.getLogger(name) for name in ("persistence", "server")]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(bugs)
        logger.setLevel(logging.ERROR)
        logger.propagate = False
    try:
        with all_randomness_from(simulation.random, simulation.loop), smaller_bounds(simulation.random):
            _run(simulation.loop, simulation.run())
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(bugs)
            logger.setLevel(level)
            logger.propagate = propagate
    commands = sum(len(client.done) for client in simulation.clients)
    return Outcome(seed, simulation.violation, simulation.history, commands, len(simulation.plan))


def report(outcome: Outcome, option: str = "") -> str:
    """The end of the history, the violation, and how to reproduce it. `option`: added to the command line."""
    lines = [*outcome.history[-40:], f"seed {outcome.seed}: {outcome.violation}"]
    return "\n".join([*lines, f"again: python -m tests.simulation --seed {outcome.seed} --trace{option}"])


def _run(loop: VirtualLoop, run: Coroutine[Any, Any, None]) -> None:
    """Run until the end or until the loop is stopped, then cancel everything."""
    main = loop.create_task(run)
    main.add_done_callback(_stop)
    try:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        if main.done():
            main.result()
        loop.call_soon(loop.stop)
        loop.run_forever()  # a second stop may be scheduled
        loop.set_exception_handler(lambda *_: None)
        frame_sent = asyncio.all_tasks(loop)
        for task in frame_sent:
            task.remove_done_callback(_stop)
            task.cancel()
        if frame_sent:
            loop.run_until_complete(asyncio.wait(frame_sent))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _stop(main: asyncio.Task[None]) -> None:
    main.get_loop().stop()
