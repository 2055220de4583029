"""Whatever is played, the rules hold: random games of every size, looked at from every state."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.games.eldorado import GAME, Bid, Config, PlayCard
from server.games.eldorado import events as ev
from server.games.eldorado.cards import DECKS
from server.games.eldorado.dealing import decks_for
from server.games.replay import fold
from server.games.rules import Command, PlayerId, Refusal, State
from server.games.table_events import GameCompleted
from tests.support.interruptions import restless
from tests.support.soak import amount
from tests.support.whole_games import Played, context, play_game

bounded = settings(max_examples=40, derandomize=True, deadline=None)
some_games = given(
    players=st.integers(2, 10),
    seed=st.integers(0, 10**6),
    rounds=st.integers(1, 2),
    hook=st.booleans(),
    level=st.sampled_from(["random", "steady"]),
)


@bounded
@some_games
def test_exactly_the_offered_actions_are_accepted(players: int, seed: int, rounds: int, hook: bool, level: str) -> None:
    ctx = context(seed)

    def watch(state: State[Any], mover: PlayerId, offered: tuple[Command, ...]) -> None:
        round_ = state.play.round
        assert offered, "the player to move can move"
        all_bids = [Bid(value) for value in range(-1, round_.deal.cards_per_player + 2)]
        somebody_elses = next((hand[0] for p, hand in round_.hands.items() if p != mover and hand), "d0:hearts:K")
        all_cards = [PlayCard(card) for card in (*round_.hands[mover], somebody_elses, "d9:cups:1")]
        for command in (*all_bids, *all_cards):
            decision = GAME.decide(state, mover, command, ctx)
            assert isinstance(decision, Refusal) == (command not in offered)
        for other in state.table.players:
            if other != mover:
                assert GAME.actions(state, other) == ()
                assert isinstance(GAME.decide(state, other, offered[0], ctx), Refusal)

    play_game(players, seed, Config(rounds=rounds, hook=hook), level, watch=watch)


@bounded
@some_games
def test_cards_tricks_and_scores_add_up(players: int, seed: int, rounds: int, hook: bool, level: str) -> None:
    played = play_game(players, seed, Config(rounds=rounds, hook=hook), level, interrupt=restless(seed, 60))
    totals = dict.fromkeys(played.state.play.players, 0)
    chunks = list(rounds_of(played))
    for chunk in chunks:
        dealt = next(e for e in chunk if isinstance(e, ev.CardsDealt))
        trump = next(e for e in chunk if isinstance(e, ev.TrumpRevealed))
        scored = next(e for e in chunk if isinstance(e, ev.RoundScored))
        in_hands = [card for hand in dealt.hands.values() for card in hand]
        assert len({*in_hands, trump.card}) == len(in_hands) + 1
        assert {*in_hands, trump.card} <= set(DECKS[decks_for(len(dealt.hands))])
        assert sorted(e.card for e in chunk if isinstance(e, ev.CardPlayed)) == sorted(in_hands)
        won = [e.winning_player_id for e in chunk if isinstance(e, ev.TrickCompleted)]
        assert len(won) == len(in_hands) // len(dealt.hands)
        bids = {e.player_id: e.bid for e in chunk if isinstance(e, ev.PlayerBid)}
        assert bids.keys() == dealt.hands.keys()
        for player in totals:
            made = bids.get(player) == won.count(player)
            worth = (5 + bids[player]) * (1 if made else -1) if player in bids else 0
            totals[player] += worth
            assert scored.deltas[player] == worth
        assert scored.cumulative_scores == totals
        if hook and not any(e.forced for e in chunk if isinstance(e, ev.PlayerBid)):
            assert sum(bids.values()) != len(won)
    end = next(e for e in reversed(played.events) if isinstance(e, GameCompleted))
    assert end.final_scores == totals
    assert set(end.winners) == {p for p in totals if totals[p] == max(totals.values())}
    assert len(played.state.play.past) == len(chunks)


def test_folding_the_log_gives_the_live_state() -> None:
    """Quick games of every size, then some in which people come and go."""
    for seed in range(amount(usual=600, soak=2_000)):
        played = play_game(2 + seed % 9, seed, Config(rounds=1, hook=seed % 4 == 0), level="random")
        assert fold(GAME, played.events) == played.state
    for seed in range(amount(usual=54, soak=100)):
        played = play_game(2 + seed % 9, seed, Config(rounds=3), level="steady", interrupt=restless(seed))
        assert fold(GAME, played.events) == played.state


def test_every_full_game_ends() -> None:
    for seed in range(54):
        players = 2 + seed % 9
        played = play_game(players, seed, level=["steady", "random"] * 5)
        names = [e.name for e in played.events]
        assert names[-2:] == ["round_scored", "game_completed"]
        assert names.count("round_scored") == 10
        assert names.count("card_played") == players * 55
        assert sum(r.figures["tricks_won"] for r in GAME.summary(played.state).results) == 55


def rounds_of(played: Played) -> list[list[Any]]:
    starts = [i for i, e in enumerate(played.events) if isinstance(e, ev.RoundStarted)]
    return [played.events[a:b] for a, b in itertools.pairwise([*starts, len(played.events)])]
