"""The options of `parlor loadtest`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from loadtest.load.settings import GAMES, PROTOCOLS, SCENARIOS, WORKS, LoadSettings


def add_arguments(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Options that are not given come from the scenario, or have the defaults of `LoadSettings`."""
    defaults = LoadSettings()
    names = ", ".join(sorted(path.stem for path in SCENARIOS.glob("*.toml")))
    add: Any = parser.add_argument
    add("scenario", nargs="?", metavar="SCENARIO", help=f"one of {names}, or a .toml file; options override it")
    add("--url", help="a server that already runs, http:// or ws:// (default: start one)")
    add("--work", choices=WORKS, help=f"play; bots: rooms of bots only; lobby: rooms opened and left ({defaults.work})")
    add("--game", choices=GAMES, help=f"({defaults.game})")
    add("--rooms", type=int, metavar="N", help=f"number of rooms at a time ({defaults.rooms})")
    add("--players", type=int, metavar="N", help=f"players in each room ({defaults.players})")
    add("--spectators", type=int, metavar="N", help=f"spectators of each room ({defaults.spectators})")
    add("--rate", metavar="R|max", help="commands a second over all rooms (lobby: rooms a second) (max)")
    add("--window", type=int, metavar="N", help=f"relay at --rate max: commands in flight per room ({defaults.window})")
    add("--duration", dest="duration_s", metavar="TIME", help=f"length of the measurement ({defaults.duration_s:.0f}s)")
    add("--ramp", dest="ramp_s", metavar="TIME", help=f"time over which the rooms are opened ({defaults.ramp_s:.0f}s)")
    add(
        "--cut-every",
        dest="cut_every_s",
        metavar="TIME",
        help="cut all connections at this interval",
    )
    add(
        "--reads",
        dest="reads_per_s",
        type=float,
        metavar="R",
        help="anonymous GETs a second of running games, in the second half of the measurement",
    )
    add("--protocol", choices=PROTOCOLS, help=f"({defaults.protocol})")
    add("--processes", type=_processes, metavar="N|auto", help="client processes (auto: one less than there are cores)")
    add("--seed", type=int, metavar="N", help="seed of the random moves")
    add("--json", type=Path, dest="json_file", metavar="FILE", help="also write the report to this file")
    add(
        "--html",
        type=Path,
        dest="html_file",
        metavar="FILE",
        help="also write the report as a page with plots over time",
    )
    return parser


def _processes(text: str) -> int:
    return 0 if text == "auto" else int(text)
