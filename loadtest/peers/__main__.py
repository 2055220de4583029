"""Parlor and Colyseus in turns: `python -m loadtest.peers` (or `make bench-peers`).

Both servers and the one Postgres that both write to share a core; the clients have another. All are started once. In
each round every contestant has its turn. A ratio compares two turns of the same round, so that a drift in the speed of
the machine matters little.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from loadtest import machine
from loadtest.launch import LaunchFailed, LocalServer
from loadtest.peers import colyseus, parlor
from loadtest.peers.install import Colyseus
from loadtest.peers.load import PeerLoad

_SOCKETS = 4
_WARM_S = 1.0
_PAIRS = (
    ("Parlor", "Colyseus, INSERT each"),
    ("Parlor", "Colyseus, batches"),
    ("Parlor, relaxed", "Colyseus, nothing kept"),
)

Turns = dict[str, dict[str, list[float]]]
"""Contestant -> figure -> one value a round."""


def main() -> int:
    options = _arguments()
    machine.allow_many_files()
    cores = machine.choose_cores()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with LocalServer(cores) as server, Colyseus(cores, server.database_url()) as peer:
            print(f"{machine.model()}, Python {sys.version.split()[0]}, Colyseus {peer.version}", flush=True)
            gc.disable()
            turns = uvloop.run(_rounds(options, server, peer))
    except KeyboardInterrupt:
        return 130
    except (LaunchFailed, OSError, TimeoutError, RuntimeError) as error:
        print(f"the bench failed: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(table(turns))
    if options.json is not None:
        facts = {"machine": machine.model(), "at": time.strftime("%Y-%m-%d %H:%M:%S %z"), "colyseus": peer.version}
        options.json.write_text(
            json.dumps({"facts": facts, "options": str(vars(options)), "turns": turns}, indent=2) + "\n"
        )
    return 0


async def _rounds(options: argparse.Namespace, server: LocalServer, peer: Colyseus) -> Turns:
    loads: dict[str, PeerLoad] = {}
    opening: dict[str, Callable[[PeerLoad], Awaitable[None]]] = {
        "Parlor": lambda load: parlor.open_rooms(load, server.url, "strict", options.rooms, _SOCKETS),
        "Colyseus, INSERT each": lambda load: colyseus.open_rooms(load, peer.url, "insert", options.rooms, _SOCKETS),
        "Colyseus, batches": lambda load: colyseus.open_rooms(load, peer.url, "queue", options.rooms, _SOCKETS),
        "Parlor, relaxed": lambda load: parlor.open_rooms(load, server.url, "relaxed", options.rooms, _SOCKETS),
        "Colyseus, nothing kept": lambda load: colyseus.open_rooms(load, peer.url, "none", options.rooms, _SOCKETS),
    }
    turns: Turns = {}
    for name, open_rooms in opening.items():
        loads[name] = PeerLoad()
        await open_rooms(loads[name])
        turns[name] = {"actions_per_s": [], "saturated_p50_ms": [], "saturated_p99_ms": [], "p50_ms": [], "p99_ms": []}
    for number in range(options.rounds):
        for name, load in loads.items():
            kept = turns[name]
            span, took_s = await load.saturate(options.window, _WARM_S, options.seconds)
            kept["actions_per_s"].append(round(span.acks / took_s, 1))
            for figure, share in (("saturated_p50_ms", 0.5), ("saturated_p99_ms", 0.99)):
                kept[figure].append(round(span.to_broadcast.quantile(share) * 1e3, 3))
            span, _ = await load.pace(options.rate, _WARM_S, options.seconds)
            for figure, share in (("p50_ms", 0.5), ("p99_ms", 0.99)):
                kept[figure].append(round(span.to_broadcast.quantile(share) * 1e3, 3))
            print(f"round {number + 1}: {name:<24}{kept['actions_per_s'][-1]:>10,.0f}/s", flush=True)
    await asyncio.gather(*(load.close() for load in loads.values()))
    return turns


def table(turns: Turns) -> str:
    """Medians, then the ratios of the pairs with their spread."""
    lines = [f"\n{'medians':<26}{'actions/s':>12}{'p50, p99 ms, full':>22}{'p50, p99 ms, at rate':>24}"]
    for name, figures in turns.items():
        told = {figure: median(values) for figure, values in figures.items()}
        full = f"{told['saturated_p50_ms']:.1f}, {told['saturated_p99_ms']:.1f}"
        paced = f"{told['p50_ms']:.2f}, {told['p99_ms']:.2f}"
        lines.append(f"{name:<26}{told['actions_per_s']:>12,.0f}{full:>22}{paced:>24}")
    lines.append("")
    for ours, theirs in _PAIRS:
        pairs = zip(turns[ours]["actions_per_s"], turns[theirs]["actions_per_s"], strict=True)
        ratios = sorted(mine / other for mine, other in pairs)
        spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}, {len(ratios)} pairs"
        lines.append(f"{ours} : {theirs}  {median(ratios):.2f} ({spread})")
    return "\n".join(lines)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="python -m loadtest.peers", description="Parlor and Colyseus in turns.")
    parser.add_argument("--rounds", type=int, default=5, help="(%(default)s)")
    parser.add_argument("--seconds", type=float, default=4, help="seconds of each measurement (%(default)s)")
    parser.add_argument("--rooms", type=int, default=100, help="rooms of each contestant (%(default)s)")
    parser.add_argument("--window", type=int, default=8, help="messages in flight per room (%(default)s)")
    parser.add_argument("--rate", type=float, default=1000, help="of the open loop, messages a second (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
