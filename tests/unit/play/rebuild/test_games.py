"""What the log of one game says about it, and which logs say nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from persistence.play.rebuild import LoggedEvent, StoredGame
from server.games.codec import VERSION_KEY, to_data
from server.games.eldorado import GAME, Config
from server.games.registry import Registry
from server.play.rebuild.games import CannotFold, computed
from server.rooms.machine.writes import completion
from tests.support.whole_games import GAME_ID, play_game

REGISTRY = Registry([GAME])
PLAYED = play_game(players=3, config=Config(rounds=1))
LOG = [
    LoggedEvent(index, event.name, {VERSION_KEY: event.version, **to_data(event)}, 1_000 + index)
    for index, event in enumerate(PLAYED.events)
]
STORED = StoredGame(GAME_ID, "eldorado", GAME.version, len(LOG) - 1, True, LOG, None, {})


def test_the_completion_that_was_written_live() -> None:
    assert computed(REGISTRY, STORED) == completion(GAME, PLAYED.state, LOG[-1].at_ms)


@pytest.mark.parametrize(
    ("stored", "reason", "broken"),
    [
        (replace(STORED, game="chess"), "not installed", False),
        (replace(STORED, rules_version=99), "rules version 99", False),
        (replace(STORED, log=[]), "not in this database", False),
        (replace(STORED, log=[*LOG[:4], *LOG[5:]]), "gaps", True),
        (replace(STORED, log=LOG[:-1]), "gaps", True),
        (replace(STORED, log=LOG[:-1], last_event_index=len(LOG) - 2), "can't be folded|to its end", True),
        (replace(STORED, game_id=GAME_ID.replace("c0de", "beef")), "not that of this game", True),
        (replace(STORED, log=[*LOG[:-1], replace(LOG[-1], type="unheard_of")]), "can't be folded", True),
        (replace(STORED, log=[*LOG[:-1], replace(LOG[-1], payload={})]), "can't be folded", True),
    ],
)
def test_logs_that_say_nothing(stored: StoredGame, reason: str, broken: bool) -> None:
    with pytest.raises(CannotFold, match=reason) as error:
        computed(REGISTRY, stored)
    assert error.value.broken is broken
