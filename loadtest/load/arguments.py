"""The options of `parlor loadtest`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from loadtest.load.settings import GAMES, PROTOCOLS, SCENARIOS, WORKS, LoadSettings


def add_arguments(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Those that are not given come from the scenario, or have the defaults of `LoadSettings`."""
    usual = LoadSettings()
    names = ", ".join(sorted(path.stem for path in SCENARIOS.glob("*.toml")))
    add: Any = parser.add_argument
    add("scenario", nargs="?", metavar="SCENARIO", help=f"one of {names}, or a .toml file; options go before it")
    add("--url", help="a server that runs already, http:// or ws:// (default: one of its own)")
    add("--work", choices=WORKS, help=f"play; bots: rooms of bots alone; lobby: rooms opened and left ({usual.work})")
    add("--game", choices=GAMES, help=f"({usual.game})")
    add("--rooms", type=int, metavar="N", help=f"at the same time ({usual.rooms})")
    add("--players", type=int, metavar="N", help=f"in each room ({usual.players})")
    add("--spectators", type=int, metavar="N", help=f"of each room ({usual.spectators})")
    add("--rate", metavar="R|max", help="commands a second over all rooms (lobby: rooms a second) (max)")
    add("--window", type=int, metavar="N", help=f"relay at --rate max: commands under way per room ({usual.window})")
    add("--duration", dest="duration_s", metavar="TIME", help=f"of the measurement ({usual.duration_s:.0f}s)")
    add("--ramp", dest="ramp_s", metavar="TIME", help=f"over which rooms are opened ({usual.ramp_s:.0f}s)")
    add("--cut-every", dest="cut_every_s", metavar="TIME", help="cut all sockets so often and let them come back")
    add(
        "--reads",
        dest="reads_per_s",
        type=float,
        metavar="R",
        help="anonymous GETs a second of running games, in the second half of the measurement",
    )
    add("--protocol", choices=PROTOCOLS, help=f"({usual.protocol})")
    add("--processes", type=_processes, metavar="N|auto", help="of clients (auto: the cores but one)")
    add("--seed", type=int, metavar="N", help="of the moves")
    add("--json", type=Path, dest="json_file", metavar="FILE", help="also write the report there")
    add("--html", type=Path, dest="html_file", metavar="FILE", help="likewise, as a page with plots over time")
    return parser


def _processes(text: str) -> int:
    return 0 if text == "auto" else int(text)
