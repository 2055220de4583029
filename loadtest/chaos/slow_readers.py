"""Spectators who stop reading while a lot is said. The server has to cut them, and the others may not notice."""

from __future__ import annotations

import asyncio
import socket
from time import monotonic
from urllib.parse import urlsplit

from loadtest.chaos.players import RelayPlayer
from loadtest.chaos.rooms import Rooms
from loadtest.connection import Connection, ConnectionFailed, FrameHandler, connect

_PADDING = 12_000  # characters: most of what a frame can hold
_PER_S = 16  # of such frames in the room: few enough for the limits that servers have
_BACKLOG_MAX = 4
_BUFFER_BYTES = 4096  # of the socket, so that what is not read piles up at the server
_KNOCK_S = 0.25
_CUT_S = 30.0


class SlowReaders:
    """A room of its own, in which its players say large things until all the readers are cut."""

    def __init__(self, crowd: Rooms) -> None:
        self._crowd = crowd

    async def run(self, readers: int) -> list[str]:
        """Complaints about the server: readers that were not cut in time."""
        room = await self._crowd.relay(_PADDING)
        relay_players = [client for client in room.clients if isinstance(client, RelayPlayer)]
        talking = asyncio.create_task(_talk(relay_players))
        try:
            asleep = [asyncio.create_task(self._sleep(room.clients[0].seat.ws_url)) for _ in range(readers)]
            server_faults = [server_fault for server_fault in await asyncio.gather(*asleep) if server_fault]
        finally:
            talking.cancel()
        room.leaving = True
        await room.settle()
        await room.close()
        return server_faults

    async def _sleep(self, ws_url: str) -> str | None:
        """Come in, stop reading, and knock now and then: only that tells a sleeper that he was cut."""
        guest = await self._crowd.api.guest("Sleeper")
        url = urlsplit(ws_url)
        plug = socket.socket()
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        plug.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plug, (url.hostname, url.port))
        try:
            connection: Connection = await connect(ws_url, guest.token, FrameHandler(), role="spectator", sock=plug)
        except (ConnectionFailed, TimeoutError, OSError) as error:
            return f"a spectator was not let in: {error}"
        connection.stop_reading()
        until_s = monotonic() + _CUT_S
        while not connection.ended.done():
            if monotonic() > until_s:
                connection.abort()
                return f"a spectator who did not read was not cut within {_CUT_S:.0f} s"
            connection.send({"type": "ping"})
            await asyncio.wait({connection.ended}, timeout=_KNOCK_S)
        return None


async def _talk(relay_players: list[RelayPlayer]) -> None:
    while True:
        for relay_player in relay_players:
            if len(relay_player.outbox) < _BACKLOG_MAX:
                relay_player.say()
            await asyncio.sleep(1 / _PER_S)
