"""A replay in a terminal: key by key, or at the pace of the game."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from server import limits
from server.cli.replay_text import Painter, Scene

HELP = "right, space: on   left: back   r, R: round   g, G: first, last   p: play   q: quit"
_CLEAR = "\x1b[H\x1b[2J"
_KEYS = {
    b"\x1b[C": "on",
    b" ": "on",
    b"n": "on",
    b"\x1b[D": "back",
    b"b": "back",
    b"g": "first",
    b"\x1b[H": "first",
} | {b"G": "last", b"\x1b[F": "last", b"r": "round", b"R": "round back", b"p": "play", b"q": "quit", b"\x04": "quit"}


def moved(scenes: Sequence[Scene], place: int, action: str) -> int:
    """Where an action leads to from a place among the scenes. Pure."""
    last = len(scenes) - 1
    rounds = [n for n, scene in enumerate(scenes) if scene.name == "round_started"]
    match action:
        case "on":
            return min(place + 1, last)
        case "back":
            return max(place - 1, 0)
        case "first":
            return 0
        case "last":
            return last
        case "round":
            return next((n for n in rounds if n > place), last)
        case "round back":
            return next((n for n in reversed(rounds) if n < place), 0)
        case _:
            return place


def gap_s(before: Scene, after: Scene, speed: float) -> float:
    """The seconds between two events at a speed: no more than in a replay over a socket."""
    return min(max(0, after.at_ms - before.at_ms) / 1000, limits.REPLAY_GAP_S) / speed


def play_back(painter: Painter, scenes: Sequence[Scene], speed: float) -> None:
    """Print line by line, as time passed in the game."""
    for number, scene in enumerate(scenes):
        if number:
            select.select([], [], [], gap_s(scenes[number - 1], scene, speed))
        print(painter.line(scene), flush=True)


def step_through(painter: Painter, scenes: Sequence[Scene], first: int, speed: float | None) -> None:
    """Show the table and let keys decide, from scene `first` on. With a speed it plays at once."""
    place, plays = first, speed is not None
    with _keys() as keys:
        while True:
            last = place == len(scenes) - 1
            plays = plays and not last
            text = [*painter.table(scenes[place]), "", painter.line(scenes[place]), "", HELP]
            sys.stdout.write(_CLEAR + "\n".join(text) + "\n")
            sys.stdout.flush()
            wait_s = gap_s(scenes[place], scenes[place + 1], speed or 1.0) if plays else None
            action = _action(keys, wait_s)
            if action == "quit":
                return
            if action == "play":
                plays = not plays
            elif action is None:
                place = moved(scenes, place, "on")
            else:
                place = moved(scenes, place, action)


def _action(keys: int, wait_s: float | None) -> str | None:
    """What the next key asks for; None: no key came in time."""
    while True:
        ready, _, _ = select.select([keys], [], [], wait_s)
        if not ready:
            return None
        pressed = os.read(keys, 8)
        action = _KEYS.get(pressed, "quit" if not pressed else None)
        if action is not None:
            return action


@contextmanager
def _keys() -> Iterator[int]:
    """The terminal's keys as they are pressed, without Enter; afterwards it is as it was."""
    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    tty.setcbreak(keys)
    try:
        yield keys
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)
