"""Finished games of the past, replayed: a change that gives them another state breaks the logs that are out there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.games import fairness
from server.games.eldorado import GAME
from server.games.replay import fold, state_hash
from tests.support.corpus import FOLDER, games, load

FILES = sorted(FOLDER.glob("*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_replay(path: Path) -> None:
    recorded = load(path)
    state = fold(GAME, recorded.events)
    assert state.table.is_over
    assert state_hash(state) == recorded.state_hash
    report = fairness.verify(GAME, recorded.events)
    assert report.ok, report.problem


def test_the_corpus_is_there_and_stays() -> None:
    assert len(FILES) >= 12
    assert {path.stem for path in FILES} >= {name for name, _, _ in games()}


def test_it_holds_every_event_of_the_game() -> None:
    names = {json.loads(line).get("name") for path in FILES for line in path.read_text("utf-8").splitlines()}
    assert names >= {event.name for event in GAME.events}
