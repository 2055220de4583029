"""`python -m loadtest.growth` (or `make growth`): tables and plots of how the figures change with size.

The server and its Postgres share one core; the clients have another.
"""

from __future__ import annotations

import argparse
import gc
import json
import signal
import sys
import time
from pathlib import Path

import uvloop

from loadtest import machine
from loadtest.growth.plot import plots
from loadtest.growth.series import SERIES, SMALL, Row, Sizes
from loadtest.launch import LaunchFailed, LocalServer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m loadtest.growth", description="How the figures change with size.")
    parser.add_argument("series", nargs="*", metavar="SERIES", help=f"of {', '.join(SERIES)} (all of them)")
    parser.add_argument("--small", action="store_true", help="tiny sizes, to check that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    parser.add_argument("--svg", type=Path, metavar="DIR", help="also draw plots into this folder")
    options = parser.parse_args()
    if unknown := [name for name in options.series if name not in SERIES]:
        parser.error(f"there is no series {unknown[0]!r}")
    machine.allow_many_files()
    cores = machine.choose_cores()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    found: dict[str, list[Row]] = {}
    sizes = SMALL if options.small else Sizes()
    print(f"{machine.model()}, {time.strftime('%Y-%m-%d')}", flush=True)
    gc.disable()
    try:
        for name in options.series or SERIES:
            with LocalServer(cores) as server:
                found[name] = uvloop.run(SERIES[name](server, sizes))
            print(f"\n{name}: {(SERIES[name].__doc__ or '').strip()}\n{table(found[name])}", flush=True)
    except KeyboardInterrupt:
        return 130
    except (LaunchFailed, OSError, TimeoutError, RuntimeError) as error:
        print(f"failed: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    if options.json is not None:
        facts = {"machine": machine.model(), "at": time.strftime("%Y-%m-%d %H:%M:%S %z")}
        options.json.write_text(json.dumps({"facts": facts, "series": found}, indent=2) + "\n")
    if options.svg is not None:
        plots(found, options.svg)
    return 0


def table(rows: list[Row]) -> str:
    """In Markdown."""
    heads = list(rows[0])
    lines = ["| " + " | ".join(head.replace("_", " ") for head in heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(_number(row[head]) for head in heads) + " |" for row in rows]
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
