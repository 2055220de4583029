"""A room's view of a connection."""

from __future__ import annotations

from typing import Protocol

from server.games.rules import PlayerId, Viewer
from server.wire.close_codes import CloseCode
from server.wire.encoders import Encoder


class Member(Protocol):
    """A connection that has said hello. `viewer`: the player through whose eyes it sees; None without a seat.
    `chat_id` belongs to the chat: the newest message that this connection was sent."""

    player_id: PlayerId
    viewer: Viewer
    encoder: Encoder
    limits: dict[str, int]
    chat_id: int

    def send(self, data: bytes) -> None:
        """Write whole frames. Never blocks; a connection that can't take more is cut."""

    def close(self, code: CloseCode, reason: str = "") -> None: ...
