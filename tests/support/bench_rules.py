"""How long the rules take for a game of El Dorado, and nothing else: `python -m tests.support.bench_rules`.

Prints JSON: {"ms": [one median for each repetition], "events": per game}. Each game has its own seed, so that no two
are dealt the same cards.
"""

from __future__ import annotations

import json
import statistics
import time

from tests.support.whole_games import play_game

GAMES = 20
REPETITIONS = 5


def main() -> None:
    play_game(seed="warm")
    medians: list[float] = []
    events: list[int] = []
    for repetition in range(REPETITIONS):
        times: list[float] = []
        for game in range(GAMES):
            began = time.perf_counter()
            played = play_game(players=4, seed=f"bench {repetition} {game}", level="steady")
            times.append((time.perf_counter() - began) * 1e3)
            events.append(len(played.events))
        medians.append(statistics.median(times))
    print(json.dumps({"ms": medians, "events": statistics.median(events)}))


if __name__ == "__main__":
    main()
