"""The figures of a player, over all games and game by game: which columns there are, and how a game moves them."""

from __future__ import annotations

from typing import Final

_WINS_NOW = "(s.current_win_streak + 1) * excluded.current_win_streak"
_LOSSES_NOW = "(s.current_loss_streak + 1) * excluded.current_loss_streak"

_MOVES: Final = {
    "games_played": ("1", "s.games_played + 1"),
    "games_won": ("won::int", "s.games_won + excluded.games_won"),
    "games_with_bots": ("with_bots::int", "s.games_with_bots + excluded.games_with_bots"),
    "wins_with_bots": ("won_with_bots", "s.wins_with_bots + excluded.wins_with_bots"),
    "highest_score": ("score", "greatest(s.highest_score, excluded.highest_score)"),
    "lowest_score": ("score", "least(s.lowest_score, excluded.lowest_score)"),
    "total_points": ("score", "s.total_points + excluded.total_points"),
    "total_tricks_won": ("tricks_won", "s.total_tricks_won + excluded.total_tricks_won"),
    "total_misplays": ("misplays", "s.total_misplays + excluded.total_misplays"),
    "current_win_streak": ("won::int", _WINS_NOW),
    "current_loss_streak": ("(not won)::int", _LOSSES_NOW),
    "most_consecutive_wins": ("won::int", f"greatest(s.most_consecutive_wins, {_WINS_NOW})"),
    "most_consecutive_losses": ("(not won)::int", f"greatest(s.most_consecutive_losses, {_LOSSES_NOW})"),
    "last_game_at": ("at", "greatest(s.last_game_at, excluded.last_game_at)"),
}
"""A column: its value after the first game, and after one more. `s`: the row; `excluded`: as if this game were the
first. In the terms of the statement `add_results`."""

FIGURES: Final = tuple(_MOVES)
FIRST_VALUES: Final = ", ".join(first for first, _ in _MOVES.values())
MOVES: Final = ", ".join(f"{column} = {then}" for column, (_, then) in _MOVES.items())
