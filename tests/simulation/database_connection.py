"""The client's side of the simulated database: connections with asyncpg's interface, and a `Database` over them.

Between a connection and its session there is a network on which requests and answers are delayed and lost.
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

_GREETING = "select 1"  # in place of the requests with which a new connection is prepared
_TRAVEL_S = (0.0001, 0.001)
_CONNECT_TIMEOUT_S = 5.0
_COMMAND_TIMEOUT_S = 5.0


class RequestFault(NamedTuple):
    """A fault of one request. `kind`: see `Connection._send`; `seconds`: the delay, if the kind has one;
    `only`: the statement that it hits (None: the next one)."""

    kind: str
    seconds: float = 0.0
    only: str | None = None


class Network:
    """The network between one node and the database. `request_faults`: faults of the next requests."""

    def __init__(self, server: Server, random: Random, note: Callable[[str], None]) -> None:
        self.server = server
        self.random = random
        self.note = note
        self.request_faults: deque[RequestFault] = deque()
        self.connections: list[Connection] = []
        self.cut_off_until_s = 0.0

    @property
    def cut_off(self) -> bool:
        return self.server.loop.now_s < self.cut_off_until_s

    def travel_s(self) -> float:
        return self.random.uniform(*_TRAVEL_S)

    def request_fault(self, sql: str) -> RequestFault | None:
        """Take the next fault for this statement from the list; None: there is none."""
        if not self.request_faults:
            return None
        statement = STATEMENTS.get(sql)
        name = sql.split(None, 1)[0].strip(";").lower() if statement is None else statement.name
        found = next(
            (request_fault for request_fault in self.request_faults if request_fault.only in (None, name)), None
        )
        if found is not None:
            self.request_faults.remove(found)
            self.note(f"{found.kind} hits {name} ({found.seconds:.3f} s)")
        return found

    def cut(self, seconds: float) -> None:
        """Break all connections and refuse new ones for a while."""
        self.cut_off_until_s = self.server.loop.now_s + seconds
        for connection in tuple(self.connections):
            connection.disconnect()


class Connection:
    """The part of asyncpg.Connection that the server uses."""

    _pool_release_ctr = 0
    _top_xact: Any = None

    def __init__(self, network: Network, name: str, timeout_s: float | None) -> None:
        self._network = network
        self._loop = network.server.loop
        self._timeout_s = timeout_s
        self._protocol = SimpleNamespace(is_in_transaction=lambda: False)
        self._listeners: list[Callable[[Any], None]] = []
        self._closed = False
        self._pending: asyncio.Future[list[Any]] | None = None
        self.session: Session = network.server.connect(name, self._lost)
        network.connections.append(self)

    # -- asyncpg's interface

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

    async def prepare(self, sql: str, *, timeout: float | None = None) -> Any:  # noqa: ASYNC109  # asyncpg's signature
        async with asyncio.timeout(timeout):
            await self._request(_GREETING, ())

        async def fetch(*arguments: Any) -> list[Any]:
            return await self._request(sql, arguments)

        return SimpleNamespace(fetch=fetch)

    def transaction(self) -> Transaction:
        """The transaction of asyncpg itself."""
        return Transaction(self, None, False, False)

    def is_closed(self) -> bool:
        return self._closed

    def terminate(self) -> None:
        """Close without a message. Requests in flight still arrive at the database."""
        if not self._closed:
            self._loop.call_later(self._network.travel_s(), self.session.arrive, None)
            self.disconnect()

    def add_termination_listener(self, callback: Callable[[Any], None]) -> None:
        self._listeners.append(callback)

    def remove_termination_listener(self, callback: Callable[[Any], None]) -> None:
        if callback in self._listeners:
            self._listeners.remove(callback)

    # -- faults

    def disconnect(self) -> None:
        """Close the client's end. The session may continue for a while."""
        if self._closed:
            return
        self._closed = True
        self._network.connections.remove(self)
        self._loop.call_later(self._network.random.choice((0.001, 0.5, 8.0)), self.session.arrive, None)
        pending, self._pending = self._pending, None
        if pending is not None and not pending.done():
            error = asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
            self._loop.call_soon(_fail, pending, error)
        for listener in self._listeners:
            self._loop.call_soon(listener, self)

    def _lost(self) -> None:
        self._loop.call_later(self._network.travel_s(), self.disconnect)

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
        request_fault = self._network.request_fault(sql)
        kind, seconds = ("", 0.0) if request_fault is None else request_fault[:2]
        there, back = self._network.travel_s(), self._network.travel_s()
        if kind == "request lost":
            self._loop.call_later(there, self.disconnect)
            return
        if kind == "request swallowed":
            return
        there += seconds if kind == "request late" else 0.0
        back += seconds if kind == "answer late" else 0.0

        def answered(result: list[Any] | Exception) -> None:
            if kind == "answer lost":
                self._loop.call_later(back, self.disconnect)
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
    """The server's own `Database`, but connected to the simulated database."""

    def __init__(self, network: Network, name: str) -> None:
        super().__init__("", self, _CONNECT_TIMEOUT_S, _CONNECT_TIMEOUT_S)
        self._network = network
        self._name = name
        self._idle: list[Connection] = []

    async def connect_writer(self, *, statement_timeout_s: float) -> Any:
        return await self._connect(f"{self._name} writer", None)

    async def _connect(self, name: str, timeout_s: float | None) -> Connection:
        server, waited_s = self._network.server, self._network.travel_s()
        await asyncio.sleep(waited_s)
        while server.frozen:
            await asyncio.sleep(0.1)
            waited_s += 0.1
            if waited_s > _CONNECT_TIMEOUT_S:
                raise Unavailable("the database doesn't answer in time")
        if server.refuses or self._network.cut_off:
            raise Unavailable("no connection to the database: Connection refused")
        return Connection(self._network, name, timeout_s)

    @asynccontextmanager
    async def acquire(self, timeout: float) -> AsyncIterator[Connection]:  # noqa: ASYNC109  # asyncpg's signature
        """Like asyncpg's pool: an idle connection, or a new one."""
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
