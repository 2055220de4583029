"""The connections of one room, and what the players among them are sent. Every frame is encoded once per audience.

What spectators are sent, and when, is decided in `spectators.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from server.games import match
from server.games.rules import Game, PlayerId, Viewer
from server.metrics import Metrics
from server.rooms.audience import frames
from server.rooms.audience.member import Member
from server.rooms.machine.effects import Record, Reject, Step
from server.wire.encoders import Encoder, encode_json


class Fanout:
    """The members of one room by player, one connection each. `players` see through their own eyes; `spectators` have
    no seat."""

    def __init__(self, game: Game[Any], metrics: Metrics, on_spectators: Callable[[], None] = lambda: None) -> None:
        """`on_spectators` is called whenever a spectator comes or goes."""
        self._game = game
        self._metrics = metrics
        self._on_spectators = on_spectators
        self.players: dict[PlayerId, Member] = {}
        self.spectators: dict[PlayerId, Member] = {}

    def __iter__(self) -> Iterator[Member]:
        """All members; they may come and go meanwhile."""
        return iter((*self.players.values(), *self.spectators.values()))

    def find(self, player_id: PlayerId) -> Member | None:
        return self.players.get(player_id) or self.spectators.get(player_id)

    def add(self, member: Member) -> None:
        side = self.spectators if member.viewer is None else self.players
        side[member.player_id] = member
        if side is self.spectators:
            self._on_spectators()

    def remove(self, member: Member) -> bool:
        """False if another connection of the same player stands in its place."""
        for side in (self.players, self.spectators):
            if side.get(member.player_id) is member:
                del side[member.player_id]
                if side is self.spectators:
                    self._on_spectators()
                return True
        return False

    def change_viewer(self, member: Member, viewer: Viewer) -> None:
        """From now on the member sees what `viewer` sees."""
        self.remove(member)
        member.viewer = viewer
        self.add(member)

    def clear(self) -> None:
        self.players.clear()
        self.spectators.clear()

    def send(self, player_id: PlayerId, frame: dict[str, Any]) -> None:
        """One frame to one player or spectator, if connected."""
        member = self.find(player_id)
        if member is not None:
            member.send(member.encoder.frame(frame))

    def reject(self, reject: Reject) -> None:
        """Tell a player that a command was refused, and count it."""
        self._metrics.rejected_total.labels(reject.code).inc()
        self.send(reject.player_id, frames.reject(reject.id, reject.code, reject.message, reject.field))

    def broadcast(self, frame: dict[str, Any]) -> None:
        """The same frame to every member."""
        self.send_to(self, frame)

    def send_to_players(self, frame: dict[str, Any]) -> None:
        """The same frame to every member with a seat."""
        self.send_to(tuple(self.players.values()), frame)

    def send_to(self, members: Iterable[Member], frame: dict[str, Any]) -> None:
        """The same frame to these members, encoded once for each subprotocol."""
        encoded: dict[Encoder, bytes] = {}
        for member in members:
            data = encoded.get(member.encoder)
            if data is None:
                data = encoded[member.encoder] = member.encoder.frame(frame)
            member.send(data)

    def publish(self, steps: Sequence[Step], records: Sequence[Record], turns: dict[PlayerId, dict[str, Any]]) -> None:
        """Send the records of these steps to every player, with their own acks and turn behind them, in one write."""
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
            return encoder.event(record.index, event.name, record.at_ms, event, record.json)
        name, data = visible(self._game, record, viewer)
        return encoder.event(record.index, name, record.at_ms, data, encode_json(data))


def visible(game: Game[Any], record: Record, viewer: Viewer) -> tuple[str, dict[str, Any]]:
    """Name and data of the event as `viewer` may know them; an event that is hidden whole is called `hidden`."""
    if not record.event.private:
        return record.event.name, record.data
    data = match.redact(game, record.event, viewer)
    return ("hidden", {}) if data is None else (record.event.name, data)
