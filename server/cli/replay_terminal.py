"""A replay in a terminal: step by step with the keyboard, or at the speed of the game."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from server import limits
from server.cli.replay_text import Snapshot, TextRenderer

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


def moved(snapshots: Sequence[Snapshot], place: int, action: str) -> int:
    """The position after an action, among the snapshots. Pure."""
    last = len(snapshots) - 1
    rounds = [n for n, snapshot in enumerate(snapshots) if snapshot.name == "round_started"]
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


def gap_s(before: Snapshot, after: Snapshot, speed: float) -> float:
    """Seconds between two events at a speed; at most as long as in a replay over a socket."""
    return min(max(0, after.at_ms - before.at_ms) / 1000, limits.REPLAY_GAP_S) / speed


def play_back(renderer: TextRenderer, snapshots: Sequence[Snapshot], speed: float) -> None:
    """Print line by line, with the pauses of the game."""
    for number, snapshot in enumerate(snapshots):
        if number:
            select.select([], [], [], gap_s(snapshots[number - 1], snapshot, speed))
        print(renderer.line(snapshot), flush=True)


def step_through(renderer: TextRenderer, snapshots: Sequence[Snapshot], first: int, speed: float | None) -> None:
    """Show the table and follow the keyboard, from snapshot `first` on. With a speed the replay starts playing."""
    place, plays = first, speed is not None
    with _keys() as keys:
        while True:
            last = place == len(snapshots) - 1
            plays = plays and not last
            text = [*renderer.table(snapshots[place]), "", renderer.line(snapshots[place]), "", HELP]
            sys.stdout.write(_CLEAR + "\n".join(text) + "\n")
            sys.stdout.flush()
            wait_s = gap_s(snapshots[place], snapshots[place + 1], speed or 1.0) if plays else None
            action = _action(keys, wait_s)
            if action == "quit":
                return
            if action == "play":
                plays = not plays
            elif action is None:
                place = moved(snapshots, place, "on")
            else:
                place = moved(snapshots, place, action)


def _action(keys: int, wait_s: float | None) -> str | None:
    """The action of the next key; None: no key was pressed in time."""
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
    """The terminal in a mode that delivers keys without Enter; restored afterwards."""
    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    tty.setcbreak(keys)
    try:
        yield keys
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)
