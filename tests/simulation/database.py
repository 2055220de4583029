"""Simulates Postgres in memory: sessions, transactions, row locks, and faults of the database.

A session executes its requests in order, even if its client has disconnected: a request may be committed long after the
client has given up. A statement that meets a locked row waits and is then executed again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple

from tests.simulation.loop import VirtualLoop
from tests.simulation.statements import STATEMENTS, Game, Tables, failure

_STATEMENT_TIMEOUT_S = 5.0


class Request(NamedTuple):
    """`answer` is called once with the rows or the error, unless the session ends before."""

    sql: str
    arguments: Sequence[Any]
    answer: Callable[[list[Any] | Exception], None]
    fails: Exception | None = None  # the server reports this error instead of carrying it out


class _RowLocked(Exception):
    """The row is locked by another session."""

    def __init__(self, holder: Session) -> None:
        self.holder = holder


class Session:
    """A backend process. `lost`: called to tell the client that the connection is gone."""

    def __init__(self, server: Server, name: str, lost: Callable[[], None]) -> None:
        self.name = name
        self.lost = lost
        self.ended = False
        self._server = server
        self._inbox: deque[Request | None] = deque()  # None: the client has disconnected
        self._tables: Tables | None = None  # of the open transaction
        self._failed = False
        self._locks: list[str] = []
        self._waits_for: Session | None = None
        self._waiting: list[Session] = []
        self._lock_timeout: asyncio.TimerHandle | None = None

    def arrive(self, request: Request | None) -> None:
        """A request arrives; None: the client has disconnected."""
        if not self.ended:
            self._inbox.append(request)
            self.work()

    def work(self) -> None:
        """Execute the requests that have arrived, as far as possible."""
        while self._inbox and self._waits_for is None and not self.ended and not self._server.frozen:
            request = self._inbox[0]
            if request is None:
                self.end()
                return
            try:
                result: list[Any] | Exception = self._execute(request)
            except _RowLocked as wait:
                self._wait(wait.holder)
                return
            except Exception as error:
                self._failed = self._tables is not None
                result = error
            self._answered(result)

    def end(self) -> None:
        """Roll back and end the session."""
        if not self.ended:
            self.ended = True
            self._inbox.clear()
            self._tables = None
            self._stop_waiting()
            self._server.sessions.remove(self)
            self._release()

    # -- statements

    def _execute(self, request: Request) -> list[Any]:
        if request.fails is not None:
            raise request.fails
        word = request.sql.split(None, 1)[0].strip(";").upper()
        if word == "BEGIN":
            self._tables = self._server.tables()
        elif word == "ROLLBACK":
            self._finish(commit=False)
        elif word == "COMMIT":
            self._finish(commit=not self._failed)
        elif request.sql != "select 1":
            return self._statement(request)
        return []

    def _statement(self, request: Request) -> list[Any]:
        if self._failed:
            raise failure("25P02", "current transaction is aborted")
        statement = STATEMENTS.get(request.sql)
        if statement is None:
            # The server would take this for an answer of the database, so report it to the simulation too.
            self._server.loop.call_exception_handler({"message": f"unknown statement: {request.sql}"})
            raise failure("42601", "unknown statement")
        parameters = dict(zip(statement.parameters, request.arguments, strict=True))
        tables = self._tables if self._tables is not None else self._server.tables()
        for key in statement.targets(tables, parameters):
            self._lock(key)
        try:
            if statement.name == "append":
                self._server.refuse_poison(parameters)
            rows = statement.run(tables, parameters)
        except Exception:
            if self._tables is None:
                self._release()
            raise
        if self._tables is None:
            self._server.commit(tables, self.name)
            self._release()
        return rows

    def _finish(self, *, commit: bool) -> None:
        tables, self._tables, self._failed = self._tables, None, False
        if commit and tables is not None:
            self._server.commit(tables, self.name)
        self._release()

    # -- locks

    def _lock(self, key: str) -> None:
        holder = self._server.locks.setdefault(key, self)
        if holder is not self:
            other: Session | None = holder
            while other is not None:
                if other is self:
                    raise failure("40P01", "deadlock detected")
                other = other._waits_for
            raise _RowLocked(holder)
        if key not in self._locks:
            self._locks.append(key)

    def _wait(self, holder: Session) -> None:
        self._waits_for = holder
        holder._waiting.append(self)
        if self._tables is None:
            # A statement outside a transaction takes its locks again when it continues.
            self._release()
        self._lock_timeout = self._server.loop.call_later(_STATEMENT_TIMEOUT_S, self._time_out)

    def _time_out(self) -> None:
        self._stop_waiting()
        self._failed = self._tables is not None
        self._answered(failure("57014", "canceling statement due to statement timeout"))
        self.work()

    def _answered(self, result: list[Any] | Exception) -> None:
        request = self._inbox.popleft()
        assert request is not None, "a disconnect has no answer"
        request.answer(result)

    def _stop_waiting(self) -> None:
        if self._lock_timeout is not None:
            self._lock_timeout.cancel()
            self._lock_timeout = None
        if self._waits_for is not None:
            self._waits_for._waiting.remove(self)
            self._waits_for = None

    def _release(self) -> None:
        for key in self._locks:
            del self._server.locks[key]
        self._locks.clear()
        for other in tuple(self._waiting):
            other._stop_waiting()
            self._server.loop.call_soon(other.work)


class Server:
    """The database. `committed` is called after each commit with each changed game and the name of the session."""

    def __init__(self, loop: VirtualLoop, random: Random, committed: Callable[[str, Game, str], None]) -> None:
        self.loop = loop
        self.games: dict[str, Game] = {}
        self.players: dict[str, dict[str, Any]] = {}
        self.sessions: list[Session] = []
        self.locks: dict[str, Session] = {}
        self.frozen = False
        self.poisoned: str | None = None  # a row whose payload has this text is refused
        self.refused = 0  # number of commands refused because of it
        self._journal: list[dict[str, Game | None]] = []  # the games before each commit
        self._random = random
        self._committed = committed
        self._down_until_s = 0.0
        self._frozen_until_s = 0.0

    @property
    def refuses(self) -> bool:
        """Whether new connections are refused now."""
        return self.loop.now_s < self._down_until_s

    def connect(self, name: str, lost: Callable[[], None]) -> Session:
        session = Session(self, name, lost)
        self.sessions.append(session)
        return session

    def tables(self) -> Tables:
        return Tables(self.games, self.players, self.loop.now_ms())

    def commit(self, tables: Tables, session: str) -> None:
        """Commit all changes of a transaction."""
        before = {key: self.games.get(key) for key in tables.changed}
        if before:
            self._journal.append(before)
        self.games.update(tables.changed)
        for key, game in tables.changed.items():
            self._committed(key, game, session)

    def refuse_poison(self, parameters: dict[str, Any]) -> None:
        """Refuse any statement with the poisoned row, until it is refused alone; later statements are accepted."""
        text = self.poisoned
        if text is not None and any(text in payload for payload in parameters["payloads"]):
            if len(parameters["payloads"]) == 1:
                self.poisoned, self.refused = None, self.refused + 1
            raise failure("22P05", "unsupported Unicode escape sequence")

    # -- failing

    def freeze(self, seconds: float) -> None:
        """Execute nothing for a while; then everything that has arrived, in a random order of sessions."""
        self.frozen = True
        self._frozen_until_s = max(self._frozen_until_s, self.loop.now_s + seconds)
        self.loop.call_at(self._frozen_until_s, self._thaw)

    def _thaw(self) -> None:
        if self.frozen and self.loop.now_s >= self._frozen_until_s - 1e-6:
            self.frozen = False
            sessions = list(self.sessions)
            self._random.shuffle(sessions)
            for session in sessions:
                session.work()

    def kill(self, down_s: float) -> None:
        """End all sessions, roll back open transactions, and refuse connections for a while."""
        self._down_until_s = max(self._down_until_s, self.loop.now_s + down_s)
        for session in tuple(self.sessions):
            session.end()
            session.lost()

    def rewind(self, commits: int, down_s: float) -> int:
        """Fail over to a replica that lacks the last `commits` commits. Returns how many were undone."""
        self.kill(down_s)
        undone = 0
        while self._journal and undone < commits:
            before = self._journal[-1]
            if any(game is None for game in before.values()):
                break  # no client would ask for a game whose creation is lost
            self._journal.pop()
            for key, game in before.items():
                assert game is not None, "checked above"
                self.games[key] = game
            undone += 1
        return undone

    def heal(self) -> None:
        """End all faults."""
        self._down_until_s = self._frozen_until_s = self.loop.now_s
        self.poisoned = None
        self._thaw()
