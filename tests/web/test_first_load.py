"""What a first visit costs, in bytes and layout shift; a second visit costs next to nothing."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Response, expect

from tests.support.server import ServerProcess
from tests.web.guest import Guest

pytestmark = pytest.mark.browser
BYTES_MAX = 150_000
SHIFT_MAX = 0.01
WORTH_PACKING = 1_000

WATCH = """
    window.shift = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
    window.violations = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        window.violations.push(`${violatedDirective} ${blockedURI}`));
    // When somebody can begin: a button on the start page, a bid at the table.
    new MutationObserver(() => {
        const begin = document.querySelector('[data-action=find-players], [data-action=bid]');
        if (begin && window.playable === undefined) window.playable = Math.round(performance.now());
    }).observe(document, { childList: true, subtree: true });
    // Nothing is fetched in advance: what is counted is what the page needs.
    window.requestIdleCallback = () => 0;
"""

ASKED_AHEAD = """[...document.querySelectorAll('link[rel=modulepreload], link[rel=preload]')]
    .map((link) => new URL(link.href).pathname)"""
AT_ONCE = {"/theme.js", "/preload.js", "/main.js", "/styles/page.css"}


class Visit:
    """Somebody's first visit, with everything that was fetched for it."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self._answers: list[Response] = []
        guest.page.on("response", lambda answer: self._answers.append(answer))

    @classmethod
    async def begin(cls, browser: Browser, url: str) -> Visit:
        context = await browser.new_context(base_url=url, viewport={"width": 1280, "height": 800})
        await context.add_init_script(WATCH)
        return cls(Guest(await context.new_page()))

    async def end(self, what: str) -> None:
        """Count the files, print the figures, and check that nothing shifted and the content policy was kept."""
        files = [answer for answer in self._answers if "/api/" not in answer.url]
        bodies = await asyncio.gather(*(answer.body() for answer in files))
        sizes = {answer.url: len(body) for answer, body in zip(files, bodies, strict=True)}
        page = self.guest.page
        ready = await page.evaluate("window.playable")
        print(f"first load of {what}: {sum(sizes.values())} bytes in {len(sizes)} files, playable after {ready} ms")
        assert sum(sizes.values()) < BYTES_MAX, str(sorted(sizes.items(), key=lambda item: -item[1]))
        for answer in files:
            if sizes[answer.url] > WORTH_PACKING:
                assert await answer.header_value("content-encoding") == "gzip", answer.url
        assert await page.evaluate("window.shift") < SHIFT_MAX
        assert await page.evaluate("window.violations") == []
        assert self.guest.errors == []
        etag = await files[0].header_value("etag")
        # The preloaded files are exactly those that are needed.
        asked = await page.evaluate(ASKED_AHEAD)
        parts = {
            urlsplit(answer.url).path for answer in files if answer.request.resource_type in ("script", "stylesheet")
        }
        assert set(asked) == parts - AT_ONCE
        again = await page.context.request.get("/", headers={"If-None-Match": etag or ""})
        assert again.status == 304


async def test_first_loads_are_small_and_nothing_shifts(browser: Browser, live_server: ServerProcess) -> None:
    home = await Visit.begin(browser, live_server.url)
    await home.guest.open_home()
    await expect(home.guest.page.get_by_text("Nobody has finished a game yet.")).to_be_visible()
    await home.end("home")
    room = await home.guest.create_room()
    await expect(home.guest.bids.first).to_be_visible()

    # The same player by a link, in a browser that has their identity and nothing else.
    table = await Visit.begin(browser, live_server.url)
    identity = await home.guest.page.evaluate("localStorage.getItem('parlor.identity')")
    await table.guest.page.add_init_script(f"localStorage.setItem('parlor.identity', {identity!r})")
    await table.guest.page.goto(f"/#/rooms/{room['game_id']}")
    await expect(table.guest.bids.first).to_be_visible()
    await table.end("the table")
    for visit in (home, table):
        await visit.guest.page.context.close()
