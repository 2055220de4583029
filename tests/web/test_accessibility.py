"""axe finds nothing serious on any page, light or dark; what happens is told to screen readers; keys do everything.

On its way the first test keeps a picture of every page in test-results/.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.web.conftest import SCREENSHOTS, People

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

RUN = """async () => {
    // What fades in or out has no colour of its own yet.
    const isShort = (motion) => motion.effect.getComputedTiming().endTime < 5000;
    document.getAnimations().filter(isShort).forEach((motion) => motion.finish());
    const found = await axe.run(document, { resultTypes: ['violations'] });
    return found.violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}"""


async def findings(page: Page, picture: str = "") -> list[Any]:
    """What axe calls serious or critical, in the light and in the dark. `picture`: also taken of a phone."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: list[Any] = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        found += [f"{scheme}: {text}" for text in await page.evaluate(RUN)]
        if picture:
            await page.screenshot(path=SCREENSHOTS / f"{picture}-{scheme}.png")
    if picture:
        await page.set_viewport_size({"width": 360, "height": 640})
        await page.screenshot(path=SCREENSHOTS / f"{picture}-phone.png")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await page.set_viewport_size({"width": 1280, "height": 800})
    return found


@pytest.mark.skipif(not AXE.exists(), reason="axe is not there: `make check` fetches it")
async def test_axe_finds_nothing_serious(people: People) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    guest = await people.new()
    page = guest.page
    assert await findings(page, "home") == []
    for button in ("Preferences", "Change your picture"):
        await guest.button(button).click()
        assert await findings(page) == []
        await guest.button("Close").click()
    await guest.button("Create").click()
    await guest.button("Add a bot").click()
    await expect(page.locator(".member:not(.is-free)")).to_have_count(2)
    assert await findings(page, "lobby") == []
    await guest.create_room(bots=9)
    await guest.bids.nth(1).click()
    await guest.play_with_mouse()
    await expect(guest.playable.first).to_be_visible()
    assert await findings(page, "table-of-ten") == []
    await guest.create_room(bots=3, turn_seconds=120)
    await expect(guest.bids.first).to_be_visible()
    assert await findings(page, "bids") == []
    await guest.bids.nth(2).click()
    await guest.play_with_mouse()
    await expect(guest.playable.first).to_be_visible()
    assert await findings(page, "table") == []
    await page.keyboard.press("?")
    assert await findings(page) == []
    await page.keyboard.press("Escape")
    while await guest.hand.count() > 0:
        await guest.play_with_mouse()
    await expect(guest.result).to_be_visible()
    assert await findings(page, "result") == []


async def test_a_whole_game_is_playable_with_the_keyboard_alone(people: People) -> None:
    """From the start page to the result: nothing is clicked, and every move is told."""
    guest = await people.new()
    page = guest.page
    await page.get_by_label("Rounds").focus()
    for key in ("Home", "Tab", "Home", "Tab", "ArrowDown", "Tab", "Tab", "End", "Tab", "Space", "Tab", "Enter"):
        await page.keyboard.press(key)  # 1 round, 2 seats, 1 bot, no clock, not listed
    await expect(guest.button("I’m ready")).to_be_visible()
    await guest.button("I’m ready").focus()
    await page.keyboard.press("Enter")
    await guest.button("Start the game").focus()
    await page.keyboard.press("Enter")
    await guest.bid_with_keyboard(10)
    spoken = page.locator("#announcer")
    await guest.play_with_keyboard()
    await expect(spoken).to_contain_text("You: ")
    await guest.play_with_keyboard()
    await expect(guest.playable.first).to_be_visible()  # the next card takes the last trick from the screen
    await page.keyboard.press("l")
    await expect(page.locator(".prompt")).to_contain_text("Last trick")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".aside .chat")).to_be_visible()  # it comes a moment after the table
    await page.keyboard.press("c")
    await page.keyboard.type("9 lives")
    await page.keyboard.press("Enter")
    await expect(page.locator(".aside .said li")).to_contain_text(["9 lives"])
    await page.keyboard.press("Tab")
    while await guest.hand.count() > 0:
        await guest.play_with_keyboard()
    await expect(guest.result).to_be_visible()
