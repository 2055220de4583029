"""parlor bots: a tournament of bot levels against each other."""

from __future__ import annotations

import json
import multiprocessing
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from server.cli.bot_games import Budget, Contest, Duel, Outcome, pairings, schedule
from server.clock import SystemClock
from server.errors import StartupError
from server.games.registry import Registry, UnknownGame
from server.games.rules import Game

_Z = 1.96


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command. `games`: the least number for each pairing and table size. `alone`: the levels that
    sit alone among others (None: every level)."""

    game: str | None
    players: str
    games: int
    levels: str | None
    alone: str | None
    iterations: int | None
    think_ms: int | None
    processes: int
    seed: int
    target: Path | None


@dataclass(frozen=True, slots=True)
class Row:
    """One level alone at a table of another one. Intervals are (lowest, highest), 95 %.

    `win_share`: ties share a win; its interval is Wilson's, over the games. `mean_rank`, `mean_score`: the intervals
    are normal ones over the means of the deals. `ms_p50` and so on: of the challenger's decisions. `iterations_p50`
    None: the level doesn't search.
    """

    players: int
    level: str
    against: str
    games: int
    win_share: float
    win_share_interval: tuple[float, float]
    mean_rank: float
    mean_rank_interval: tuple[float, float]
    mean_score: float
    mean_score_interval: tuple[float, float]
    others_mean_score: float
    ms_p50: float
    ms_p99: float
    iterations_p50: float | None


def tournament(asked: Asked) -> int:
    """Play the tournament and print its table. Raises StartupError with exit code 2 for wrong options."""
    game, levels, alone, sizes = _checked(asked)
    budget = Budget(asked.iterations, 200 if asked.iterations is None and asked.think_ms is None else asked.think_ms)
    meetings = [(size, *pair) for size in sizes for pair in pairings(levels, size, alone)]
    rows = []
    with multiprocessing.get_context("spawn").Pool(asked.processes, _begin, (budget,)) as pool:
        print(_HEAD, flush=True)
        for size, level, against in meetings:
            deals = schedule(game.name, level, against, size, asked.games, asked.seed)
            duels = [duel for deal in deals for duel in deal]
            outcomes = list(_told(pool.imap(_play, duels), len(duels), f"{size} players, {level} against {against}"))
            rows.append(_row(size, level, against, outcomes))
            print(_line(rows[-1]), flush=True)
    if asked.target is not None:
        asked.target.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return 0


def _checked(asked: Asked) -> tuple[Game[Any], list[str], list[str], list[int]]:
    try:
        registry = Registry.installed()
        game = registry.default if asked.game is None else registry.game(asked.game)
    except UnknownGame as error:
        raise StartupError(f"--game: {error}", exit_code=2) from error
    levels = list(game.bot_levels) if asked.levels is None else asked.levels.split(",")
    if len(set(levels)) != len(levels) or len(levels) < 2 or not set(levels) <= set(game.bot_levels):
        known = ", ".join(game.bot_levels) or "none"
        raise StartupError(f"--levels: at least two of the levels of {game.name} ({known}), each once", exit_code=2)
    alone = levels if asked.alone is None else asked.alone.split(",")
    if not set(alone) <= set(levels):
        raise StartupError(f"--alone: some of the levels that play ({', '.join(levels)})", exit_code=2)
    try:
        sizes = [int(size) for size in asked.players.split(",")]
        problems = [game.config(min_players=size, max_players=size).problem() for size in sizes]
    except ValueError:
        raise StartupError("--players: whole numbers, separated by commas", exit_code=2) from None
    for problem in problems:
        if problem is not None:
            raise StartupError(f"--players: {problem.message}", exit_code=2)
    if min(sizes) < 2:
        raise StartupError("--players: two at least", exit_code=2)
    return game, levels, alone, sizes


_contests: list[Contest] = []
"""The contest of this worker process."""


def _begin(budget: Budget) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C and ends its workers
    _contests.append(Contest(Registry.installed(), budget, SystemClock()))


def _play(duel: Duel) -> Outcome:
    return _contests[0].play(duel)


def _told(outcomes: Iterator[Outcome], total: int, what: str) -> Iterator[Outcome]:
    """Show the progress on a terminal."""
    shown = sys.stderr.isatty()
    for number, outcome in enumerate(outcomes, 1):
        if shown:
            print(f"\r{what}: {number} of {total} games ", end="", file=sys.stderr, flush=True)
        yield outcome
    if shown:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _row(players: int, level: str, against: str, outcomes: list[Outcome]) -> Row:
    games = len(outcomes)
    seats = [number % players for number in range(games)]  # of the challenger, in the order of `schedule`
    shares = [outcome.shares[seat] for outcome, seat in zip(outcomes, seats, strict=True)]
    ranks = [outcome.rank(seat) for outcome, seat in zip(outcomes, seats, strict=True)]
    scores = [outcome.scores[seat] for outcome, seat in zip(outcomes, seats, strict=True)]
    everybody = sum(sum(outcome.scores) for outcome in outcomes)
    ms = sorted(value for outcome in outcomes for value in outcome.ms.get(level, ()))
    iterations = sorted(value for outcome in outcomes for value in outcome.iterations.get(level, ()))
    return Row(
        players=players,
        level=level,
        against=against,
        games=games,
        win_share=fmean(shares),
        win_share_interval=wilson(sum(shares), games),
        mean_rank=fmean(ranks),
        mean_rank_interval=_normal(ranks, players),
        mean_score=fmean(scores),
        mean_score_interval=_normal(scores, players),
        others_mean_score=(everybody - sum(scores)) / (games * (players - 1)),
        ms_p50=_quantile(ms, 0.5),
        ms_p99=_quantile(ms, 0.99),
        iterations_p50=_quantile(iterations, 0.5) if iterations else None,
    )


def wilson(wins: float, games: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    share, z2 = wins / games, _Z * _Z
    middle = (share + z2 / (2 * games)) / (1 + z2 / games)
    half = _Z * sqrt(share * (1 - share) / games + z2 / (4 * games * games)) / (1 + z2 / games)
    return max(0.0, middle - half), min(1.0, middle + half)


def _normal(values: list[float] | list[int], deal: int) -> tuple[float, float]:
    """The normal 95 % interval of the mean, over deals: games of one deal depend on each other."""
    means = [fmean(values[first : first + deal]) for first in range(0, len(values), deal)]
    half = _Z * pstdev(means) / sqrt(len(means))
    return fmean(values) - half, fmean(values) + half


def _quantile(ordered: list[float] | list[int], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


_HEAD = """\
| players | level | against | games | win share | mean rank | mean score | theirs | ms p50 | ms p99 | iterations |
|---|---|---|---|---|---|---|---|---|---|---|"""


def _line(row: Row) -> str:
    low, high = row.win_share_interval
    rank_half = row.mean_rank_interval[1] - row.mean_rank
    score_half = row.mean_score_interval[1] - row.mean_score
    cells = [
        str(row.players),
        row.level,
        row.against,
        str(row.games),
        f"{row.win_share:.1%} ({low:.1%} to {high:.1%})",
        f"{row.mean_rank:.2f} ± {rank_half:.2f}",
        f"{row.mean_score:.1f} ± {score_half:.1f}",
        f"{row.others_mean_score:.1f}",
        f"{row.ms_p50:.2f}",
        f"{row.ms_p99:.2f}",
        "" if row.iterations_p50 is None else f"{row.iterations_p50:.0f}",
    ]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")
