"""What strong bots cost the others: `python -m tests.support.bench_bots [--rooms 20] [--seconds 20] [--processes 1]`.

A real server, and a person who plays relay on it at 50 commands a second, first alone, then while in each of so many
other rooms a strong bot thinks. Prints how long the player's acks take, and how late the server's event loop runs its
timers, measured every 5 ms. The loop's own work between two of them, in CPU time, tells how much of that is its own
doing: on a machine where others are at work the rest is theirs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, thread_time

from server.cli.serve import serve
from server.settings import Settings
from tests.support.client import Player
from tests.support.raw_connection import series
from tests.support.server import CROWD, READY

_EVERY_S = 0.005
_COMMANDS_PER_S = 50


async def watched() -> None:
    """The server; on SIGUSR1 it writes its loop's lag since the last time to standard output, in milliseconds."""
    loop = asyncio.get_running_loop()
    lags: list[float] = []
    works: list[float] = []
    due, used = loop.time() + _EVERY_S, thread_time()

    def look() -> None:
        nonlocal due, used
        lags.append((loop.time() - due) * 1000)
        works.append((thread_time() - used) * 1000)
        due, used = loop.time() + _EVERY_S, thread_time()
        loop.call_at(due, look)

    def tell() -> None:
        print(json.dumps([lags, works]), flush=True)
        lags.clear()
        works.clear()

    loop.call_at(due, look)
    loop.add_signal_handler(signal.SIGUSR1, tell)
    await serve(Settings(), demo=False)


def told(name: str, ms: list[float]) -> None:
    ms = sorted(ms)
    p50, p99 = (ms[int(len(ms) * share)] for share in (0.5, 0.99))
    print(f"  {name:<22} p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   max {ms[-1]:6.2f} ms   of {len(ms):,}")


async def measure(title: str, server: subprocess.Popen[str], player: Player, seconds: float) -> None:
    server.send_signal(signal.SIGUSR1)
    assert server.stdout is not None
    await asyncio.to_thread(server.stdout.readline)
    acks = []
    for number in range(int(seconds * _COMMANDS_PER_S)):
        began = perf_counter()
        assert (await player.ask("say", data=number))["type"] == "ack"
        acks.append((perf_counter() - began) * 1000)
        await asyncio.sleep(max(0.0, 1 / _COMMANDS_PER_S - (perf_counter() - began)))
    server.send_signal(signal.SIGUSR1)
    lags, works = json.loads(await asyncio.to_thread(server.stdout.readline))
    print(title)
    told("command to ack", acks)
    told("lag of the event loop", lags)
    told("its own work between", works)


async def bench(url: str, server: subprocess.Popen[str], rooms: int, seconds: float) -> None:
    player = await Player.create(url)
    room = await player.http.post("/api/rooms", {"game": "relay"})
    await player.connect(room["ws_url"])
    await measure("alone:", server, player, 1)
    await measure("alone:", server, player, seconds / 2)
    wish = {"as": "spectator", "bots": 2, "bot_level": "strong", "autostart": True, "config": {"round_pause_ms": 0}}
    for _ in range(rooms):
        await player.http.post("/api/rooms", wish)
    await asyncio.sleep(2)  # until the processes are there
    before = await series(url, "parlor_bot_thoughts_total")
    await measure(f"while bots think in {rooms} rooms:", server, player, seconds)
    after = await series(url, "parlor_bot_thoughts_total")
    counts = {name: int(after[name] - before[name]) for name in after}
    print(f"  decisions: {counts}; processes: {int((await series(url, 'parlor_bot_processes'))[''])}")
    await player.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rooms", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--serve", action="store_true")
    given = parser.parse_args()
    if given.serve:
        asyncio.run(watched())
        return
    with tempfile.TemporaryDirectory(prefix="parlor-bench-") as folder:
        Path(folder).chmod(0o755)  # Postgres runs under another account when we are root
        settings = {"PARLOR_DATA_DIR": folder, "PARLOR_PORT": "0", "PARLOR_COMMANDS_PER_S": "1000"}
        environment = {**os.environ, **CROWD, **settings, "PARLOR_BOT_PROCESSES": str(given.processes)}
        command = [sys.executable, "-m", "tests.support.bench_bots", "--serve"]
        pipe = subprocess.PIPE
        server = subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)
        assert server.stderr is not None
        url = next(line.removeprefix(READY).strip() for line in server.stderr if line.startswith(READY))
        try:
            asyncio.run(bench(url, server, given.rooms, given.seconds))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
