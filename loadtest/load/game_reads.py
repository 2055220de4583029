"""Anonymous GETs of running games, by an open loop, beside the players."""

from __future__ import annotations

import asyncio
import random
from time import perf_counter

from loadtest.api import Answer, Api
from loadtest.load.work import Work
from loadtest.pacing import Schedule

CONNECTIONS = 64
NOT_SENT, FAILED = "not sent", "failed"
"""In `ClientMetrics.reads`: too many were waiting already; no answer came."""
NO_RETRY_AFTER = "429 without Retry-After"

_WAITING_MAX = 1_000
_PATHS = ("/api/games/{}", "/api/games/{}/events", "/api/games/{}/state")


class GameReads:
    """`per_s` GETs a second of the games that `work` plays: their summary, events and state in turn."""

    def __init__(self, work: Work, url: str, per_s: float) -> None:
        self._work = work
        self._per_s = per_s
        self._api = Api(url, connections=CONNECTIONS)
        self._random = random.Random(work.share.seed)
        self._in_flight: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send until cancelled, then cancel the requests in flight."""
        schedule = Schedule(self._per_s)
        number = 0
        try:
            while True:
                due_s = schedule.next_due_s()
                await asyncio.sleep(max(0.0, due_s - perf_counter()))
                games = self._work.running_games
                if games:
                    self._start(_PATHS[number % len(_PATHS)].format(self._random.choice(games)), due_s)
                    number += 1
        finally:
            for task in self._in_flight:
                task.cancel()
            await asyncio.gather(*self._in_flight, return_exceptions=True)
            await self._api.close()

    def _start(self, path: str, due_s: float) -> None:
        if len(self._in_flight) >= _WAITING_MAX:
            self._work.current.reads[NOT_SENT] += 1
            return
        task = asyncio.create_task(self._read(path, due_s))
        self._in_flight.add(task)
        task.add_done_callback(self._in_flight.discard)

    async def _read(self, path: str, due_s: float) -> None:
        try:
            answer = await self._api.get(path)
        except (OSError, EOFError, TimeoutError):
            outcome = FAILED
        else:
            outcome = outcome_of(answer)
        self._work.current.reads[outcome] += 1
        self._work.current.to_read.add(perf_counter() - due_s)


def outcome_of(answer: Answer) -> str:
    """The status as text, or NO_RETRY_AFTER for a 429 that does not say when to come again."""
    if answer.status == 429 and not answer.headers.get("retry-after", "").isdigit():
        return NO_RETRY_AFTER
    return str(answer.status)


def is_broken(outcome: str) -> bool:
    """Whether a healthy server never answers so. It may refuse (429, 503), and a 429 says when to come again."""
    return outcome in (NO_RETRY_AFTER, FAILED) or (outcome.startswith("5") and outcome != "503")
