"""The identity of a room, apart from its events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """`session_seed` is secret until the game is completed. `fill_at_ms`: when bots take the seats that are still free
    (matchmaking); None: never."""

    game_id: str
    join_code: str
    is_public: bool
    session_seed: str
    fill_at_ms: int | None = None

    def __repr__(self) -> str:
        return f"Identity({self.game_id})"
