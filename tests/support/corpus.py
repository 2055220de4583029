"""Finished games on disk: read by the tests, recorded by `python -m tests.support.corpus`.

A file holds one game: a line that says what it is and which state it ends in, then one line an event. Files are only
ever added; one that exists is never written again, because it stands for the logs that are out there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.games import table_events as ev
from server.games.codec import Codec, to_data
from server.games.eldorado import GAME, Config
from server.games.replay import state_hash
from server.games.rules import Event
from tests.support.interruptions import away, restless, script
from tests.support.whole_games import Played, play_game, player_id

FOLDER = Path(__file__).parents[1] / "corpus" / "eldorado"


@dataclass(frozen=True, slots=True)
class Recorded:
    about: str
    state_hash: str
    events: list[Event]


def load(path: Path) -> Recorded:
    codec = Codec(GAME)
    head, *lines = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return Recorded(head["about"], head["state_hash"], [codec.from_data(line["name"], line["data"]) for line in lines])


def save(path: Path, about: str, played: Played) -> None:
    lines: list[dict[str, Any]] = [{"about": about, "state_hash": state_hash(played.state)}]
    lines += [{"name": event.name, "data": {"_v": event.version, **to_data(event)}} for event in played.events]
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    path.write_text(text, "utf-8")


def games() -> Iterator[tuple[str, str, Played]]:
    """File name, what it is, and the game."""
    yield "full-4-steady", "four steady bots, ten rounds", play_game(4, "corpus 1")
    yield "full-2-random", "two random bots, ten rounds", play_game(2, "corpus 2", level="random")
    yield (
        "ten-players",
        "ten players, two decks, three rounds",
        play_game(10, "corpus 3", Config(rounds=3), level=["steady", "random"] * 5),
    )
    yield "one-card-left", "five players: all but one card is dealt", play_game(5, "corpus 4", Config(rounds=2))
    yield "six-two-decks", "six players, two decks", play_game(6, "corpus 5", Config(rounds=2), level="random")
    yield "hook-3", "the hook, three players", play_game(3, "corpus 6", Config(rounds=5, hook=True))
    yield "hook-7", "the hook, seven players", play_game(7, "corpus 7", Config(rounds=2, hook=True))
    seeds = ["lucky 7", "", 'say "hi"', "żółw ✓"]
    yield "client-seeds", "client seeds", play_game(4, "corpus 8", Config(rounds=3), client_seeds=seeds)
    yield (
        "forced",
        "seat 1 is disconnected for all of round 1, marked absent, and comes back in round 2",
        play_game(4, "corpus 9", Config(rounds=5), interrupt=away(1, 66, 180)),
    )
    yield (
        "leaving",
        "seat 0, the host, leaves in round 0; seat 3 is kicked in round 1",
        play_game(
            4,
            "corpus 10",
            Config(rounds=4),
            interrupt=script({30: [ev.PlayerLeft(player_id(0))], 90: [ev.PlayerKicked(player_id(3), "forged")]}),
        ),
    )
    yield (
        "too-few",
        "two of three leave: the game is completed at the end of the round",
        play_game(
            3,
            "corpus 11",
            interrupt=script({25: [ev.PlayerLeft(player_id(0)), ev.PlayerLeft(player_id(2))]}),
        ),
    )
    yield "restless", "coming and going", play_game(8, "corpus 12", Config(rounds=4), interrupt=restless(12, 15))


def record() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, about, played in games():
        path = FOLDER / f"{name}.jsonl"
        if not path.exists():
            save(path, about, played)
            print(path.name, len(played.events), "events")


if __name__ == "__main__":
    record()
