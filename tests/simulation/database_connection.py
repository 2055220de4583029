"""The driver's side of the simulated database: connections that look like asyncpg's, and a `Database` over them.

Between a connection and its session lies a line on which requests and answers take time and get lost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple

import asyncpg
from asyncpg.transaction import Transaction

from persistence.database import Database
from persistence.errors import Unavailable
from tests.simulation.database import Request, Server, Session
from tests.simulation.statements import STATEMENTS, failure

_GREETING = "select 1"  # stands for what a new connection asks before it is used
_TRAVEL_S = (0.0001, 0.001)
_CONNECT_TIMEOUT_S = 5.0
_COMMAND_TIMEOUT_S = 5.0


class Trouble(NamedTuple):
    """What happens to one request. `kind`: see `Connection._send`; `seconds`: how much later, where that matters;
    `only`: the statement that it waits for (None: whichever comes first)."""

    kind: str
    seconds: float = 0.0
    only: str | None = None


class Line:
    """The network between one node and the server. `troubles`: what the next requests will meet."""

    def __init__(self, server: Server, random: Random, note: Callable[[str], None]) -> None:
        self.server = server
        self.random = random
        self.note = note
        self.troubles: deque[Trouble] = deque()
        self.connections: list[Connection] = []
        self.cut_off_until_s = 0.0

    @property
    def cut_off(self) -> bool:
        return self.server.loop.now_s < self.cut_off_until_s

    def travel_s(self) -> float:
        return self.random.uniform(*_TRAVEL_S)

    def trouble(self, sql: str) -> Trouble | None:
        """The trouble that is due for this statement, taken from the list."""
        if not self.troubles:
            return None
        statement = STATEMENTS.get(sql)
        name = sql.split(None, 1)[0].strip(";").lower() if statement is None else statement.name
        found = next((trouble for trouble in self.troubles if trouble.only in (None, name)), None)
        if found is not None:
            self.troubles.remove(found)
            self.note(f"{found.kind} hits {name} ({found.seconds:.3f} s)")
        return found

    def cut(self, seconds: float) -> None:
        """Every connection breaks; no new ones for a while."""
        self.cut_off_until_s = self.server.loop.now_s + seconds
        for connection in tuple(self.connections):
            connection.broken()


class Connection:
    """The part of asyncpg.Connection that the product uses."""

    _pool_release_ctr = 0
    _top_xact: Any = None

    def __init__(self, line: Line, name: str, timeout_s: float | None) -> None:
        self._line = line
        self._loop = line.server.loop
        self._timeout_s = timeout_s
        self._protocol = SimpleNamespace(is_in_transaction=lambda: False)
        self._listeners: list[Callable[[Any], None]] = []
        self._closed = False
        self._pending: asyncio.Future[list[Any]] | None = None
        self.session: Session = line.server.connect(name, self._lost)
        line.connections.append(self)

    # -- what the product calls

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        return await self._request(sql, arguments)

    async def fetchrow(self, sql: str, *arguments: Any) -> Any:
        rows = await self._request(sql, arguments)
        return rows[0] if rows else None

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        rows = await self._request(sql, arguments)
        return rows[0][0] if rows else None

    async def execute(self, sql: str, *arguments: Any) -> str:
        await self._request(sql, arguments)
        return "OK"

    async def prepare(self, sql: str, *, timeout: float | None = None) -> Any:  # noqa: ASYNC109  # the driver's own
        async with asyncio.timeout(timeout):
            await self._request(_GREETING, ())

        async def fetch(*arguments: Any) -> list[Any]:
            return await self._request(sql, arguments)

        return SimpleNamespace(fetch=fetch)

    def transaction(self) -> Transaction:
        """The driver's own."""
        return Transaction(self, None, False, False)

    def is_closed(self) -> bool:
        return self._closed

    def terminate(self) -> None:
        """Hang up without a word. What is on its way to the server arrives all the same."""
        if not self._closed:
            self._loop.call_later(self._line.travel_s(), self.session.arrive, None)
            self.broken()

    def add_termination_listener(self, callback: Callable[[Any], None]) -> None:
        self._listeners.append(callback)

    def remove_termination_listener(self, callback: Callable[[Any], None]) -> None:
        if callback in self._listeners:
            self._listeners.remove(callback)

    # -- what becomes of it

    def broken(self) -> None:
        """The client's end is closed. The server's end may live on for a while."""
        if self._closed:
            return
        self._closed = True
        self._line.connections.remove(self)
        self._loop.call_later(self._line.random.choice((0.001, 0.5, 8.0)), self.session.arrive, None)
        pending, self._pending = self._pending, None
        if pending is not None and not pending.done():
            error = asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
            self._loop.call_soon(_fail, pending, error)
        for listener in self._listeners:
            self._loop.call_soon(listener, self)

    def _lost(self) -> None:
        self._loop.call_later(self._line.travel_s(), self.broken)

    async def _request(self, sql: str, arguments: Sequence[Any]) -> list[Any]:
        if self._closed:
            raise asyncpg.InterfaceError("connection is closed")
        if self._pending is not None:
            raise asyncpg.InterfaceError("cannot perform operation: another operation is in progress")
        answer: asyncio.Future[list[Any]] = self._loop.create_future()
        self._pending = answer
        self._send(sql, arguments, answer)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await answer
        finally:
            if self._pending is answer:
                self._pending = None

    def _send(self, sql: str, arguments: Sequence[Any], answer: asyncio.Future[list[Any]]) -> None:
        trouble = self._line.trouble(sql)
        kind, seconds = ("", 0.0) if trouble is None else trouble[:2]
        there, back = self._line.travel_s(), self._line.travel_s()
        if kind == "request lost":
            self._loop.call_later(there, self.broken)
            return
        if kind == "request swallowed":
            return
        there += seconds if kind == "request late" else 0.0
        back += seconds if kind == "answer late" else 0.0

        def answered(result: list[Any] | Exception) -> None:
            if kind == "answer lost":
                self._loop.call_later(back, self.broken)
            elif kind != "answer swallowed":
                self._loop.call_later(back, _settle, answer, result)

        fails = failure(kind[-5:], "injected") if kind.startswith("error") else None
        self._loop.call_later(there, self.session.arrive, Request(sql, arguments, answered, fails))


def _fail(answer: asyncio.Future[list[Any]], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)


def _settle(answer: asyncio.Future[list[Any]], result: list[Any] | Exception) -> None:
    if answer.done():
        return
    if isinstance(result, Exception):
        answer.set_exception(result)
    else:
        answer.set_result(result)


class SimulatedDatabase(Database):
    """The product's own `Database`; only where it would connect, it connects to the simulated server."""

    def __init__(self, line: Line, name: str) -> None:
        super().__init__("", self, _CONNECT_TIMEOUT_S, _CONNECT_TIMEOUT_S)
        self._line = line
        self._name = name
        self._idle: list[Connection] = []

    async def connect_writer(self, *, statement_timeout_s: float) -> Any:
        return await self._connect(f"{self._name} writer", None)

    async def _connect(self, name: str, timeout_s: float | None) -> Connection:
        server, waited_s = self._line.server, self._line.travel_s()
        await asyncio.sleep(waited_s)
        while server.frozen:
            await asyncio.sleep(0.1)
            waited_s += 0.1
            if waited_s > _CONNECT_TIMEOUT_S:
                raise Unavailable("the database doesn't answer in time")
        if server.refuses or self._line.cut_off:
            raise Unavailable("no connection to the database: Connection refused")
        return Connection(self._line, name, timeout_s)

    @asynccontextmanager
    async def acquire(self, timeout: float) -> AsyncIterator[Connection]:  # noqa: ASYNC109  # the pool's own signature
        """As the driver's pool: an idle connection, or a new one."""
        while self._idle and self._idle[-1].is_closed():
            self._idle.pop()
        connection = self._idle.pop() if self._idle else await self._connect(f"{self._name} pool", _COMMAND_TIMEOUT_S)
        try:
            yield connection
        except BaseException:
            connection.terminate()
            raise
        if not connection.is_closed():
            self._idle.append(connection)
