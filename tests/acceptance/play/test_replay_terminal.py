"""`parlor replay`: the same events and hashes as over HTTP, and a table that people can read."""

from __future__ import annotations

import codecs
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.acceptance.play.test_whole_game import parlor
from tests.support.guests import NOBODY, Guests
from tests.support.replays import finished, watching

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


async def test_the_socket_http_and_the_terminal_say_the_same(guests: Guests) -> None:
    watcher, game_id = await finished(guests)
    seat = (await watcher.http.get(f"/api/games/{game_id}"))["players"][2]["player_id"]
    for viewer in ({}, {"as": seat}):
        listed = (await watcher.http.get(f"/api/games/{game_id}/events", limit=5000, **viewer))["items"]
        told = parlor(guests.server.dsn, "replay", game_id, "--json", *(["--as", seat] if viewer else []))
        assert told.returncode == 0, told.stderr
        lines = [json.loads(line) for line in told.stdout.splitlines()]
        assert [{key: value for key, value in line.items() if key != "state_hash"} for line in lines] == listed
        async with watching(guests, game_id, **viewer) as line:
            for index in range(0, len(lines), 7):
                await line.send({"type": "seek", "index": index})
                assert (await line.next("state"))["state_hash"] == lines[index]["state_hash"]


async def test_a_range_is_shown(guests: Guests) -> None:
    _, game_id = await finished(guests, rounds=1)
    told = parlor(guests.server.dsn, "replay", game_id, "--json", "--from", "3", "--to", "9")
    assert [json.loads(line)["index"] for line in told.stdout.splitlines()] == list(range(3, 10))


async def test_a_game_is_printed_for_reading(guests: Guests) -> None:
    watcher, game_id = await finished(guests)
    game = await watcher.http.get(f"/api/games/{game_id}")
    told = parlor(guests.server.dsn, "replay", game_id)
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert "\x1b" not in told.stdout
    assert lines[0] == f"eldorado {game_id}: completed, {game['head'] + 1} events"
    assert "card_played" in told.stdout and "♠" in told.stdout and ":spades:" not in told.stdout
    scores = game["summary"]["final_scores"]
    assert lines[-2].split() == ["total", *(str(scores[p["player_id"]]) for p in game["players"])]
    names = [p["display_name"] for p in game["summary"]["players"] if p["is_winner"]]
    assert lines[-1] == "won by " + ", ".join(names)
    assert [line.split()[0] for line in lines[-4:-2]] == ["1", "2"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--from", "100000"], "--from"),
        (["--from", "-1"], "--from"),
        (["--to", "100000"], "--to"),
        (["--from", "5", "--to", "4"], "--from"),
        (["--as", NOBODY], "--as"),
        (["--speed", "0"], "--speed"),
        (["--speed", "x"], "--speed"),
        (["--step"], "--step"),
        (["--step", "--json"], "--json"),
    ],
)
async def test_wrong_options_are_named(guests: Guests, options: list[str], named: str) -> None:
    _, game_id = await finished(guests, rounds=1)
    told = parlor(guests.server.dsn, "replay", game_id, *options)
    assert (told.returncode, told.stdout) == (2, "")
    assert named in told.stderr and "Traceback" not in told.stderr


class Terminal:
    """Keys in, pictures out."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._text = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()  # what is read may end within a character

    def press(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def shows(self, *wanted: str) -> str:
        """The next picture in which all of it stands."""
        while True:
            picture = COLOUR.sub("", self._text.rpartition("\x1b[H\x1b[2J")[2])
            if "q: quit" in picture and all(text in picture for text in wanted):
                return picture
            self._text += self._decoder.decode(os.read(self._descriptor, 65536))


@contextmanager
def terminal(dsn: str, *arguments: str) -> Iterator[Terminal]:
    """The command in a terminal of its own; it must have ended well."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "DATABASE_URL": dsn}
    command = [sys.executable, "-m", "server", *arguments]
    with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        try:
            yield Terminal(ours)
            assert process.wait(20) == 0
        finally:
            process.kill()
            os.close(ours)


async def test_step_by_step(guests: Guests) -> None:
    watcher, game_id = await finished(guests)
    items = (await watcher.http.get(f"/api/games/{game_id}/events", limit=5000))["items"]
    dealt = [item["index"] for item in items if item["name"] == "cards_dealt"]
    rounds = [item["index"] for item in items if item["name"] == "round_started"]
    with terminal(guests.server.dsn, "replay", game_id, "--step") as screen:
        screen.shows("game_created", "lobby")
        screen.press("n")
        screen.shows("player_joined")
        screen.press("r")
        screen.shows(f"{rounds[0]:>5}  ", "round_started")
        screen.press("\x1b[C")
        picture = screen.shows(f"{dealt[0]:>5}  ", "cards_dealt")
        hands = items[dealt[0]]["data"]["hands"]
        assert sum(picture.count(suit) for suit in "♣♦♥♠") >= sum(map(len, hands.values())), "hands lie open"
        screen.press("G")
        screen.shows("game_completed", "won by")
        screen.press("R")
        screen.shows(f"{rounds[-1]:>5}  ", "round_started")
        screen.press("b")
        screen.shows(f"{rounds[-1] - 1:>5}  ")
        screen.press("q")


async def test_it_plays_without_keys(guests: Guests) -> None:
    _, game_id = await finished(guests, rounds=1)
    with terminal(guests.server.dsn, "replay", game_id, "--step", "--speed", "64") as screen:
        screen.shows("game_completed", "won by")
        screen.press("q")
