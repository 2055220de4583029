"""How smoothly a table of ten is drawn: frames while bots bid and play with all the animations.

    .venv/bin/python -m tests.web.bench_frames http://127.0.0.1:8000

Prints frames per second, how long the slowest frames took, and the scripts' share of the time.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys

from playwright.async_api import async_playwright

from tests.web.conftest import ARGS, NAMES
from tests.web.guest import Guest

SECONDS = 20

MEASURE = """(seconds) => new Promise((resolve) => {
    const gaps = [];
    const begin = performance.now();
    let last = begin;
    const frame = (now) => {
        gaps.push(now - last);
        last = now;
        // Play along: the first bid or card that is offered.
        document.querySelector('[data-action=bid]:enabled, .hand .is-playable')?.click();
        if (now - begin < seconds * 1000) requestAnimationFrame(frame);
        else resolve(gaps.slice(1).sort((a, b) => a - b));
    };
    requestAnimationFrame(frame);
})"""


async def main(url: str) -> None:
    path = os.environ.get("PARLOR_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGS)
        context = await browser.new_context(base_url=url, viewport={"width": 1280, "height": 800})
        guest = Guest(await context.new_page())
        await guest.open_home()
        await guest.create_room(bots=9, rounds=10, bot_delay_ms=100)
        await guest.bids.first.wait_for()
        session = await context.new_cdp_session(guest.page)
        await session.send("Performance.enable")
        busy = [await _script_seconds(session)]
        gaps = await guest.page.evaluate(MEASURE, SECONDS)
        busy.append(await _script_seconds(session))
        await browser.close()
    at = lambda share: gaps[min(len(gaps) - 1, int(len(gaps) * share))]  # noqa: E731  # a name for a formula
    late = sum(gap > 1000 / 60 * 1.5 for gap in gaps)
    print(f"{len(gaps) / (sum(gaps) / 1000):.1f} frames/s over {SECONDS} s at a table of ten")
    print(
        f"frame times: median {at(0.5):.1f} ms, p95 {at(0.95):.1f} ms, p99 {at(0.99):.1f} ms, longest {gaps[-1]:.1f} ms"
    )
    print(
        f"{late} of {len(gaps)} frames came late; scripts took {100 * (busy[1] - busy[0]) / SECONDS:.1f} % of the time"
    )


async def _script_seconds(session) -> float:  # type: ignore[no-untyped-def]  # Playwright's own
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "ScriptDuration"))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
