"""A real Chromium for the tests of the browser client; they are skipped where none is installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright, expect

from tests.support.server import HostedProcess, ServerProcess
from tests.web.guest import Guest

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    # Pages that a test makes up may open sockets to the server, as those may that the server gave.
    "--disable-features=LocalNetworkAccessChecks",
]
PATIENCE_MS = 15_000
HERE = Path(__file__).parent
SCREENSHOTS = HERE.parents[1] / "test-results"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One Chromium serves all these tests, so they share the event loop that drives it."""
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser: that of PARLOR_CHROMIUM, or the first that is found."""
    path = os.environ.get("PARLOR_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium: none of {', '.join(NAMES)} is installed and PARLOR_CHROMIUM is not set")
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(playwright: Playwright, chromium: str) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
    yield browser
    await browser.close()


class People:
    """People with a browser each. At the end no console may show an error."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self._browser = browser
        self._base_url = base_url
        self._all: list[Guest] = []

    async def new(self, *, width: int = 1280, height: int = 800, motion: bool = False) -> Guest:
        """Somebody who opens the start page for the first time. `motion` False: every event is shown at once."""
        context = await self._browser.new_context(
            base_url=self._base_url,
            viewport={"width": width, "height": height},
            reduced_motion="no-preference" if motion else "reduce",
        )
        guest = Guest(await context.new_page())
        self._all.append(guest)
        await guest.open_home()
        return guest

    async def leave(self) -> None:
        """Close all browsers."""
        for guest in self._all:
            await guest.page.context.close()

    async def finish(self, name: str) -> None:
        """Keep a picture of every page, then check that the consoles are clean."""
        SCREENSHOTS.mkdir(exist_ok=True)
        for number, guest in enumerate(self._all):
            await guest.page.screenshot(path=SCREENSHOTS / f"{name}-{number}.png")
        errors = [error for guest in self._all for error in guest.errors]
        assert errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def people(
    browser: Browser, shared_server: HostedProcess, request: pytest.FixtureRequest
) -> AsyncIterator[People]:
    """People on a server where others may play too."""
    async with visiting(People(browser, shared_server.url), request.node.name) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def people_alone(
    browser: Browser, live_server: ServerProcess, request: pytest.FixtureRequest
) -> AsyncIterator[People]:
    """People on a server of their own: nobody else's room is listed, nobody else looks for players."""
    async with visiting(People(browser, live_server.url), request.node.name) as made:
        yield made


@asynccontextmanager
async def visiting(people: People, name: str) -> AsyncIterator[People]:
    """At the end the pages are checked and closed."""
    yield people
    try:
        await people.finish(name)
    finally:
        await people.leave()
