"""Leaving, disconnecting and coming back while a game runs."""

from __future__ import annotations

from typing import Any

from server.games import table_events as te
from server.games.eldorado import GAME, Config
from server.games.eldorado import events as ev
from server.games.rules import Event
from tests.support.interruptions import away, script
from tests.support.whole_games import Played, fold, opening, play_game, player_id
from tests.unit.games.eldorado.test_decide import CTX, after, started

P = [player_id(seat) for seat in range(4)]


def hands_of(played: Played) -> list[list[str]]:
    return [list(e.hands) for e in played.events if isinstance(e, ev.CardsDealt)]


def moves_of(events: list[Event], player: str) -> list[bool]:
    return [e.forced for e in events if isinstance(e, (ev.PlayerBid, ev.CardPlayed)) and e.player_id == player]


def round_ends(played: Played) -> list[int]:
    return [i for i, e in enumerate(played.events) if isinstance(e, ev.RoundScored)]


def test_who_leaves_is_not_waited_for_and_not_dealt_in_again() -> None:
    played = play_game(3, config=Config(rounds=2), interrupt=script({20: [te.PlayerLeft(P[2])]}))
    left = next(i for i, e in enumerate(played.events) if isinstance(e, te.PlayerLeft))
    assert all(moves_of(played.events[left:], P[2]))
    assert len(moves_of(played.events, P[2])) == 11
    assert hands_of(played) == [[P[0], P[1], P[2]], [P[0], P[1]]]
    scored = [e for e in played.events if isinstance(e, ev.RoundScored)]
    assert scored[1].deltas[P[2]] == 0
    assert scored[1].cumulative_scores[P[2]] == scored[0].cumulative_scores[P[2]]
    assert set(scored[1].deltas) == set(P[:3])


def test_a_player_who_is_gone_is_forced_in_no_time() -> None:
    state = after(started(), (te.PlayerKicked(P[1], "forged"),))
    deadline = GAME.deadline(state)
    assert deadline is not None
    assert (deadline.after_ms, deadline.player_ids) == (0, (P[1],))


def test_the_seats_of_absent_players_are_passed_over() -> None:
    played = play_game(4, config=Config(rounds=3), interrupt=script({30: [te.PlayerLeft(P[1])]}))
    starts = [e for e in played.events if isinstance(e, ev.RoundStarted)]
    assert [(e.dealer_player_id, e.starting_player_id) for e in starts] == [(P[0], P[1]), (P[2], P[3]), (P[3], P[0])]


def test_who_was_away_for_a_whole_round_is_marked_absent_and_may_return() -> None:
    played = play_game(3, config=Config(rounds=5), interrupt=away(1, 0, 95))
    ends = round_ends(played)
    assert played.events[ends[0] + 1] == te.PlayerMarkedAbsent(P[1])
    assert all(moves_of(played.events[: ends[0]], P[1]))
    back = played.events.index(te.PlayerReconnected(P[1]))
    assert ends[0] < back < ends[1]
    assert hands_of(played) == [P[:3], [P[0], P[2]], P[:3], P[:3], P[:3]]
    assert sum(isinstance(e, te.PlayerMarkedAbsent) for e in played.events) == 1


def test_who_was_there_for_a_part_of_the_round_stays() -> None:
    """Gone after the deal, or back and moving before the end: not absent for the whole round."""
    late = play_game(3, config=Config(rounds=2), interrupt=script({9: [te.PlayerDisconnected(P[1])]}))
    first_round = late.events[: round_ends(late)[0] + 2]
    assert not any(isinstance(e, te.PlayerMarkedAbsent) for e in first_round)
    happenings: dict[int, list[Event]] = {
        0: [te.PlayerDisconnected(P[1])],
        20: [te.PlayerReconnected(P[1])],
        30: [te.PlayerDisconnected(P[1])],
    }
    seen = play_game(3, config=Config(rounds=2), interrupt=script(happenings))
    assert not any(isinstance(e, te.PlayerMarkedAbsent) for e in seen.events[: round_ends(seen)[0] + 2])
    assert hands_of(seen)[1] == P[:3]


def test_a_player_who_returns_before_the_end_is_not_marked() -> None:
    """Back in time, even if every move of the round was forced."""
    events: list[Event] = opening(2, config=Config(rounds=2))
    state = after(fold(events), (te.PlayerDisconnected(P[1]),))
    state = after(state, GAME.expire(state, CTX))
    while True:
        forced = GAME.expire(state, CTX)
        if any(isinstance(e, ev.RoundScored) for e in forced):
            break
        state = after(state, forced)
    assert te.PlayerMarkedAbsent(P[1]) in forced
    state = after(state, (te.PlayerReconnected(P[1]),))
    assert te.PlayerMarkedAbsent(P[1]) not in GAME.expire(state, CTX)


def test_with_fewer_than_two_the_game_ends_with_the_round() -> None:
    happenings: dict[int, list[Event]] = {20: [te.PlayerLeft(P[0]), te.PlayerLeft(P[2])]}
    played = play_game(3, interrupt=script(happenings))
    assert [e.name for e in played.events][-2:] == ["round_scored", "game_completed"]
    assert len(played.state.play.past) == 1
    assert set(played.state.table.final_scores or {}) == set(P[:3])


def test_being_marked_absent_may_end_the_game() -> None:
    played = play_game(2, interrupt=script({0: [te.PlayerDisconnected(P[1])]}))
    assert [e.name for e in played.events][-3:] == ["round_scored", "player_marked_absent", "game_completed"]


def test_leaving_in_the_pause_ends_the_game_after_it() -> None:
    played = play_game(2, config=Config(rounds=3))
    end = next(i for i, e in enumerate(played.events) if isinstance(e, ev.RoundScored))
    state: Any = after(fold(played.events[: end + 1]), (te.PlayerLeft(P[0]),))
    assert [e.name for e in GAME.expire(state, CTX)] == ["game_completed"]


def test_a_winner_may_have_left() -> None:
    for seed in range(30):
        played = play_game(3, seed, Config(rounds=2), interrupt=script({110: [te.PlayerLeft(P[0])]}))
        if P[0] in played.state.table.winners:
            return
    raise AssertionError("in thirty games the first seat should have led at least once")
