"""The proxy passes everything on, and breaks the writer's connection exactly where the cut says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest

from loadtest.chaos.proxy import AfterBytes, BeforeAnswer, Cut, DatabaseProxy, LateRequest, target_of, through

WRITER = b"\0\0\0\x2aapplication_name\0parlor writer\0"


class Database:
    """Answers each piece with `ok:` and the piece. `received`: all bytes, over all connections."""

    def __init__(self) -> None:
        self.received = b""
        self.came = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                self.received += data
                self.came.set()
                writer.write(b"ok:" + data)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def until(self, received: bytes) -> None:
        while not self.received.endswith(received):
            self.came.clear()
            await self.came.wait()


class Client:
    """A connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, request: bytes) -> bytes:
        """The whole answer; fewer bytes if the connection breaks before."""
        self.writer.write(request)
        try:
            return await self.reader.readexactly(3 + len(request))
        except asyncio.IncompleteReadError as cut:
            return cut.partial
        except ConnectionError:
            return b""


class Rig:
    """A database, a proxy before it, and clients, which are closed at the end."""

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
        """A client that has sent its first message."""
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


async def test_without_a_cut_everything_passes() -> None:
    async with proxied() as rig:
        client = await rig.client()
        large = bytes(1_000_000)
        client.writer.write(large)
        got = b""
        while len(got.replace(b"ok:", b"")) < len(large):
            got += await client.reader.read(65536)
        other = await rig.client(b"another")
        assert await other.ask(b"select") == b"ok:select"


async def test_a_request_can_be_cut_short() -> None:
    async with proxied() as rig:
        client = await rig.client()
        assert await cut(rig.proxy, client, AfterBytes(4, of_requests=True), b"commit") == b""
        await rig.database.until(b"comm")
        assert await (await rig.client()).ask(b"again") == b"ok:again"  # once, and the next connection is not cut


async def test_an_answer_can_be_cut_short() -> None:
    async with proxied() as rig:
        client = await rig.client()
        assert await cut(rig.proxy, client, AfterBytes(5, of_requests=False), b"commit") == b"ok:co"
        assert rig.database.received.endswith(b"commit")


async def test_a_request_can_be_executed_without_an_answer() -> None:
    async with proxied() as rig:
        client = await rig.client()
        assert await cut(rig.proxy, client, BeforeAnswer(), b"commit") == b""
        assert rig.database.received.endswith(b"commit")


async def test_a_request_can_arrive_after_its_connection_has_broken() -> None:
    async with proxied() as rig:
        client = await rig.client()
        assert await cut(rig.proxy, client, LateRequest(0.05), b"commit") == b""
        assert await (await rig.client()).ask(b"what became of it?") == b"ok:what became of it?"
        await rig.database.until(b"commit")


async def test_held_requests_arrive_after_their_sender_has_disconnected() -> None:
    async with proxied() as rig:
        client = await rig.client()
        rig.proxy.hold()
        client.writer.write(b"commit")
        client.writer.close()
        assert await (await rig.client()).ask(b"another connection") == b"ok:another connection"
        assert b"commit" not in rig.database.received
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


async def test_a_cut_times_out_if_the_writer_sends_nothing() -> None:
    async with proxied() as rig:
        client = await rig.client()
        with pytest.raises(TimeoutError):
            await rig.proxy.cut(BeforeAnswer(), 0.01)
        assert await client.ask(b"commit") == b"ok:commit"


async def test_connections_are_closed_while_the_database_is_down() -> None:
    async with DatabaseProxy("postgresql:///test?host=/nowhere") as proxy:
        rig = Rig(Database(), proxy)
        assert await (await rig.connect()).ask(WRITER) == b""
        await rig.close()


def test_the_address_of_a_database_is_read_from_its_dsn() -> None:
    assert target_of("postgresql://parlor@/parlor?host=/run/pg") == "/run/pg/.s.PGSQL.5432"
    assert target_of("postgresql://%2Frun%2Fpg:6000/parlor") == "/run/pg/.s.PGSQL.6000"
    assert target_of("postgresql://me:secret@localhost:6000/parlor") == ("localhost", 6000)


def test_the_dsn_of_the_proxy_keeps_account_and_database() -> None:
    assert through("postgresql://me:a%20b@/x?host=/tmp", 7) == "postgresql://me:a%20b@127.0.0.1:7/x?sslmode=disable"
    assert through("postgresql:///x?user=me&host=/tmp", 7) == "postgresql://me@127.0.0.1:7/x?sslmode=disable"
