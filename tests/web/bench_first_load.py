"""How long until somebody can begin: the start page, and a table that is opened by its link, each in a new browser
context with nothing in its cache.

    .venv/bin/python -m tests.web.bench_first_load http://127.0.0.1:8000 [VISITS]

Prints the median and the range of the visits (10 unless given), in milliseconds from the navigation to the button that
begins a game, or to the first bid on offer; and how many files were fetched for it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from statistics import median

from playwright.async_api import Browser, async_playwright

from tests.web.conftest import ARGS, NAMES
from tests.web.guest import Guest
from tests.web.test_first_load import WATCH

BEGIN = "[data-action=find-players], [data-action=bid]"


async def main(url: str, visits: int) -> None:
    path = os.environ.get("PARLOR_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGS)
        context = await browser.new_context(base_url=url)
        host = Guest(await context.new_page())
        await host.open_home()
        room = await host.create_room()
        identity = await host.page.evaluate("localStorage.getItem('parlor.identity')")
        await context.close()
        pages = {"start page": ("/", ""), "table by link": (f"/#/rooms/{room['game_id']}", identity)}
        seen: dict[str, list[tuple[float, int]]] = {name: [] for name in pages}
        for _ in range(visits):  # in turn, so that both see the machine as it is
            for name, (address, who) in pages.items():
                seen[name].append(await _visit(browser, f"{url}{address}", who))
        await browser.close()
    for name, found in seen.items():
        times = [time for time, _ in found]
        print(
            f"{name}: playable after {median(times):.0f} ms ({min(times):.0f} to {max(times):.0f}, {visits} visits), "
            f"{found[0][1]} files"
        )


async def _visit(browser: Browser, address: str, identity: str) -> tuple[float, int]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    await context.add_init_script(WATCH)
    if identity:
        await context.add_init_script(f"localStorage.setItem('parlor.identity', {identity!r})")
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_selector(BEGIN)
    time = await page.evaluate("window.playable")
    files = "performance.getEntriesByType('resource').filter(({ name }) => !name.includes('/api/')).length + 1"
    count = await page.evaluate(files)
    await context.close()
    return time, count


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10))
