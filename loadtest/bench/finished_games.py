"""How fast finished games are read over HTTP."""

from __future__ import annotations

import asyncio
from statistics import median
from time import perf_counter

from loadtest.api import Api, Guest
from loadtest.bench.report import BenchReport, Goal
from loadtest.tables import bot_game

_GAMES = 20
_READS = 200
_AT_ONCE = 4


async def measure_reads(api: Api, repeat: int, report: BenchReport) -> None:
    """Read whole games of four bots: one after the other, then with several readers at a time."""
    guest = await api.guest("Reader")
    paths = [f"/api/games/{await _played(api, guest)}/events?limit=1000" for _ in range(_GAMES)]
    alone: list[float] = []
    per_s: list[float] = []
    for _ in range(repeat):
        times_s = [await _read(api, paths[number % _GAMES]) for number in range(_READS)]
        alone.append(median(times_s) * 1e3)
        began_s = perf_counter()
        await asyncio.gather(*(_some(api, paths) for _ in range(_AT_ONCE)))
        per_s.append(_AT_ONCE * len(paths) / (perf_counter() - began_s))
    goal = Goal("< 5 ms", 5, least=False)
    report.add("replay_read_ms", "a finished game of 4, read whole: p50", alone, "ms", goal)
    goal = Goal(">= 300/s", 300)
    report.add("replay_reads_per_s", f"  {_AT_ONCE} readers at a time", per_s, "/s", goal)


async def _played(api: Api, guest: Guest) -> str:
    return (await bot_game(api, guest)).game_id


async def _some(api: Api, paths: list[str]) -> None:
    for path in paths:
        await _read(api, path)


async def _read(api: Api, path: str) -> float:
    """Seconds until the game has been received and parsed."""
    began_s = perf_counter()
    answer = await api.call("GET", path)
    if answer["next"] is not None or answer["items"][-1]["name"] != "game_completed":
        raise RuntimeError(f"{path}: not the whole game")
    return perf_counter() - began_s
