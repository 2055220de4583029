"""Pictures of the pages as people see them, kept in test-results/ for whoever wants to look."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.conftest import SCREENSHOTS, People

pytestmark = pytest.mark.browser


async def test_pictures(people: People) -> None:
    guest = await people.new()
    page = guest.page

    async def shoot(name: str) -> None:
        await page.screenshot(path=SCREENSHOTS / f"{name}.png")

    async def everywhere(name: str) -> None:
        await shoot(name)
        await page.set_viewport_size({"width": 360, "height": 640})
        await shoot(f"{name}-phone")
        await page.emulate_media(color_scheme="dark")
        await page.set_viewport_size({"width": 1280, "height": 800})
        await shoot(f"{name}-dark")
        await page.emulate_media(color_scheme="light")

    await everywhere("home")
    await guest.button("Create").click()
    await expect(page.locator(".join-code")).to_be_visible()
    await guest.button("Add a bot").click()
    await everywhere("lobby")
    for bots in (3, 9):
        await guest.create_room(bots=bots)
        await expect(guest.hand).to_have_count(10)
        await expect(guest.bids.first).to_be_visible()
        await everywhere(f"bids-{bots + 1}")
        await guest.bids.nth(2).click()
        for _ in range(3):
            await guest.play_with_mouse()
        await expect(guest.playable.first).to_be_visible()
        await everywhere(f"table-{bots + 1}")
    while await guest.hand.count() > 0:
        await guest.play_with_mouse()
    await expect(guest.result).to_be_visible()
    await everywhere("result")
