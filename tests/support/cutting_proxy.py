"""A proxy between a client and Postgres, in this process, that can lose exactly what a test wants it to lose."""

from __future__ import annotations

import asyncio
from enum import Enum
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class Mode(Enum):
    """What happens to the traffic."""

    PASS = "pass"
    CUT_BEFORE_ANSWER = "cut before answer"  # the server gets the next request, its answer is lost with the line
    CUT_BEFORE_REQUEST = "cut before request"  # the line breaks before the next request reaches the server
    SWALLOW_ANSWERS = "swallow answers"  # the line stays up and no answer comes through


class CuttingProxy:
    """Listens on a unix socket in `folder` and passes everything on to the server of `dsn`.

    `mode` holds for the next traffic of any connection, after `skip` pieces of it have passed; the cuts happen once
    and then it is PASS again.
    `refusing`: new connections are closed at once.
    `flowing`: while it is cleared nothing passes and nothing is lost, as if the server were frozen.
    """

    def __init__(self, dsn: str, folder: Path) -> None:
        parts = urlsplit(dsn)
        folders = parse_qs(parts.query).get("host")
        self._target = f"{folders[0]}/.s.PGSQL.5432" if folders else (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._folder = folder
        account, at, _ = parts.netloc.rpartition("@")
        self.dsn = parts._replace(netloc=f"{account}{at}", query=f"host={folder}").geturl()
        if "://" not in self.dsn:
            self.dsn = self.dsn.replace(":/", "://", 1)
        self.mode = Mode.PASS
        self.skip = 0
        self.refusing = False
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.cuts = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> CuttingProxy:
        self._server = await asyncio.start_unix_server(self._accept, str(self._folder / ".s.PGSQL.5432"))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut_all()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut_all(self) -> None:
        """Break every line that is up."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await self._far_side()
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, far_writer)
        self._writers.update(pair)
        for source, sink, answers in ((reader, far_writer, False), (far_reader, writer, True)):
            task = asyncio.create_task(self._pump(source, sink, pair, answers=answers))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _far_side(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, str):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(*self._target)

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        pair: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
        *,
        answers: bool,
    ) -> None:
        fatal = Mode.CUT_BEFORE_ANSWER if answers else Mode.CUT_BEFORE_REQUEST
        try:
            while data := await source.read(65536):
                if self.mode is fatal and self.skip:
                    self.skip -= 1
                elif self.mode is fatal:
                    self.mode = Mode.PASS
                    self.cuts += 1
                    break
                if answers and self.mode is Mode.SWALLOW_ANSWERS:
                    continue
                await self.flowing.wait()
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            for writer in pair:
                writer.transport.abort()
            self._writers.difference_update(pair)
