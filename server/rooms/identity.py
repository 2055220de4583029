"""What a room is, apart from its events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """`session_seed` is secret until the game is completed."""

    game_id: str
    join_code: str
    is_public: bool
    session_seed: str

    def __repr__(self) -> str:
        return f"Identity({self.game_id})"
