from __future__ import annotations

from server.games import table_events as te
from server.games.eldorado import GAME, Config
from server.games.eldorado import events as ev
from tests.support.interruptions import script
from tests.support.whole_games import play_game, player_id

P = [player_id(seat) for seat in range(3)]


def test_results_are_those_of_the_log() -> None:
    played = play_game(3, 4, Config(rounds=4))
    summary = GAME.summary(played.state)
    scored = [e for e in played.events if isinstance(e, ev.RoundScored)]
    bids = [e for e in played.events if isinstance(e, ev.PlayerBid)]
    tricks = [e.winning_player_id for e in played.events if isinstance(e, ev.TrickCompleted)]
    for seat, result in enumerate(summary.results):
        assert (result.player_id, result.seat, result.display_name) == (P[seat], seat, f"Bot {seat + 1}")
        assert result.score == scored[-1].cumulative_scores[P[seat]]
        assert result.figures["tricks_won"] == tricks.count(P[seat])
        assert result.figures["highest_bid"] == max(e.bid for e in bids if e.player_id == P[seat])
        assert result.is_winner == (P[seat] in played.state.table.winners)
        assert result.is_bot
    assert [past["round_index"] for past in summary.rounds] == [0, 1, 2, 3]
    assert [past["deltas"] for past in summary.rounds] == [e.deltas for e in scored]
    assert all(past.keys() == {"round_index", "bids", "tricks_won", "deltas"} for past in summary.rounds)


def test_runs_and_misplays() -> None:
    misplay = te.InvalidAction(P[1], "bid", "invalid_bid")
    played = play_game(3, 4, Config(rounds=4), interrupt=script({10: [misplay], 30: [misplay]}))
    results = GAME.summary(played.state).results
    assert [result.misplays for result in results] == [0, 2, 0]
    for result in results:
        signs = "".join("+" if past["deltas"][result.player_id] > 0 else "-" for past in played.state.play.past)
        assert result.figures["best_win_run"] == max(map(len, signs.split("-")))
        assert result.figures["best_loss_run"] == max(map(len, signs.split("+")))


def test_who_left_has_a_result_too() -> None:
    played = play_game(3, 4, Config(rounds=3), interrupt=script({20: [te.PlayerLeft(P[0])]}))
    result = GAME.summary(played.state).results[0]
    assert (result.player_id, result.seat) == (P[0], 0)
    assert result.score == played.state.play.past[0]["deltas"][P[0]]
    assert result.figures["best_win_run"] + result.figures["best_loss_run"] == 1


def test_a_game_without_a_round_has_a_summary() -> None:
    played = play_game(2, interrupt=script({0: [te.PlayerLeft(P[0])]}))
    summary = GAME.summary(played.state)
    assert summary.rounds == ()
    assert [(r.score, r.figures["highest_bid"], r.is_winner) for r in summary.results] == [(0, 0, True)] * 2
