"""Who is told what: the sockets of one room, grouped by what they may see. Encode once per audience."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from server.games import match
from server.games.rules import Game, PlayerId, Viewer
from server.games.table_events import PlayerBecameSpectator, PlayerJoined
from server.rooms import frames
from server.rooms.effects import Record, Step
from server.rooms.member import Member
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder, encode_json


class Fanout:
    """The members of one room, by player: one connection each."""

    def __init__(self, game: Game[Any]) -> None:
        self._game = game
        self.members: dict[PlayerId, Member] = {}

    @property
    def spectators(self) -> int:
        return sum(member.viewer is None for member in self.members.values())

    def sees(self, player_id: PlayerId) -> bool:
        """Whether this player is connected with his own eyes, not as a spectator."""
        member = self.members.get(player_id)
        return member is not None and member.viewer is not None

    def add(self, member: Member) -> None:
        self.members[member.player_id] = member

    def remove(self, member: Member) -> bool:
        """False if another connection of the same player stands in its place."""
        if self.members.get(member.player_id) is not member:
            return False
        del self.members[member.player_id]
        return True

    def send(self, player_id: PlayerId, frame: dict[str, Any]) -> None:
        """One frame to one player, if he is connected."""
        member = self.members.get(player_id)
        if member is not None:
            member.send(member.encoder.frame(frame))

    def broadcast(self, frame: dict[str, Any]) -> None:
        """The same frame to everybody."""
        encoded: dict[Encoder, bytes] = {}
        for member in tuple(self.members.values()):
            data = encoded.get(member.encoder)
            if data is None:
                data = encoded[member.encoder] = member.encoder.frame(frame)
            member.send(data)

    def publish(self, steps: Sequence[Step], turns: dict[PlayerId, dict[str, Any]]) -> None:
        """The events of these steps to everybody, each member's acks and turn behind them, all in one write."""
        own: dict[PlayerId, list[dict[str, Any]]] = {}
        for step in steps:
            if step.ack is not None:
                own.setdefault(step.ack.player_id, []).append(frames.ack(step.ack))
        for player_id, frame in turns.items():
            own.setdefault(player_id, []).append(frame)
        records = steps[0].records if len(steps) == 1 else [r for step in steps for r in step.records]
        self._reseat(records)
        hidden = True in [record.event.private for record in records]
        cache: dict[object, bytes] = {}  # by encoder, and by viewer if something is hidden from some
        for member in tuple(self.members.values()):
            encoder = member.encoder
            key = (encoder, member.viewer) if hidden else encoder
            data = cache.get(key)
            if data is None:
                data = cache[key] = self.encode(records, encoder, member.viewer)
            mine = own.get(member.player_id)
            if mine is not None:
                data += b"".join([encoder.frame(frame) for frame in mine])
            member.send(data)
        for step in steps:
            for player_id in step.removed:
                removed = self.members.get(player_id)
                if removed is not None:
                    removed.close(CloseCode.FORBIDDEN, "kicked")

    def encode(self, records: Iterable[Record], encoder: Encoder, viewer: Viewer) -> bytes:
        """The `event` frames of these records as `viewer` may see them."""
        return b"".join([self._event(record, encoder, viewer) for record in records])

    def _event(self, record: Record, encoder: Encoder, viewer: Viewer) -> bytes:
        event = record.event
        if not event.private:
            return encoder.event(record.index, event.name, record.at_ms, record.data, record.json)
        name, data = visible(self._game, record, viewer)
        return encoder.event(record.index, name, record.at_ms, data, encode_json(data))

    def _reseat(self, records: Iterable[Record]) -> None:
        """A seat taken or given up changes what its player may see, from this very event on."""
        for record in records:
            event = record.event
            if type(event) is PlayerJoined or type(event) is PlayerBecameSpectator:
                member = self.members.get(event.player_id)
                if member is not None:
                    seated = isinstance(event, PlayerJoined) and event.seat is not None
                    member.viewer = event.player_id if seated else None


def visible(game: Game[Any], record: Record, viewer: Viewer) -> tuple[str, dict[str, Any]]:
    """Name and data of the event as `viewer` may know them; one that is hidden whole is called `hidden`."""
    if not record.event.private:
        return record.event.name, record.data
    data = match.redact(game, record.event, viewer)
    return ("hidden", {}) if data is None else (record.event.name, data)
