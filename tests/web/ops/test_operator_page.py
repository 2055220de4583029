"""The operator's page, and what a player notices of what is done there."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.postgres import Server
from tests.support.server import serving
from tests.web.conftest import SCREENSHOTS, People
from tests.web.test_accessibility import AXE, findings

pytestmark = pytest.mark.browser
TOKEN = "the operator's own token, 32 characters and more"


async def enter(page: Page, token: str) -> None:
    await page.get_by_label("Operator’s token").fill(token)
    await page.get_by_role("button", name="Enter").click()


async def do(page: Page, button: str, words: str) -> None:
    """Press the button of the room and confirm it with some words."""
    await page.locator(".room-panel").get_by_role("button", name=button, exact=True).click()
    await page.locator(".ask-dialog input").fill(words)
    await page.locator(".ask-dialog .is-primary").click()
    await expect(page.locator(".ask-dialog")).to_be_hidden()


async def test_the_operator_pauses_messages_reveals_and_closes(browser: Browser, postgres: Server) -> None:
    with serving(postgres, PARLOR_ADMIN_TOKEN=TOKEN) as server:
        people = People(browser, server.url)
        player = await people.new()
        room = await player.create_room(bots=1)
        await expect(player.bids.first).to_be_visible()

        page = await (await browser.new_context(base_url=server.url)).new_page()
        await page.goto("/ops")
        await enter(page, "x" * 32)
        await expect(page.get_by_role("alert")).to_contain_text("not the token")
        await enter(page, TOKEN)
        await expect(page.locator(".cell").first).to_contain_text("1")
        await page.get_by_role("button", name=room["join_code"]).click()
        panel = page.locator(".room-panel")
        await expect(panel).to_contain_text("connected")
        await expect(panel.locator(".revealed").first).to_have_text("")

        await do(page, "Pause", "to look at something")
        await expect(player.page.locator(".line.is-paused")).to_be_visible()
        await do(page, "Let it go on", "looked at it")
        await expect(player.page.locator(".line.is-connected")).to_be_visible()
        await player.bid_with_mouse(1)
        await expect(player.bids).to_have_count(0)

        await do(page, "Message", "Hello from the operator")
        await expect(player.page.locator(".toast")).to_contain_text("Hello from the operator")
        await panel.get_by_role("button", name="Reveal the hands").click()
        await expect(panel.locator(".revealed").first).to_contain_text(" of ")
        assert not AXE.exists() or await findings(page) == []
        SCREENSHOTS.mkdir(exist_ok=True)
        await page.screenshot(path=SCREENSHOTS / "operator.png", full_page=True)

        await do(page, "Close the room", "enough of it")
        await expect(player.page.locator(".result")).to_contain_text("ended early")
        done = page.get_by_role("region", name="What operators have done").locator("tbody tr")
        await expect(done).to_have_count(5)
        await expect(done.first).to_contain_text("enough of it")
        await page.reload()
        await expect(done).to_have_count(5)  # the token stays in the tab
        await page.get_by_role("button", name="Leave").click()
        await expect(page.get_by_label("Operator’s token")).to_be_visible()
        assert await page.evaluate("sessionStorage.getItem('parlor.operator')") is None
        await people.finish("operated")
        await people.leave()
        await page.context.close()
        assert TOKEN not in server.log
