"""A connection that keeps every byte it was sent, and what the log allows it to know."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgpack
import orjson
from msgspec import structs

from persistence.event_log.log import StoredEvent
from server.games.eldorado.cards import DECKS
from server.games.eldorado.dealing import decks_for
from server.testing.table import payloads
from server.wire.encoders import JSON, Encoder
from server.wire.from_client import Hello
from tests.support.client import Frame
from tests.support.virtual_table import Seat, VirtualTable

CARD = re.compile(rb"d\d:(?:clubs|diamonds|hearts|spades):(?:10|[2-9JQKA])")
Shown = tuple[bytes, Frame, str | None]


class RecordingSeat(Seat):
    """A connection in memory. `shown`: each frame, as bytes and as a map, and who was looking (None: a spectator)."""

    def __init__(self, table: VirtualTable, player_id: str, name: str, encoder: Encoder = JSON) -> None:
        super().__init__(table, player_id, name)
        self.encoder = encoder
        self.shown: list[Shown] = []
        self.here = False
        self._applied = -1

    def send(self, data: bytes) -> None:
        decode = orjson.loads if self.encoder is JSON else msgpack.unpackb
        for payload in payloads(data):
            frame = decode(payload)
            self.shown.append((payload, frame, self.viewer))
            if frame["type"] in ("event", "state"):
                self._applied = max(self._applied, frame["index"])

    async def enter(self, last_index: int | None = None, role: Any = None) -> None:
        """Connect with what was applied, or with something else."""
        known = self._applied if last_index is None else last_index
        await self._table.room.attach(self, Hello(None, known, None, role))
        self._table.commit()
        self.here = True

    def exit(self) -> None:
        self.disconnect()
        self.here = False


class Truth:
    """What every moment of a game allows to be known, worked out from its log and nothing else."""

    def __init__(self, rows: Iterable[StoredEvent], session_seed: str) -> None:
        self._public: list[frozenset[bytes]] = []  # by index: the cards of this round that everybody has seen
        self._hands: list[dict[str, frozenset[bytes]]] = []  # by index: what was dealt in this round
        self._seeds: dict[str, bytes] = {}
        self._secrets = {session_seed.encode()}
        self._revealed_at: int | None = None
        public: frozenset[bytes] = frozenset()
        hands: dict[str, frozenset[bytes]] = {}
        for row in rows:
            payload = row.payload
            if row.type == "cards_dealt":
                public = frozenset()
                hands = {p: frozenset(card.encode() for card in hand) for p, hand in payload["hands"].items()}
                self._secrets.add(payload["undealt_hash"].encode())
            elif row.type in ("trump_revealed", "card_played"):
                public |= {payload["card"].encode()}
            elif row.type == "client_seed_set":
                self._seeds[payload["player_id"]] = payload["client_seed"].encode()
            elif row.type == "game_completed":
                self._revealed_at = row.index
            self._public.append(public)
            self._hands.append(hands)

    def problems(
        self, player_id: str, shown: Iterable[Shown], said: frozenset[bytes] = frozenset(), seeds: bool = True
    ) -> list[str]:
        """What a player was shown but may not know. `said`: cards that commands named, which a reject may repeat.

        `seeds`: those of others are secret too.
        """
        found = []
        secrets = [*self._secrets, *(seed for player, seed in self._seeds.items() if player != player_id and seeds)]
        nothing: frozenset[bytes] = frozenset()
        for payload, frame, viewer in shown:
            index = frame.get("index")
            allowed = said if frame["type"] == "reject" else nothing
            if index is not None:
                own = nothing if viewer is None else self._hands[index].get(viewer, nothing)
                allowed = self._public[index] | own
            if not allowed.issuperset(CARD.findall(payload)):
                found.append(f"{player_id} was shown a card: {frame}")
            revealed = self._revealed_at is not None and index is not None and index >= self._revealed_at
            if not revealed and any(secret in payload for secret in secrets):
                found.append(f"{player_id} was shown a secret: {frame}")
            if frame.get("name") == "invalid_action" and frame["data"]["player_id"] != player_id:
                found.append(f"{player_id} was shown another's misplay: {frame}")
        return found


def altered(rows: list[StoredEvent], viewer: str | None, dice: random.Random) -> list[StoredEvent]:
    """Another log that `viewer` can't tell from this one: everything hidden from `viewer` is something else.

    Cards that were played are what they were; those that others still hold in the round under way, and those that
    were not dealt, are dealt anew. So are hashes, what others said in secret, and how they misplayed.
    """
    newest = max((row.index for row in rows if row.type == "cards_dealt"), default=-1)
    played = {row.payload["card"] for row in rows[newest + 1 :] if row.type == "card_played"}
    trump = next((row.payload["card"] for row in rows[newest + 1 :] if row.type == "trump_revealed"), None)
    other = []
    for row in rows:
        payload = dict(row.payload)
        if row.type == "cards_dealt":
            payload["undealt_hash"] = dice.randbytes(32).hex()
            if row.index == newest:
                payload["hands"] = _dealt_anew(payload["hands"], viewer, played, trump, dice)
        elif row.type == "client_seed_set" and payload["player_id"] != viewer:
            payload["client_seed"] = dice.randbytes(8).hex()
        elif row.type == "invalid_action" and payload["player_id"] != viewer:
            payload |= {"action": dice.choice(("bid", "play_card")), "code": dice.choice(("a", "another", "third"))}
        other.append(structs.replace(row, payload=payload))
    return other


def _dealt_anew(
    hands: dict[str, list[str]], viewer: str | None, played: set[str], trump: str | None, dice: random.Random
) -> dict[str, list[str]]:
    known = played | set(hands.get(viewer or "", ())) | {trump}
    free = [card for card in DECKS[decks_for(len(hands))] if card not in known]
    dice.shuffle(free)
    return {
        player: hand if player == viewer else [card if card in played else free.pop() for card in hand]
        for player, hand in hands.items()
    }


def twin(table: VirtualTable, rows: list[StoredEvent], session_seed: str) -> VirtualTable:
    """Another server, at the same moment, with this log of the game. `restart` it to load the game."""
    other = VirtualTable(identity=replace(table.identity, session_seed=session_seed))
    other.store.game(table.game_id).events = [
        structs.replace(row, payload=json.loads(json.dumps(row.payload))) for row in rows
    ]
    other.clock.advance(table.clock.monotonic() - other.clock.monotonic())
    return other
