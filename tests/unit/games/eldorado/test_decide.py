"""The course of a game: order of events, refusals, deadlines."""

from __future__ import annotations

from typing import Any

import pytest

from server.games import match
from server.games import table_events as te
from server.games.eldorado import GAME, Bid, Config, PlayCard
from server.games.eldorado import events as ev
from server.games.rules import Command, Deadline, Event, Refusal, State
from tests.support.whole_games import context, fold, opening, play_game, player_id

CTX = context()
P = [player_id(seat) for seat in range(4)]


def started(players: int = 3, **config: Any) -> State[Any]:
    """The first bidder's turn; seat 1 is the first."""
    state = fold(opening(players, config=Config(**config)))
    return after(state, GAME.expire(state, CTX))


def after(state: State[Any], events: tuple[Event, ...] | Refusal) -> State[Any]:
    assert not isinstance(events, Refusal), events
    for event in events:
        state = match.evolve(GAME, state, event)
    return state


def move(state: State[Any], seat: int, command: Command) -> State[Any]:
    return after(state, GAME.decide(state, P[seat], command, CTX))


def playing(**config: Any) -> State[Any]:
    """Three players who have all bid nothing; seat 1 leads."""
    state = started(**config)
    for seat in (1, 2, 0):
        state = move(state, seat, Bid(0))
    return state


def refused(state: State[Any], seat: int | str, command: Command) -> tuple[str, bool, bool]:
    refusal = GAME.decide(state, seat if isinstance(seat, str) else P[seat], command, CTX)
    assert isinstance(refusal, Refusal)
    return refusal.code, refusal.misplay, refusal.forged


def test_the_first_deal_happens_at_once() -> None:
    state = fold(opening(3))
    assert GAME.phase(state) == "bidding"
    assert GAME.deadline(state) == Deadline(("deal", 0), (), 0)
    assert GAME.actions(state, P[0]) == ()
    names = [event.name for event in GAME.expire(state, CTX)]
    assert names == ["round_started", "cards_dealt", "trump_revealed"]
    state = after(state, GAME.expire(state, CTX))
    deal = state.play.round.deal
    assert (deal.round_index, deal.cards_per_player, deal.dealer, deal.starter) == (0, 10, P[0], P[1])


def test_the_order_of_a_round() -> None:
    events = play_game(2, config=Config(rounds=1)).events
    names = [event.name for event in events if event.name != "trump_broken"]
    trick = ["trick_started", "card_played", "card_played", "trick_completed"]
    head = ["game_started", "round_started", "cards_dealt", "trump_revealed", *["player_bid"] * 2, "bidding_complete"]
    assert names[names.index("game_started") :] == [*head, *trick * 10, "round_scored", "game_completed"]


def test_trump_is_broken_once_a_round_directly_after_the_card() -> None:
    for seed in range(20):
        events = play_game(3, seed, Config(rounds=1), level="random").events
        trump = next(e.card for e in events if isinstance(e, ev.TrumpRevealed)).split(":")[1]
        broken = [i for i, e in enumerate(events) if isinstance(e, ev.TrumpBroken)]
        trumps = [i for i, e in enumerate(events) if isinstance(e, ev.CardPlayed) and e.card.split(":")[1] == trump]
        assert broken == [i + 1 for i in trumps[:1]]


def test_bids_are_made_in_turn_and_the_last_one_opens_the_first_trick() -> None:
    state = started()
    assert GAME.actions(state, P[1]) == tuple(Bid(value) for value in range(11))
    assert GAME.actions(state, P[2]) == ()
    state = move(move(state, 1, Bid(2)), 2, Bid(0))
    events = GAME.decide(state, P[0], Bid(3), CTX)
    assert events == (ev.PlayerBid(P[0], 3), ev.BiddingComplete(), ev.TrickStarted(0, P[1]))
    assert GAME.phase(after(state, events)) == "playing"


def test_refusals_while_bidding() -> None:
    state = started(hook=True)
    assert refused(state, 1, PlayCard("d0:clubs:2")) == ("invalid_phase", False, False)
    assert refused(state, 2, Bid(1)) == ("not_your_turn", True, True)
    assert refused(state, "a stranger", Bid(1)) == ("not_seated", False, False)
    assert refused(state, 1, Bid(11)) == ("invalid_bid", True, False)
    state = move(move(state, 1, Bid(4)), 2, Bid(4))
    assert refused(state, 0, Bid(2)) == ("invalid_bid", True, False)


def test_refusals_while_playing() -> None:
    state = playing()
    hands = state.play.round.hands
    assert refused(state, 1, Bid(1)) == ("invalid_phase", False, False)
    assert refused(state, 2, PlayCard(hands[P[2]][0])) == ("not_your_turn", True, True)
    assert refused(state, 1, PlayCard(hands[P[2]][0])) == ("invalid_card", True, True)


def test_nothing_can_be_played_between_the_rounds() -> None:
    events = play_game(3, config=Config(rounds=2)).events
    end = next(i for i, e in enumerate(events) if isinstance(e, ev.RoundScored))
    state = fold(events[: end + 1])
    assert GAME.phase(state) == "scoring"
    assert refused(state, 1, Bid(1)) == ("invalid_phase", False, False)
    assert GAME.actions(state, P[1]) == ()
    assert GAME.deadline(state) == Deadline(("deal", 1), (), 3_000)
    assert [e.name for e in GAME.expire(state, CTX)] == ["round_started", "cards_dealt", "trump_revealed"]
    dealt = after(state, GAME.expire(state, CTX)).play.round.deal
    assert (dealt.round_index, dealt.cards_per_player, dealt.dealer, dealt.starter) == (1, 9, P[1], P[2])


@pytest.mark.parametrize(("turn_seconds", "after_ms"), [(60, 60_000), (10, 10_000), (0, None)])
def test_a_turn_has_its_time(turn_seconds: int, after_ms: int | None) -> None:
    state = started(turn_seconds=turn_seconds)
    assert GAME.deadline(state) == Deadline(("bid", 0, 0), (P[1],), after_ms)
    state = playing(turn_seconds=turn_seconds)
    assert GAME.deadline(state) == Deadline(("play", 0, 0, 0), (P[1],), after_ms)
    state = move(state, 1, GAME.actions(state, P[1])[0])
    assert GAME.deadline(state) == Deadline(("play", 0, 0, 1), (P[2],), after_ms)


def test_when_the_time_is_up_the_move_is_forced() -> None:
    state = started(hook=True)
    assert GAME.expire(state, CTX) == (ev.PlayerBid(P[1], 0, forced=True),)
    state = move(move(state, 1, Bid(4)), 2, Bid(6))
    assert GAME.expire(state, CTX)[0] == ev.PlayerBid(P[0], 1, forced=True)
    state = playing()
    (forced,) = GAME.expire(state, CTX)
    assert isinstance(forced, ev.CardPlayed)
    assert forced.forced
    assert PlayCard(forced.card) in GAME.actions(state, P[1])


def test_the_last_card_ends_the_game_in_the_same_breath() -> None:
    played = play_game(2, config=Config(rounds=1))
    last = max(i for i, e in enumerate(played.events) if isinstance(e, ev.CardPlayed))
    state = fold(played.events[:last])
    card = played.events[last]
    assert isinstance(card, ev.CardPlayed)
    events = GAME.decide(state, card.player_id, PlayCard(card.card), CTX)
    assert isinstance(events, tuple)
    assert [e.name for e in events][-3:] == ["trick_completed", "round_scored", "game_completed"]
    end = events[-1]
    assert isinstance(end, te.GameCompleted)
    assert end.session_seed == CTX.session_seed
    assert end.final_scores == played.state.play.scores
    over = after(state, events)
    assert GAME.deadline(over) is None
    assert GAME.actions(over, P[0]) == ()


def test_aborted_means_over() -> None:
    state = after(playing(), (te.GameAborted("test"),))
    assert GAME.deadline(state) is None
    assert GAME.actions(state, P[1]) == ()
    assert GAME.view(state, P[1])["turn"] is None
