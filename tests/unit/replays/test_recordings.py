"""A finished game of 10,000 events: to go anywhere in it blocks nobody, and is short the second time."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from persistence.event_log.log import StoredEvent
from persistence.play.games import GameRow
from server import limits
from server.errors import LogShortened
from server.games.codec import to_data
from server.games.eldorado import GAME
from server.games.registry import Registry
from server.games.replay import fold, state_hash
from server.games.rules import Event
from server.games.table_events import GamePaused, GameResumed
from server.replays.recordings import Recording
from tests.support.whole_games import CTX_NOW_MS, GAME_ID, play_game


class Log:
    """Gives what it has, and counts what was asked for in one piece."""

    def __init__(self, events: list[Event], gap_ms: int = 1000) -> None:
        self.rows = [
            StoredEvent(
                index, event.name, json.loads(json.dumps(to_data(event))), CTX_NOW_MS + index * gap_ms, None, None
            )
            for index, event in enumerate(events)
        ]
        self.asked: list[int] = []

    async def read(self, game_id: str, first: int, last: int) -> AsyncIterator[StoredEvent]:
        self.asked.append(last - first + 1)
        await asyncio.sleep(0)  # as a database would
        for row in self.rows[first : last + 1]:
            yield row


def long_game(length: int) -> list[Event]:
    """A game with many pauses in the middle."""
    played = play_game(4, "long").events
    pauses: list[Event] = [GamePaused("suspended"), GameResumed("restart", 7)] * ((length - len(played)) // 2 + 1)
    return [*played[:100], *pauses, *played[100:]][:length]


def recording(log: Any) -> Recording:
    head = len(log.rows) - 1
    known = {"id": GAME_ID, "game": GAME.name, "status": "completed", "last_event_index": head, "epoch": 1}
    row = GameRow(**{**dict.fromkeys(GameRow.__slots__), **known})
    return Recording(row, Registry([GAME]), log, asyncio.Semaphore(1), asyncio.Semaphore(1))


async def test_every_state_is_that_of_the_fold() -> None:
    events = long_game(700)
    made = recording(Log(events))
    indexes = list(range(0, 700, 3))
    random.Random(3).shuffle(indexes)
    for index in indexes:
        moment = await made.at(index)
        assert moment.index == index
        if index % 7 == 0:
            assert state_hash(moment.state) == state_hash(fold(GAME, events[: index + 1]))


async def test_a_long_way_is_gone_in_short_pieces_and_only_once() -> None:
    log = Log(long_game(10_000))
    made = recording(log)
    await made.at(9_999)
    assert max(log.asked) <= limits.REPLAY_FOLD_EVENTS
    first = sum(log.asked)
    assert first == 10_000
    for index in random.Random(4).sample(range(10_000), 50):
        log.asked.clear()
        await made.at(index)
        assert sum(log.asked) <= 10_000 // limits.REPLAY_STATES_MAX + limits.REPLAY_CHUNK_EVENTS
    assert len(made._kept) <= limits.REPLAY_STATES_MAX + 1


async def test_others_get_their_turn_meanwhile() -> None:
    made = recording(Log(long_game(10_000)))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    await made.at(9_999)
    task.cancel()
    assert turns >= 10_000 // limits.REPLAY_CHUNK_EVENTS


async def test_several_who_go_far_at_once_read_it_once() -> None:
    log = Log(long_game(3_000))
    made = recording(log)
    await asyncio.gather(*(made.at(2_999) for _ in range(20)))
    assert sum(log.asked) < 2 * 3_000


async def test_a_log_that_is_shorter_than_it_was() -> None:
    log = Log(long_game(700))
    made = recording(log)
    del log.rows[300:]
    assert (await made.at(120)).index == 120
    with pytest.raises(LogShortened):
        await made.at(699)
