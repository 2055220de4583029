"""Forks: the same game under other names, up to a point; from there on the same cards."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.games import fairness
from server.games import table_events as ev
from server.games.codec import Codec, to_data
from server.games.eldorado import GAME, Config
from server.games.registry import Registry
from server.games.rules import Event, Refusal
from server.games.table import Status
from server.replays.forking import Fork, Taker, fork
from server.rooms.bots.players import bot_players
from server.rooms.machine.records import new_records
from server.rooms.machine.writes import completion
from tests.support.corpus import FOLDER, load
from tests.support.whole_games import CTX_NOW_MS, context, next_chunk, play_game, player_id
from tests.support.whole_games import fold as folded

CODEC = Codec(GAME)
BOTS = bot_players(Registry([GAME]))
NEW_ID = "01932f00-0000-7000-8000-00000000f02c"
ME = Taker("11111111-0000-4000-8000-000000000001", {"display_name": "Me", "avatar_seed": "me", "color": "#010203"})
SEED = "fork"
PLAYED = play_game(3, SEED, Config(rounds=3), client_seeds=["a", "b"]).events
STARTED = next(index for index, event in enumerate(PLAYED) if isinstance(event, ev.GameStarted))


def forked(events: list[Event], at: int, taker: Taker | None = None, game_id: str = NEW_ID) -> Fork | Refusal:
    return fork(GAME, CODEC, new_records(0, CTX_NOW_MS, events), game_id, at, taker, BOTS, CTX_NOW_MS + 5)


def made(events: list[Event], at: int, taker: Taker | None = None, game_id: str = NEW_ID) -> Fork:
    result = forked(events, at, taker, game_id)
    assert isinstance(result, Fork), result
    return result


def events_of(fork: Fork) -> list[Event]:
    return [record.event for record in fork.records]


def played_on(fork: Fork, seed: int | str) -> list[Event]:
    """The fork, with bots on all seats, to its end."""
    events, state = events_of(fork), fork.state
    levels = ["steady"] * len(state.table.seated())
    while not state.table.is_over:
        chunk = next_chunk(state, context(seed), len(events) - 1, levels)
        events += chunk
        state = folded(events)
    return events


def masked(event: Event, *ids: str) -> str:
    """With places for names, and without what a fork changes: who is a bot."""
    data: dict[str, Any] = {**to_data(event), "profile": None, "is_bot": None, "strategy": None}
    text = json.dumps([event.name, data])
    for number, name in enumerate(ids):
        text = text.replace(name, f"<{number}>")
    return text


def seats(events: list[Event]) -> list[str]:
    started = next(event for event in events if isinstance(event, ev.GameStarted))
    return [player for _, player in started.seats]


@pytest.mark.parametrize("at", [STARTED, STARTED + 9, len(PLAYED) // 2, len(PLAYED) - 20])
def test_the_same_game_up_to_there_and_the_same_cards_after_it(at: int) -> None:
    fork = made(PLAYED, at, Taker(ME.player_id, ME.profile, 1))
    mine = events_of(fork)
    assert fork.at >= at
    assert fork.seat == 1
    names = seats(PLAYED), seats(mine)
    assert [masked(e, *names[1]) for e in mine[1 : fork.at + 1]] == [
        masked(e, *names[0]) for e in PLAYED[1 : fork.at + 1]
    ]
    assert names[1][1] == ME.player_id
    whole = played_on(fork, SEED)
    report = fairness.verify(GAME, whole)
    assert report.ok, report.problem
    deals = [
        [masked(e, *ids) for e in log if e.name == "cards_dealt"]
        for log, ids in zip((PLAYED, whole), names, strict=True)
    ]
    assert deals[0] == deals[1]


def test_who_plays_is_somebody_else() -> None:
    fork = made(PLAYED, STARTED, Taker(ME.player_id, ME.profile, 0))
    table = fork.state.table
    assert not set(table.players) & {player_id(seat) for seat in range(3)}
    me = table.players[ME.player_id]
    assert (me.seat, me.is_bot, me.display_name) == (0, False, "Me")
    others = [player for player in table.seated() if player is not me]
    assert all(player.is_bot and player.strategy == "steady" for player in others)
    assert table.host_player_id == ME.player_id
    assert (table.is_public, table.game_id) == (False, NEW_ID)
    text = json.dumps([to_data(event) for event in events_of(fork)])
    assert not any(player_id(seat) in text for seat in range(3))


def test_it_says_that_it_is_a_fork_and_counts_nowhere() -> None:
    first = made(PLAYED, STARTED + 9)
    origin = {"game_id": folded(PLAYED).table.game_id, "index": first.at}
    assert first.state.table.forked_from == {**origin, "shuffle_game_id": origin["game_id"]}
    whole = played_on(first, SEED)
    state = folded(whole)
    assert not completion(GAME, state, CTX_NOW_MS).counted
    assert completion(GAME, folded(PLAYED), CTX_NOW_MS).counted

    # A fork of a fork is shuffled as the very first game was.
    second = made(whole, len(whole) // 2, game_id=NEW_ID.replace("f02c", "f02d"))
    assert second.state.table.forked_from == {
        "game_id": NEW_ID,
        "index": second.at,
        "shuffle_game_id": origin["game_id"],
    }
    assert fairness.verify(GAME, played_on(second, SEED)).ok


def test_a_fork_that_denies_it_is_found_out() -> None:
    whole = played_on(made(PLAYED, STARTED), SEED)
    created = to_data(whole[0])
    for lie in (None, {}, {"shuffle_game_id": NEW_ID}, {"shuffle_game_id": None}):
        told = CODEC.from_data("game_created", {**created, "forked_from": lie})
        assert not fairness.verify(GAME, [told, *whole[1:]]).commitment_ok


def test_in_the_middle_of_a_move_it_goes_to_its_end() -> None:
    for at in range(STARTED, len(PLAYED) - 2):
        result = forked(PLAYED, at)
        if isinstance(result, Refusal):
            assert "ends the game" in result.message
            continue
        deadline = GAME.deadline(result.state)
        assert deadline is not None, "somebody is to move, or time is to pass"
        assert at <= result.at <= at + 6


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.stem)
def test_games_of_the_corpus(path: Any) -> None:
    events = load(path).events
    started = next(index for index, event in enumerate(events) if isinstance(event, ev.GameStarted))
    for at in range(started, len(events) - 2, len(events) // 3):
        result = forked(events, at, ME)
        if isinstance(result, Refusal):
            assert "ends the game" in result.message, result
            continue
        assert result.seat is None, "the player had no seat in the game"
        assert ME.player_id in result.state.table.players
        gone = {Status.ACTIVE, Status.LEFT}
        assert {player.status for player in result.state.table.seated()} <= gone


@pytest.mark.parametrize("at", [-1, 0, STARTED - 1, len(PLAYED) - 1, len(PLAYED), 10**9])
def test_places_that_are_none(at: int) -> None:
    result = forked(PLAYED, at)
    assert isinstance(result, Refusal)
    assert result.field == "at"


def test_seats_that_are_none() -> None:
    for seat in (-1, 3, 99):
        result = forked(PLAYED, STARTED, Taker(ME.player_id, ME.profile, seat))
        assert isinstance(result, Refusal)
        assert (result.field, result.message) == ("seat", "seat: one of [0, 1, 2]")
    left = load(FOLDER / "leaving.jsonl").events
    result = forked(left, len(left) - 5, Taker(ME.player_id, ME.profile, 0))
    assert isinstance(result, Refusal)
    assert result.message == "seat: its player has left the game by then"


def test_his_own_seat_if_he_played() -> None:
    assert made(PLAYED, STARTED, Taker(player_id(2), ME.profile)).seat == 2
    assert made(PLAYED, STARTED, Taker(player_id(2), ME.profile, 0)).seat == 0


def test_a_game_that_is_not_over() -> None:
    result = forked(PLAYED[:-1], STARTED)
    assert isinstance(result, Refusal)
    assert result.code == "invalid_phase"
