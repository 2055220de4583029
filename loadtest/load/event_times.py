"""Records which events a client received, in little memory, and compares them with the log."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from loadtest.api import Api

_UNKNOWN = -1
_PAGE = 5_000


class EventTimes:
    """The time of the event at each index, in ms, as this client received it: enough to identify the event."""

    __slots__ = ("first", "times")

    def __init__(self) -> None:
        self.first = -1
        self.times = array("q")

    def event(self, frame: dict[str, Any]) -> None:
        if self.first < 0:
            self.first = frame["index"]
        self.times.append(frame["at"])

    def state(self, index: int) -> None:
        """A state replaces all events up to its index."""
        if self.first >= 0:
            self.times.extend([_UNKNOWN] * (index + 1 - self.first - len(self.times)))

    def problems(self, log: Sequence[dict[str, Any]]) -> list[str]:
        """Differences from the log of the game; three at most."""
        found = []
        for index, at in enumerate(self.times, max(self.first, 0)):
            if index >= len(log):
                found.append(f"event {index} was received and is not in the log")
                break
            if at not in (_UNKNOWN, log[index]["at"]):
                found.append(f"event {index} in the log is not the one that was received")
        return found[:3]


async def read_log(api: Api, game_id: str, token: str) -> list[dict[str, Any]]:
    """Read all events of a game over HTTP, as this player may see them. Raises ApiError."""
    events: list[dict[str, Any]] = []
    following: int | None = 0
    while following is not None:
        page = await api.call("GET", f"/api/games/{game_id}/events?from={following}&limit={_PAGE}", None, token)
        events += page["items"]
        following = page["next"]
    return events
