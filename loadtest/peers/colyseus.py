"""A client of Colyseus 0.18 with the parts of its protocol that relay needs."""

from __future__ import annotations

import asyncio
from functools import partial
from time import perf_counter
from typing import Any, cast

import msgpack
from websockets.client import ClientProtocol
from websockets.uri import parse_uri

from loadtest import wire
from loadtest.api import Api
from loadtest.peers.load import PeerLoad

_JOIN_ROOM, _ROOM_DATA = 10, 13
_SAY = bytes([_ROOM_DATA]) + msgpack.packb("say")
_CONNECT_S = 15.0


class ColyseusClient(asyncio.Protocol):
    """One client of a room. The own message that comes back serves as the ack."""

    def __init__(self, load: PeerLoad, ws_url: str, session_id: str) -> None:
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._load = load
        self._session_id = session_id
        self._handshake = ClientProtocol(parse_uri(ws_url), max_size=None)
        self._is_upgraded = False
        self._upgrade_answer = b""
        self._reader = wire.FrameReader()
        self._transport: asyncio.Transport
        self._received_at_s = 0.0

    def say(self, due_s: float | None = None) -> None:
        sent_s = perf_counter() if due_s is None else due_s
        payload = msgpack.packb({"n": self._load.sent(), "t": sent_s})
        self._transport.write(wire.client_frame(wire.BINARY, _SAY + payload))

    async def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._handshake.send_request(self._handshake.connect())
        self._transport.writelines(self._handshake.data_to_send())

    def data_received(self, data: bytes) -> None:
        self._received_at_s = perf_counter()
        if not self._is_upgraded:
            self._upgrade_answer += data
            head, blank, data = self._upgrade_answer.partition(b"\r\n\r\n")
            if not blank:
                return
            self._handshake.receive_data(head + blank)
            self._handshake.events_received()
            if self._handshake.handshake_exc is not None:
                self.joined.set_exception(self._handshake.handshake_exc)
                return
            self._is_upgraded = True
        for opcode, payload in self._reader.feed(data):
            if opcode == wire.BINARY:
                self._message(payload)
            elif opcode == wire.PING:
                self._transport.write(wire.client_frame(wire.PONG, payload))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.joined.done():
            self.joined.set_exception(ConnectionError("Colyseus closed the connection"))

    def _message(self, payload: bytes) -> None:
        if payload[0] == _ROOM_DATA:
            length = payload[1] & 0x1F  # of the short string that names the kind of message
            self._event(msgpack.unpackb(payload[2 + length :]))
        elif payload[0] == _JOIN_ROOM and not self.joined.done():
            self._transport.write(wire.client_frame(wire.BINARY, bytes([_JOIN_ROOM])))
            self.joined.set_result(None)

    def _event(self, event: dict[str, Any]) -> None:
        took_s = self._received_at_s - event["data"]["t"]
        self._load.received(self, took_s, is_own=event["player_id"] == self._session_id)


def _same(client: ColyseusClient) -> ColyseusClient:
    return client


async def open_rooms(load: PeerLoad, url: str, kind: str, rooms: int, sockets: int) -> None:
    """`kind`: none, insert or queue."""
    api = Api(url)
    loop = asyncio.get_running_loop()
    place = url.removeprefix("http://")
    host, _, port = place.partition(":")
    for _ in range(rooms):
        room: list[ColyseusClient] = []
        room_id = ""
        for number in range(sockets):
            path = f"/matchmake/joinById/{room_id}" if number else f"/matchmake/create/{kind}"
            seat = await api.call("POST", path, {})
            room_id = seat["roomId"]
            ws_url = f"ws://{place}/{seat['processId']}/{room_id}?sessionId={seat['sessionId']}"
            client = ColyseusClient(load, ws_url, seat["sessionId"])
            async with asyncio.timeout(_CONNECT_S):
                await loop.create_connection(partial(_same, client), host, int(port))
                await client.joined
            room.append(client)
        load.rooms.append(room)
    await api.close()
