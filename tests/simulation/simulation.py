"""One simulation: a database, nodes, clients, faults, all from one seed."""

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
from tests.simulation.client_socket import Wire
from tests.simulation.database import Server
from tests.simulation.database_connection import Line
from tests.simulation.faults import Fault
from tests.simulation.invariants import Broken, Invariants
from tests.simulation.loop import VirtualLoop, all_chance_from
from tests.simulation.node import Node, new_task
from tests.simulation.rooms import Company, companies, profile
from tests.simulation.statements import Game

_FAULTS_UNTIL_S = 30.0
_SETTLE_S = 30.0  # within this time after the last fault everything must be in order again


@dataclass(frozen=True, slots=True)
class Outcome:
    """`broken`: what did not hold; None: all was well. `history`: one line for whatever happened."""

    seed: int
    broken: Broken | None
    history: list[str]
    commands: int
    faults: int


class World:
    """`node`: the one that takes new connections; the others, if any, live on. `wires`: all that ever were."""

    def __init__(self, seed: int, weights: dict[Fault, int], forgiven: frozenset[str]) -> None:
        self.seed = seed
        self.history: list[str] = []
        self.broken: Broken | None = None
        self.loop = VirtualLoop()
        self.loop.set_task_factory(cast(Any, new_task))
        self.loop.set_exception_handler(self._unhandled)
        self.random = Random(seed)
        self.server: Server = Server(self.loop, self.random, self._committed)
        self.invariants = Invariants(self.server, self.note, self._break, forgiven)
        self.nodes: list[Node] = []
        self.wires: list[Wire] = []
        self.plan: list[faults.Planned] = faults.plan(self.random, _FAULTS_UNTIL_S, weights)
        self.companies = list(companies(self.random, self.loop, self.dial))
        self.clients = [client for company in self.companies for client in company.clients]
        self.over = False
        self._down = False  # no node takes connections

    @property
    def node(self) -> Node:
        """Where clients are sent."""
        return self.nodes[-1]

    def note(self, text: str) -> None:
        self.history.append(f"{self.loop.now_s:10.4f} {text}")

    # -- the story

    async def story(self) -> None:
        """Faults and clients side by side, then calm, then the reckoning."""
        self.start_node()
        for planned in self.plan:
            self.loop.call_at(planned.at_s, faults.strike, self, planned)
        lives = [self.loop.create_task(self._life(company)) for company in self.companies]
        for life in lives:
            life.add_done_callback(lambda life: life.cancelled() or life.result())
        await asyncio.sleep(max(0.0, _FAULTS_UNTIL_S - self.loop.now_s))
        self._calm()
        await self._settle()
        self.over = True
        for life in lives:
            life.cancel()

    async def _life(self, company: Company) -> None:
        """A room is made, then everybody in it lives side by side."""
        for client in company.clients:
            self.server.players[client.player_id] = {"id": client.player_id, **profile(client)}
        await self._create(company)
        async with asyncio.TaskGroup() as group:
            for client in company.clients:
                group.create_task(client.live(self.random.uniform(0.3, 3.0)))

    async def _create(self, company: Company) -> None:
        while not company.game_id:
            if self.loop.now_s > _FAULTS_UNTIL_S + _SETTLE_S:
                self._break(Broken("no command waits for ever", "no room could be created"))
                await asyncio.sleep(1)
            wish = self.node.directory.create(company.new_room())
            create = self.loop.create_task(wish, context=self.node.context)
            await asyncio.wait({create})  # it ends with its node
            problem = None if create.cancelled() else create.exception()
            if problem is not None and not isinstance(problem, RoomUnavailable | PersistenceError):
                self._break(Broken("no bug", f"no room could be created: {problem!r}"))
            if create.cancelled() or problem is not None:
                await asyncio.sleep(0.3)
            else:
                company.created(create.result().game_id)
        names = ", ".join(client.name for client in company.clients)
        self.note(f"{company.game.name} room {company.game_id} is there, with {names}")

    def _calm(self) -> None:
        self.note("calm")
        self.server.heal()
        for node in self.nodes:
            node.line.cut_off_until_s = 0.0
            node.line.troubles.clear()
        for client in self.clients:
            client.calm = True

    async def _settle(self) -> None:
        """Everything is answered, everybody comes back, nobody is behind."""
        until_s = self.loop.now_s + _SETTLE_S
        for look in (self._unanswered, self._behind):
            problem: str | None = "nothing was looked at"
            speak_s = self.loop.now_s + _SETTLE_S / 3
            while problem is not None:
                await asyncio.sleep(0.25)
                problem = look()
                if self.loop.now_s > until_s:
                    self._break(Broken("no command waits for ever", problem or ""))
                    return
                if look == self._behind and self.loop.now_s > speak_s:
                    self._last_words()
                    speak_s += _SETTLE_S / 3
            self._last_words()

    def _unanswered(self) -> str | None:
        for client in self.clients:
            if client.pending:
                return f"{client.name} waits for {sorted(client.pending)}"
            if not client.online:
                return f"{client.name} is not connected"
        return None

    def _behind(self) -> str | None:
        problem = self._unanswered()
        for company in self.companies:
            owner = self.server.games[company.game_id].columns["owner"]
            problem = problem or self.invariants.settled(company.game_id, self.invariants.nodes[owner])
            head = self.invariants.logs[company.game_id].head
            behind = [f"{client.name} at {client.last}" for client in company.clients if client.last < head]
            problem = problem or (f"{behind}, but the log is at {head}" if behind else None)
        return problem

    def _last_words(self) -> None:
        """A command of each, so that rooms whose owner is another by now notice it."""
        for client in self.clients:
            if client.online:
                client.command("update_profile", {"display_name": "last words"})

    # -- what faults do

    def start_node(self) -> None:
        name = f"node {len(self.nodes) + 1}"
        line = Line(self.server, self.random, self.note)
        node = Node(name, self.loop, self.server, line, writers=self.random.choice((1, 1, 2)))
        self.nodes.append(node)
        self.invariants.nodes[name] = node
        self.note(f"{name} starts")
        node.start()

    def crash(self, down_s: float) -> None:
        """Kill the node that serves, and start another one in its place after a while."""
        if self._down:
            return
        self.note(f"{self.node.name} is killed")
        self.node.crash()
        for wire in self.wires:
            if wire.node is self.node:
                wire.node_died()
        self._down = True
        self.loop.call_later(down_s, self._again)

    def stop(self, down_s: float) -> None:
        """Stop the node that serves as an operator does: it has some seconds to commit and tell what was decided."""
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
        """Another node takes new connections; the old one lives on and believes that its rooms are still its own."""
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

    def dial(self, client: Client) -> Wire | None:
        """A connection to the node that serves; None: nobody answers."""
        if self._down or not self.node.alive:
            return None
        wire = Wire(self.node, client.game_id, client, self, self.random)
        self.wires.append(wire)
        return wire

    def left(self, wire: Wire, frame: dict[str, Any]) -> None:
        name = getattr(wire.client, "name", "?")
        shown = {key: value for key, value in frame.items() if key not in ("view", "data", "limits", "actions")}
        self.note(f"{wire.node.name} -> {name} {shown}")
        self.invariants.left(wire, frame)

    # -- what breaks

    def _committed(self, key: str, game: Game, session: str) -> None:
        self.invariants.committed(key, game, session)

    def _break(self, broken: Broken) -> None:
        if self.broken is None and not self.over:
            self.broken = broken
            self.note(f"BROKEN {broken}")
            self.loop.stop()

    def _unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._break(Broken("no bug", f"{context.get('message')}: {context.get('exception')!r}"))

    def bug(self, text: str) -> None:
        """The product has logged an exception."""
        self._break(Broken("no bug", text))


class _Bugs(logging.Handler):
    """Hears of the exceptions that the product catches so that the others live on."""

    def __init__(self, world: World) -> None:
        super().__init__(logging.ERROR)
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info is not None:
            self._world.bug(f"{record.getMessage()}: {record.exc_info[1]!r}")


def simulate(seed: int, weights: dict[Fault, int] = faults.WEIGHTS, forgiven: frozenset[str] = frozenset()) -> Outcome:
    """Run one seed to its end, or to the first thing that does not hold. `forgiven`: see `Invariants`."""
    world = World(seed, weights, forgiven)
    bugs = _Bugs(world)
    loggers = [logging.getLogger(name) for name in ("persistence", "server")]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(bugs)
        logger.setLevel(logging.ERROR)
        logger.propagate = False
    try:
        with all_chance_from(world.random, world.loop), smaller_bounds(world.random):
            _run(world.loop, world.story())
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(bugs)
            logger.setLevel(level)
            logger.propagate = propagate
    commands = sum(len(client.done) for client in world.clients)
    return Outcome(seed, world.broken, world.history, commands, len(world.plan))


def report(outcome: Outcome, option: str = "") -> str:
    """How it came to what broke, and how to see it again. `option`: of the command line, beside the seed."""
    lines = [*outcome.history[-40:], f"seed {outcome.seed}: {outcome.broken}"]
    return "\n".join([*lines, f"again: python -m tests.simulation --seed {outcome.seed} --trace{option}"])


def _run(loop: VirtualLoop, story: Coroutine[Any, Any, None]) -> None:
    """Until the story is over or the loop is stopped; then nothing is left running."""
    main = loop.create_task(story)
    main.add_done_callback(_stop)
    try:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        if main.done():
            main.result()
        loop.call_soon(loop.stop)
        loop.run_forever()  # a second stop may be on its way
        loop.set_exception_handler(lambda *_: None)
        left = asyncio.all_tasks(loop)
        for task in left:
            task.remove_done_callback(_stop)
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _stop(main: asyncio.Task[None]) -> None:
    main.get_loop().stop()
