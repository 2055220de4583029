"""Who is here: the sockets of one room. And who of the players is told what; encode once per audience.

Those who watch are served by the gallery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from server.games import match
from server.games.rules import Game, PlayerId, Viewer
from server.rooms.audience import frames
from server.rooms.audience.member import Member
from server.rooms.machine.effects import Record, Step
from server.wire.encoders import Encoder, encode_json


class Fanout:
    """The members of one room, by player: one connection each, with eyes of its own (`players`) or without."""

    def __init__(self, game: Game[Any], on_watchers: Callable[[], None] = lambda: None) -> None:
        """`on_watchers`: called whenever somebody begins or ceases to watch."""
        self._game = game
        self._on_watchers = on_watchers
        self.players: dict[PlayerId, Member] = {}
        self.watchers: dict[PlayerId, Member] = {}

    def __iter__(self) -> Iterator[Member]:
        """All of them; they may come and go meanwhile."""
        return iter((*self.players.values(), *self.watchers.values()))

    def find(self, player_id: PlayerId) -> Member | None:
        return self.players.get(player_id) or self.watchers.get(player_id)

    def add(self, member: Member) -> None:
        side = self.watchers if member.viewer is None else self.players
        side[member.player_id] = member
        if side is self.watchers:
            self._on_watchers()

    def remove(self, member: Member) -> bool:
        """False if another connection of the same player stands in its place."""
        for side in (self.players, self.watchers):
            if side.get(member.player_id) is member:
                del side[member.player_id]
                if side is self.watchers:
                    self._on_watchers()
                return True
        return False

    def move(self, member: Member, viewer: Viewer) -> None:
        """Give him other eyes."""
        self.remove(member)
        member.viewer = viewer
        self.add(member)

    def clear(self) -> None:
        self.players.clear()
        self.watchers.clear()

    def send(self, player_id: PlayerId, frame: dict[str, Any]) -> None:
        """One frame to one player, if he is connected."""
        member = self.find(player_id)
        if member is not None:
            member.send(member.encoder.frame(frame))

    def broadcast(self, frame: dict[str, Any]) -> None:
        """The same frame to everybody."""
        self._tell(self, frame)

    def tell_players(self, frame: dict[str, Any]) -> None:
        """The same frame to all who have a seat."""
        self._tell(tuple(self.players.values()), frame)

    def _tell(self, members: Iterable[Member], frame: dict[str, Any]) -> None:
        encoded: dict[Encoder, bytes] = {}
        for member in members:
            data = encoded.get(member.encoder)
            if data is None:
                data = encoded[member.encoder] = member.encoder.frame(frame)
            member.send(data)

    def publish(self, steps: Sequence[Step], records: Sequence[Record], turns: dict[PlayerId, dict[str, Any]]) -> None:
        """The records of these steps to every player, his acks and his turn behind them, all in one write."""
        own: dict[PlayerId, list[dict[str, Any]]] = {}
        for step in steps:
            ack = step.ack
            if ack is not None:
                own.setdefault(ack.player_id, []).append(frames.ack(ack))
        for player_id, frame in turns.items():
            own.setdefault(player_id, []).append(frame)
        hidden = True in [record.event.private for record in records]
        cache: dict[object, bytes] = {}  # by encoder, and by viewer if something is hidden from some
        for member in tuple(self.players.values()):
            encoder = member.encoder
            key = (encoder, member.viewer) if hidden else encoder
            data = cache.get(key)
            if data is None:
                data = cache[key] = self.encode(records, encoder, member.viewer)
            mine = own.get(member.player_id)
            if mine is not None:
                data += b"".join([encoder.frame(frame) for frame in mine])
            member.send(data)

    def encode(self, records: Iterable[Record], encoder: Encoder, viewer: Viewer) -> bytes:
        """The `event` frames of these records as `viewer` may see them."""
        return b"".join([self._event(record, encoder, viewer) for record in records])

    def _event(self, record: Record, encoder: Encoder, viewer: Viewer) -> bytes:
        event = record.event
        if not event.private:
            return encoder.event(record.index, event.name, record.at_ms, record.data, record.json)
        name, data = visible(self._game, record, viewer)
        return encoder.event(record.index, name, record.at_ms, data, encode_json(data))


def visible(game: Game[Any], record: Record, viewer: Viewer) -> tuple[str, dict[str, Any]]:
    """Name and data of the event as `viewer` may know them; one that is hidden whole is called `hidden`."""
    if not record.event.private:
        return record.event.name, record.data
    data = match.redact(game, record.event, viewer)
    return ("hidden", {}) if data is None else (record.event.name, data)
