"""What one socket was told, small enough to keep, and the comparison with the log."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from loadtest.api import Api

_UNKNOWN = -1
_PAGE = 5_000


class EventTimes:
    """When the event at each index happened, as this socket was told: no two servers would agree on it by chance."""

    __slots__ = ("first", "times")

    def __init__(self) -> None:
        self.first = -1
        self.times = array("q")

    def event(self, frame: dict[str, Any]) -> None:
        if self.first < 0:
            self.first = frame["index"]
        self.times.append(frame["at"])

    def state(self, index: int) -> None:
        """A state stands for what came before it; after it the events go on."""
        if self.first >= 0:
            self.times.extend([_UNKNOWN] * (index + 1 - self.first - len(self.times)))

    def problems(self, log: Sequence[dict[str, Any]]) -> list[str]:
        """Where it differs from the log of its game."""
        found = []
        for index, at in enumerate(self.times, max(self.first, 0)):
            if index >= len(log):
                found.append(f"event {index} was told and is not in the log")
                break
            if at not in (_UNKNOWN, log[index]["at"]):
                found.append(f"event {index} in the log is another one than was told")
        return found[:3]


async def read_log(api: Api, game_id: str, token: str) -> list[dict[str, Any]]:
    """All events of a game as this player may see them, over HTTP. Raises ApiError."""
    events: list[dict[str, Any]] = []
    following: int | None = 0
    while following is not None:
        page = await api.call("GET", f"/api/games/{game_id}/events?from={following}&limit={_PAGE}", None, token)
        events += page["items"]
        following = page["next"]
    return events
