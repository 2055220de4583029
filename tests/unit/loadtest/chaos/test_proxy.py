"""The proxy: passes everything on, and breaks the writer's line exactly where it was told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest

from loadtest.chaos.proxy import AfterBytes, BeforeAnswer, Cut, DatabaseProxy, LateRequest, target_of, through

WRITER = b"\0\0\0\x2aapplication_name\0parlor writer\0"


class Database:
    """Answers each piece with `ok:` and the piece. `heard`: all that came, over all connections."""

    def __init__(self) -> None:
        self.heard = b""
        self.came = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                self.heard += data
                self.came.set()
                writer.write(b"ok:" + data)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def until(self, heard: bytes) -> None:
        while not self.heard.endswith(heard):
            self.came.clear()
            await self.came.wait()


class Client:
    """A connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, request: bytes) -> bytes:
        """The whole answer; fewer bytes if the line breaks before."""
        self.writer.write(request)
        try:
            return await self.reader.readexactly(3 + len(request))
        except asyncio.IncompleteReadError as cut:
            return cut.partial
        except ConnectionError:
            return b""


class Rig:
    """A database, the proxy before it, and clients, which are closed at the end."""

    def __init__(self, database: Database, proxy: DatabaseProxy) -> None:
        self.database = database
        self.proxy = proxy
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(self) -> Client:
        place = urlsplit(self.proxy.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        self._writers.append(writer)
        return Client(reader, writer)

    async def client(self, first: bytes = WRITER) -> Client:
        """One that has sent its first message."""
        client = await self.connect()
        assert await client.ask(first) == b"ok:" + first
        return client

    async def close(self) -> None:
        for writer in self._writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@asynccontextmanager
async def proxied() -> AsyncIterator[Rig]:
    database = Database()
    server = await asyncio.start_server(database.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with asyncio.timeout(10), DatabaseProxy(f"postgresql://me@127.0.0.1:{port}/test") as proxy:
        rig = Rig(database, proxy)
        yield rig
        await rig.close()
    server.close()


async def cut(proxy: DatabaseProxy, client: Client, how: Cut, request: bytes) -> bytes:
    breaking = asyncio.create_task(proxy.cut(how, 5.0))
    await asyncio.sleep(0)
    answer = await client.ask(request)
    await breaking
    return answer


async def test_everything_passes() -> None:
    async with proxied() as rig:
        client = await rig.client()
        large = bytes(1_000_000)
        client.writer.write(large)
        got = b""
        while len(got.replace(b"ok:", b"")) < len(large):
            got += await client.reader.read(65536)
        other = await rig.client(b"another")
        assert await other.ask(b"select") == b"ok:select"


async def test_a_request_that_is_cut_short() -> None:
    async with proxied() as rig:
        client = await rig.client()
        assert await cut(rig.proxy, client, AfterBytes(4, of_requests=True), b"commit") == b""
        await rig.database.until(b"comm")
        assert await (await rig.client()).ask(b"again") == b"ok:again"  # once, and the next line is whole


async def test_an_answer_that_is_cut_short() -> None:
    async with proxied() as rig:
        client = await rig.client()
        assert await cut(rig.proxy, client, AfterBytes(5, of_requests=False), b"commit") == b"ok:co"
        assert rig.database.heard.endswith(b"commit")


async def test_a_request_that_is_carried_out_and_not_answered() -> None:
    async with proxied() as rig:
        client = await rig.client()
        assert await cut(rig.proxy, client, BeforeAnswer(), b"commit") == b""
        assert rig.database.heard.endswith(b"commit")


async def test_a_request_that_arrives_when_its_line_is_long_gone() -> None:
    async with proxied() as rig:
        client = await rig.client()
        assert await cut(rig.proxy, client, LateRequest(0.05), b"commit") == b""
        assert await (await rig.client()).ask(b"what became of it?") == b"ok:what became of it?"
        await rig.database.until(b"commit")


async def test_what_was_held_arrives_when_its_sender_is_gone() -> None:
    async with proxied() as rig:
        client = await rig.client()
        rig.proxy.hold()
        client.writer.write(b"commit")
        client.writer.close()
        assert await (await rig.client()).ask(b"another line") == b"ok:another line"
        assert b"commit" not in rig.database.heard
        rig.proxy.release()
        await rig.database.until(b"commit")


async def test_only_the_writer_is_cut() -> None:
    async with proxied() as rig:
        reader, writer = await rig.client(b"a pool"), await rig.client()
        breaking = asyncio.create_task(rig.proxy.cut(BeforeAnswer(), 5.0))
        await asyncio.sleep(0)
        assert await reader.ask(b"select") == b"ok:select"
        assert not breaking.done()
        assert await writer.ask(b"commit") == b""
        await breaking


async def test_a_writer_with_nothing_to_say_is_not_waited_for_for_ever() -> None:
    async with proxied() as rig:
        client = await rig.client()
        with pytest.raises(TimeoutError):
            await rig.proxy.cut(BeforeAnswer(), 0.01)
        assert await client.ask(b"commit") == b"ok:commit"


async def test_a_database_that_is_down() -> None:
    async with DatabaseProxy("postgresql:///test?host=/nowhere") as proxy:
        rig = Rig(Database(), proxy)
        assert await (await rig.connect()).ask(WRITER) == b""
        await rig.close()


def test_where_a_database_listens() -> None:
    assert target_of("postgresql://parlor@/parlor?host=/run/pg") == "/run/pg/.s.PGSQL.5432"
    assert target_of("postgresql://%2Frun%2Fpg:6000/parlor") == "/run/pg/.s.PGSQL.6000"
    assert target_of("postgresql://me:secret@localhost:6000/parlor") == ("localhost", 6000)


def test_the_same_account_and_database_through_the_proxy() -> None:
    assert through("postgresql://me:a%20b@/x?host=/tmp", 7) == "postgresql://me:a%20b@127.0.0.1:7/x?sslmode=disable"
    assert through("postgresql:///x?user=me&host=/tmp", 7) == "postgresql://me@127.0.0.1:7/x?sslmode=disable"
