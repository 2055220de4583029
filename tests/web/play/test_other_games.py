"""A game without a client of its own is played at the plain table and replayed."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from server.testing.live import live_server
from tests.support import example_games
from tests.web.conftest import People
from tests.web.test_accessibility import AXE, findings

pytestmark = pytest.mark.browser


async def test_a_game_without_a_client_is_played_and_replayed(browser: Browser, dsn: str) -> None:
    with live_server(example_games.tictactoe().GAME, database_url=dsn) as url:
        people = People(browser, url)
        guest = await people.new(width=360, height=640)
        page = guest.page
        await page.goto(f"{url}/?other#/new/tictactoe")
        await guest.button("Add a bot").click()
        await guest.button("Start the game").click()
        await play(page)
        await people.finish("plain-result")

        await guest.button("Watch it again").or_(page.get_by_role("link", name="Watch it again")).click()
        events = page.locator(".moves .jump")
        await expect(events.filter(has_text="Round ended")).to_have_count(3)
        await expect(events.filter(has_text=re.compile(r"^Marked: You, cell \d$"))).to_have_count(0)
        await events.filter(has_text="Marked").first.click()
        await expect(page.locator(".plain pre")).to_contain_text("X")
        await expect(page.locator(".plain pre")).not_to_contain_text("O")
        at = int(str(await page.locator(".scrubber input").input_value()))
        await page.keyboard.press("ArrowRight")
        await expect(page.locator(".plain pre")).to_contain_text("O")
        await expect(page).to_have_url(re.compile(rf"at={at + 1}$"))
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        assert not AXE.exists() or await findings(page) == []
        await page.reload()
        await expect(page.locator("[aria-current=step]")).to_have_attribute("data-index", str(at + 1))
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.locator("[data-action=copy-link]").click()
        await expect(page.get_by_text("Link to this move copied.")).to_be_visible()
        copied = str(await page.evaluate("navigator.clipboard.readText()"))
        assert copied.partition("#")[2] == page.url.partition("#")[2]
        await guest.button("Play").click()
        await expect(page.locator("[aria-current=step]")).not_to_have_attribute("data-index", str(at + 1))
        await people.finish("plain-replay")
        await people.leave()


async def play(page: Page) -> None:
    """Make the first offered move until the game is over."""
    moves = page.locator("[data-action=plain-move]:enabled")
    result = page.locator(".result")
    looked = False
    while True:
        await expect(moves.first.or_(result)).to_be_visible()
        if await result.count() > 0:
            return
        if not looked:
            looked = True
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360
            assert not AXE.exists() or await findings(page, "plain-table") == []
            await page.set_viewport_size({"width": 360, "height": 640})
        state = await page.locator(".plain pre").text_content()
        await moves.first.click()
        await expect(page.locator(".plain pre").or_(result)).not_to_have_text(state or "")
