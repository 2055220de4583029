"""The summary of a finished game: a result for each player, a line for each round."""

from __future__ import annotations

from server.games.eldorado.scoring import longest_runs, winners
from server.games.eldorado.state import Play
from server.games.rules import Data, PlayerId, Result, State, Summary
from server.games.table import Player


def summary(state: State[Play], play: Play) -> Summary:
    best = winners(play.scores, play.players)
    results = (_result(play, state.table.players[p], seat, p in best) for p, (seat, _) in _seats(play))
    return Summary(tuple(results), rounds=play.past)


def _seats(play: Play) -> list[tuple[PlayerId, tuple[int, str]]]:
    return list(zip(play.players, play.client_seeds, strict=True))


def _result(play: Play, player: Player, seat: int, is_winner: bool) -> Result:
    who = player.player_id
    best_win_run, best_loss_run = longest_runs([past["deltas"][who] for past in play.past])
    return Result(
        player_id=who,
        display_name=player.display_name,
        seat=seat,
        score=play.scores[who],
        misplays=player.misplays,
        is_winner=is_winner,
        is_bot=player.is_bot,
        figures={
            "tricks_won": sum(_of(past, "tricks_won", who) for past in play.past),
            "highest_bid": max((_of(past, "bids", who) for past in play.past), default=0),
            "best_win_run": best_win_run,
            "best_loss_run": best_loss_run,
        },
    )


def _of(past: Data, key: str, player: PlayerId) -> int:
    """A round's number for a player; 0 in a round in which the player was not dealt in."""
    number: int = past[key].get(player, 0)
    return number
