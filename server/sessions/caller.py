"""Who is asking, as a token says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.games.vocabulary import PlayerId


class Role(StrEnum):
    """The role of an account. Each may do what those before it may."""

    PLAYER = "PLAYER"
    MODERATOR = "MODERATOR"
    ADMIN = "ADMIN"

    def includes(self, other: Role) -> bool:
        order = tuple(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Caller:
    """`user_id`, `role`: of the account; both None for a guest."""

    player_id: PlayerId
    user_id: str | None = None
    role: Role | None = None


def id_of(caller: Caller | None) -> PlayerId | None:
    """The player's id; None without a caller."""
    return None if caller is None else caller.player_id
