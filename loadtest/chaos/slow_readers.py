"""Spectators who stop reading during heavy traffic. The server must cut them without affecting other clients."""

from __future__ import annotations

import asyncio
import socket
from time import monotonic
from urllib.parse import urlsplit

from loadtest.chaos.players import RelayPlayer
from loadtest.chaos.rooms import Rooms
from loadtest.connection import Connection, ConnectionFailed, FrameHandler, connect

_PADDING = 12_000  # characters: near the maximum of a frame
_PER_S = 16  # such frames in the room: within the default limits of a server
_BACKLOG_MAX = 4
_BUFFER_BYTES = 4096  # of the socket: small, so that unread data piles up at the server
_PING_S = 0.25
_CUT_S = 30.0


class SlowReaders:
    """A separate room whose players send large messages until all slow readers are cut."""

    def __init__(self, crowd: Rooms) -> None:
        self._crowd = crowd

    async def run(self, readers: int) -> list[str]:
        """Run so many slow readers; returns those that were not cut in time, as text."""
        room = await self._crowd.relay(_PADDING)
        relay_players = [client for client in room.clients if isinstance(client, RelayPlayer)]
        talking = asyncio.create_task(_talk(relay_players))
        try:
            readers_running = [
                asyncio.create_task(self._stop_reading(room.clients[0].seat.ws_url)) for _ in range(readers)
            ]
            server_faults = [server_fault for server_fault in await asyncio.gather(*readers_running) if server_fault]
        finally:
            talking.cancel()
        room.leaving = True
        await room.settle()
        await room.close()
        return server_faults

    async def _stop_reading(self, ws_url: str) -> str | None:
        """Connect, stop reading, and send pings: only sending shows that the connection was cut."""
        guest = await self._crowd.api.guest("Slow reader")
        url = urlsplit(ws_url)
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (url.hostname, url.port))
        try:
            connection: Connection = await connect(ws_url, guest.token, FrameHandler(), role="spectator", sock=sock)
        except (ConnectionFailed, TimeoutError, OSError) as error:
            return f"a spectator could not connect: {error}"
        connection.stop_reading()
        until_s = monotonic() + _CUT_S
        while not connection.ended.done():
            if monotonic() > until_s:
                connection.abort()
                return f"a spectator who did not read was not cut within {_CUT_S:.0f} s"
            connection.send({"type": "ping"})
            await asyncio.wait({connection.ended}, timeout=_PING_S)
        return None


async def _talk(relay_players: list[RelayPlayer]) -> None:
    while True:
        for relay_player in relay_players:
            if len(relay_player.outbox) < _BACKLOG_MAX:
                relay_player.say()
            await asyncio.sleep(1 / _PER_S)
