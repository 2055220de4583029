from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from server.games import match
from server.games.eldorado import GAME, Config
from server.games.eldorado import events as ev
from server.games.rules import State
from tests.support.whole_games import fold, opening, play_game, player_id
from tests.unit.games.eldorado.test_decide import P, move, playing, started

KEYS = {"hand", "hand_counts", "scores", "rounds", "round", "turn"}
ROUND_KEYS = {
    "round_index",
    "cards_per_player",
    "dealer_player_id",
    "starting_player_id",
    "trump_card",
    "trump_suit",
    "trump_broken",
    "bids",
    "tricks_won",
    "trick",
    "last_trick",
}


def test_in_the_lobby_all_keys_are_there_and_empty() -> None:
    state: State[Any] = fold(opening(2)[:-1])
    assert state.play is None
    empty = {"hand_counts": {}, "scores": {}, "rounds": [], "round": None, "turn": None}
    assert GAME.view(state, P[0]) == {"hand": [], **empty}
    assert GAME.view(state, None) == {"hand": None, **empty}
    assert GAME.view(state, "a stranger")["hand"] is None
    assert GAME.phase(state) == "bidding"
    assert match.phase(GAME, state) == "lobby"


def test_a_player_sees_his_own_hand_and_counts_of_the_others() -> None:
    state = started()
    view = GAME.view(state, P[2])
    assert view.keys() == KEYS
    assert view["round"].keys() == ROUND_KEYS
    assert view["hand"] == list(state.play.round.hands[P[2]])
    assert view["hand_counts"] == dict.fromkeys(P[:3], 10)
    assert view["turn"] == {"player_id": P[1], "deadline_at": None}
    assert GAME.view(state, None) == {**view, "hand": None}


def test_the_trick_under_way_and_the_last_one() -> None:
    state = playing()
    view = GAME.view(state, P[0])["round"]
    assert view["trick"] == {"trick_index": 0, "leader_player_id": P[1], "led_suit": None, "plays": []}
    assert view["last_trick"] is None
    cards = []
    for seat in (1, 2, 0):
        action = GAME.actions(state, P[seat])[0]
        cards.append({"player_id": P[seat], "card": action.card})  # type: ignore[attr-defined]
        state = move(state, seat, action)
        if seat == 1:
            assert GAME.view(state, None)["round"]["trick"]["led_suit"] == cards[0]["card"].split(":")[1]
    view = GAME.view(state, P[0])["round"]
    last = view["last_trick"]
    assert last["plays"] == cards
    assert {"player_id": last["winning_player_id"], "card": last["winning_card"]} in cards
    assert view["trick"]["trick_index"] == 1
    assert view["trick"]["leader_player_id"] == last["winning_player_id"]
    assert view["tricks_won"][last["winning_player_id"]] == 1


def test_every_state_of_a_log_can_be_shown() -> None:
    """Also those in the middle of what happens at once: a replay stops anywhere."""
    played = play_game(3, config=Config(rounds=2))
    state = fold(played.events[:1])
    phases = []
    for event in played.events[1:]:
        state = match.evolve(GAME, state, event)
        view = match.view(GAME, state, P[0])
        assert view.keys() >= KEYS
        if not phases or phases[-1] != view["phase"]:
            phases.append(view["phase"])
    assert phases == ["lobby", "bidding", "playing", "scoring", "bidding", "playing", "scoring", "completed"]
    assert match.view(GAME, state, None)["session_seed"] is not None


def test_a_deal_is_redacted() -> None:
    dealt = ev.CardsDealt({P[0]: ("a", "b"), P[1]: ("c", "d")}, "hash")
    counts = {P[0]: 2, P[1]: 2}
    assert GAME.redact(dealt, P[0]) == {"hands": {P[0]: ["a", "b"]}, "hand_counts": counts}
    assert GAME.redact(dealt, None) == {"hands": {}, "hand_counts": counts}
    assert GAME.redact(dealt, player_id(9)) == {"hands": {}, "hand_counts": counts}


def test_other_events_are_public_and_hidden_if_asked_about() -> None:
    assert [event.name for event in GAME.events if event.private] == ["cards_dealt"]
    assert GAME.redact(ev.TrumpBroken(), P[0]) is None


def test_a_log_may_name_players_in_any_order() -> None:
    """Stored maps come back with their keys sorted otherwise; the state must not depend on that."""
    played = play_game(3, config=Config(rounds=1))
    backwards = []
    for event in played.events:
        if isinstance(event, ev.CardsDealt):
            event = replace(event, hands=dict(reversed(event.hands.items())))
        if isinstance(event, ev.RoundScored):
            event = replace(event, deltas=dict(reversed(event.deltas.items())))
        backwards.append(event)
    assert repr(fold(backwards).play) == repr(played.state.play)
