"""A whole rebuild: games by as many processes as are asked for, then players, then ratings.

It may run beside servers on the same database. A completed game's log does not change; what the results of many games
make together is compared in one snapshot, and mended under the locks that the end of a game takes too.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from persistence.play.rebuild import Ledger, ledger
from server.play import limits
from server.play.rebuild import process
from server.play.rebuild.differences import Difference, Report
from server.play.rebuild.games import Checked
from server.play.rebuild.players import check_players
from server.play.rebuild.ratings import check_ratings

Advance = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is to do (0: that can't be said)."""


async def rebuild(url: str, report: Report, advance: Advance, *, mend: bool, processes: int) -> None:
    """Compute everything again and report what is not as computed; with `mend`, write it."""
    database = await process.open_database(url)
    try:
        with _pool(url, processes) as pool:
            async with ledger(database) as book:
                total = await book.count_completed()
                async for checked in _in_parallel(pool, process.games, _chunks_of_games(book), mend, at_once=processes):
                    report.games += checked.games
                    report.add(checked.differences)
                    report.leave(checked.left_alone)
                    if not mend and checked.corrected:
                        await book.correct(checked.corrected, checked.results)
                    advance("games", report.games, max(total, report.games))
                report.add(_strays(await book.strays(mend=mend)))
                players = await _check_the_rest(book, report, advance, mend=mend)
            if mend and players:
                await _mend(pool, players, advance, processes)
            if mend:
                async with ledger(database) as book, book.transaction():
                    await book.hold_ratings()
                    await _ratings(book, report, advance, mend=True)
    finally:
        await database.close()


async def _check_the_rest(book: Ledger, report: Report, advance: Advance, *, mend: bool) -> list[str]:
    """The players whose statistics are not as computed; ratings too if nothing is mended."""
    async with book.transaction(snapshot=True):
        advance("players", 0, 0)
        differences, players = await check_players(book)
        report.add(differences)
        if not mend:
            await _ratings(book, report, advance, mend=False)
    return sorted(players)


async def _mend(pool: ProcessPoolExecutor, players: list[str], advance: Advance, processes: int) -> None:
    chunks = _each(_slices(players, limits.REBUILD_PLAYERS))
    done = 0
    async for _ in _in_parallel(pool, process.players, chunks, at_once=processes):
        done = min(done + limits.REBUILD_PLAYERS, len(players))
        advance("mending players", done, len(players))


async def _ratings(book: Ledger, report: Report, advance: Advance, *, mend: bool) -> None:
    done = 0

    def on_games(count: int) -> None:
        nonlocal done
        done += count
        advance("ratings", done, max(done, report.games))

    await check_ratings(book, report.add, on_games, mend=mend)


def _strays(rows: Iterable[tuple[str, str | None]]) -> list[Difference]:
    found = []
    for game_id, player in rows:
        key = {"game_id": game_id} if player is None else {"game_id": game_id, "player_id": player}
        found.append(Difference("game_summaries" if player is None else "game_players", key, None, key, None))
    return found


async def _chunks_of_games(book: Ledger) -> AsyncIterator[list[str]]:
    last: str | None = None
    while found := await book.completed_after(last, limits.REBUILD_GAMES):
        last = found[-1]
        yield found


async def _each(items: Iterable[list[str]]) -> AsyncIterator[list[str]]:
    for item in items:
        yield item


def _slices(items: Sequence[str], size: int) -> Iterable[list[str]]:
    return (list(items[start : start + size]) for start in range(0, len(items), size))


def _pool(url: str, processes: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")  # a fork would share connections and threads
    return ProcessPoolExecutor(processes, mp_context=context, initializer=process.begin, initargs=(url,))


async def _in_parallel(
    pool: ProcessPoolExecutor, work: Callable[..., Any], chunks: AsyncIterator[list[str]], *given: Any, at_once: int
) -> AsyncIterator[Any]:
    """What `work` gives for each chunk, in no order; two of them a process are under way or waiting."""
    loop = asyncio.get_running_loop()
    pending: set[asyncio.Future[Checked | None]] = set()
    async for chunk in chunks:
        pending.add(loop.run_in_executor(pool, work, chunk, *given))
        if len(pending) >= 2 * at_once:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for future in done:
                yield future.result()
    for future in asyncio.as_completed(pending):
        yield await future
