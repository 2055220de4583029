"""Fair: whatever single thing is changed in a finished log, the verifier finds it."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from server.games import fairness
from server.games import table_events as ev
from server.games.eldorado import GAME, Config
from server.games.eldorado.cards import DECKS
from server.games.eldorado.events import CardPlayed
from server.games.replay import fold
from server.games.rules import Event
from tests.support.interruptions import restless
from tests.support.whole_games import Played, play_game, player_id

# What is a fact from outside, from which nothing follows, can't be checked (docs/fairness.md says so).
UNCHECKED = (
    ev.GameCreated,
    ev.PlayerJoined,
    ev.PlayerLeft,
    ev.PlayerKicked,
    ev.PlayerBecameSpectator,
    ev.PlayerDisconnected,
    ev.PlayerReconnected,
    ev.InvalidAction,
    ev.GamePaused,
)
SEEDS = ["one", "two", "three", "four"]


def game(number: int) -> Played:
    interrupt = restless(number, 40) if number % 2 else None
    return play_game(
        2 + number % 9, number, Config(rounds=2, hook=number % 3 == 0), "random", SEEDS[: 2 + number % 3], interrupt
    )


GAMES = [game(number) for number in range(9)]


def altered(value: Any, dice: random.Random) -> Any:
    """Another value of the same shape, different in one place."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + dice.choice([-1, 1, 10])
    if isinstance(value, str):
        return dice.choice([text for text in (*DECKS[1], player_id(0), player_id(1), "", "ff" * 32) if text != value])
    if isinstance(value, dict) and value:
        key = dice.choice(sorted(value))
        if dice.randrange(4):
            return {**value, key: altered(value[key], dice)}
        return {other: value[other] for other in value if other != key}
    if isinstance(value, tuple) and value:
        place = dice.randrange(len(value))
        new = () if dice.randrange(4) == 0 else (altered(value[place], dice),)
        return (*value[:place], *new, *value[place + 1 :])
    return (1,)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(number=st.integers(0, len(GAMES) - 1), place=st.floats(0, 0.999), how=st.integers(0, 5), seed=st.integers(0))
def test_every_alteration_is_found(number: int, place: float, how: int, seed: int) -> None:
    events = list(GAMES[number].events)
    checked = [i for i, event in enumerate(events) if not isinstance(event, UNCHECKED)]
    index = checked[int(place * len(checked))]
    event = events[index]
    dice = random.Random(seed)
    names = [name for name in event.__struct_fields__ if name != "forced"]
    if how == 0 or not names:
        del events[index]
    elif how == 1 and not isinstance(event, ev.ClientSeedSet):
        events.insert(index, event)
    elif how == 2 and index + 1 < len(events) and type(events[index + 1]) not in (type(event), *UNCHECKED):
        events[index : index + 2] = [events[index + 1], event]
    else:
        name = dice.choice(names)
        events[index] = replace(event, **{name: altered(getattr(event, name), dice)})  # type: ignore[type-var]
    report = fairness.verify(GAME, events)
    assert not report.ok
    assert report.problem


@pytest.mark.parametrize("number", range(len(GAMES)))
def test_honest_games_are_fair(number: int) -> None:
    report = fairness.verify(GAME, GAMES[number].events)
    assert (report.ok, report.commitment_ok, report.problem) == (True, True, None)
    assert report.rounds == len(GAMES[number].state.play.past)


def test_two_cards_exchanged_are_found_unless_that_was_just_as_legal() -> None:
    """A different legal history with the same outcome of every trick can't be told from the true one."""
    events: list[Event] = list(GAMES[2].events)
    cards = [i for i, e in enumerate(events) if isinstance(e, CardPlayed) and e.player_id == player_id(0)]
    found = 0
    for a, b in itertools.combinations(cards[:10], 2):
        exchanged = list(events)
        exchanged[a], exchanged[b] = exchanged[b], exchanged[a]
        if fairness.verify(GAME, exchanged).ok:
            assert fold(GAME, exchanged).table.final_scores == GAMES[2].state.table.final_scores
        else:
            found += 1
    assert found >= 30
