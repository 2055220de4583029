"""Refused moves that do not count against a player: the client could not know better, or sent the move again. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from server import limits
from server.games.rules import PlayerId


class Leniency:
    """Times in ms since 1970."""

    def __init__(self) -> None:
        self._late_until_ms: dict[PlayerId, int] = {}  # players whose move was just forced: their own may be on its way
        self._counted: dict[PlayerId, deque[str]] = {}  # ids of refused commands; bounded by COUNTED_MISPLAYS_MAX

    def forced(self, player_ids: Iterable[PlayerId], now_ms: int) -> None:
        """The move of these players was forced."""
        for player_id in player_ids:
            self._late_until_ms[player_id] = now_ms + limits.LATE_MOVE_MS

    def excuses(self, player_id: PlayerId, command_id: str, now_ms: int) -> bool:
        """Whether this refused command doesn't count. A command that is sent again, because its answer was lost, is
        one misplay and not two."""
        counted = self._counted.setdefault(player_id, deque(maxlen=limits.COUNTED_MISPLAYS_MAX))
        if now_ms < self._late_until_ms.get(player_id, 0) or command_id in counted:
            return True
        counted.append(command_id)
        return False
