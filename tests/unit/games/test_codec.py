"""Events to data and back; old versions, unknown ones; games by name; hashes of states."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

import pytest

from server.games import match
from server.games.codec import Codec, UnknownEvent, to_data
from server.games.registry import Registry, UnknownGame
from server.games.relay import GAME as RELAY
from server.games.relay import Relay, Said, Say
from server.games.replay import fold, state_hash
from server.games.rules import Context, Data, Event, State
from server.games.table import config_data
from server.games.table_events import GameCreated, GameStarted, PlayerJoined, PlayerLeft

CREATED = GameCreated("id", "relay", 1, config_data(RELAY.config()), "a", "c")


class Shouted(Event):
    name: ClassVar[str] = "shouted"
    version: ClassVar[int] = 3
    upcasters: ClassVar[Any] = {
        1: lambda data: {"words": [data["word"]]},
        2: lambda data: {**data, "loud": True},
    }
    words: tuple[str, ...]
    loud: bool


class Shouting(Relay):
    name = "shouting"
    events = (Said, Shouted)


@pytest.mark.parametrize(
    "event",
    [
        GameStarted(((0, "a"), (1, "b"))),
        PlayerJoined("a", None, {"display_name": "A"}, True, "steady"),
        Said("a", {"deep": ({"list": (1, 2.5, None, True)},)}),
    ],
    ids=lambda event: event.name,
)
def test_there_and_back(event: Event) -> None:
    stored = {**to_data(event), "_v": 1, "added later": "by a newer build"}
    assert Codec(RELAY).from_data(event.name, stored) == event


def test_old_versions_are_brought_up_step_by_step() -> None:
    codec = Codec(Shouting())
    assert codec.from_data("shouted", {"_v": 1, "word": "hey"}) == Shouted(("hey",), True)
    assert codec.from_data("shouted", {"_v": 2, "words": ["hey", "ho"]}) == Shouted(("hey", "ho"), True)
    assert codec.from_data("shouted", {"_v": 3, "words": [], "loud": False}) == Shouted((), False)
    assert codec.plain("shouted", {"_v": 1, "word": "hey"}) == {"words": ("hey",), "loud": True}


def test_what_is_stored_is_shown_without_its_additions() -> None:
    codec = Codec(Shouting())
    stored = {"_v": 3, "_n": 2, "loud": False, "words": ["hey"], "added later": "by a newer build"}
    assert codec.plain("shouted", stored) == {"words": ["hey"], "loud": False}
    assert list(codec.plain("shouted", stored)) == ["words", "loud"]  # in the order of the event, as on the wire
    alone = to_data(PlayerJoined("a", None, {"display_name": "A"}))
    assert codec.plain("player_joined", {key: alone[key] for key in ("player_id", "seat", "profile")}) == alone


@pytest.mark.parametrize(
    ("name", "data"),
    [("sung", {}), ("shouted", {"_v": 4}), ("shouted", {"_v": 0}), ("said", {"player_id": "a"})],
)
def test_what_this_build_does_not_know_is_said(name: str, data: Data) -> None:
    with pytest.raises(UnknownEvent, match=name):
        Codec(Shouting()).plain(name, data)


def test_event_names_are_unique_within_a_game() -> None:
    class Twice(Relay):
        events = (Said, PlayerLeft)

    with pytest.raises(ValueError, match="player_left"):
        Codec(Twice())


def test_games_are_found_by_their_names() -> None:
    registry = Registry([RELAY, Shouting()])
    assert [game.name for game in registry] == ["relay", "shouting"]
    assert "relay" in registry
    assert registry.game("relay") is RELAY
    with pytest.raises(UnknownGame, match="no game named 'chess'"):
        registry.codec("chess")
    with pytest.raises(ValueError, match="relay"):
        Registry([RELAY, Relay()])


def test_the_games_of_this_distribution_are_installed() -> None:
    assert {"relay", "eldorado"} <= {game.name for game in Registry.installed()}


def test_a_log_begins_at_its_beginning() -> None:
    for events in ([], [PlayerLeft("a")]):
        with pytest.raises(ValueError, match="game_created"):
            fold(RELAY, events)


def test_equal_states_have_equal_hashes_and_others_do_not() -> None:
    events: list[Event] = [CREATED, PlayerJoined("a", 0, {"display_name": "A", "avatar_seed": "a", "color": "#000000"})]
    one, two = fold(RELAY, events), fold(RELAY, list(events))
    assert state_hash(one) == state_hash(two)
    assert state_hash(match.evolve(RELAY, one, Said("a", 1))) != state_hash(one)


def test_a_hash_knows_every_kind_of_value() -> None:
    class Suit(Enum):
        HEARTS = "hearts"

    @dataclass(frozen=True)
    class Play:
        of: Any

    table = fold(RELAY, [CREATED]).table
    states = [State(table, Play(value)) for value in (Suit.HEARTS, frozenset({2, 1}), {"k": (1,)}, [1], None, 1.5)]
    assert len({state_hash(state) for state in states}) == len(states)
    assert state_hash(State(table, Play({1, 2}))) == state_hash(State(table, Play(frozenset({2, 1}))))


def test_relay_repeats_what_is_said() -> None:
    state = fold(RELAY, [CREATED])
    ctx = Context(0, "")
    decision = RELAY.decide(state, "a", Say({"x": 1}), ctx)
    assert decision == (Said("a", {"x": 1}),)
    after = match.evolve(RELAY, state, Said("a", {"x": 1}))
    assert match.view(RELAY, after, None)["said"] == 1
    assert match.phase(RELAY, match.evolve(RELAY, after, GameStarted(()))) == "playing"
    assert RELAY.actions(after, "a") == ()
    assert RELAY.deadline(after) is None
    assert match.redact(RELAY, Said("a", 1), None) is None  # nothing of relay's is private: nobody asks
    with pytest.raises(NotImplementedError):
        RELAY.summary(after)
    with pytest.raises(NotImplementedError):
        RELAY.expire(after, ctx)
    with pytest.raises(NotImplementedError):
        RELAY.bot("random")
