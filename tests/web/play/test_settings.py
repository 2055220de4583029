"""The host changes the room in the browser, and everybody sees it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.conftest import People
from tests.web.play.test_fold import COMPARE

pytestmark = pytest.mark.browser


async def test_the_lobby_fits_a_phone(people: People) -> None:
    host = await people.new(width=360, height=640)
    await host.button("Create").click()
    await expect(host.button("Change the settings")).to_be_visible()
    assert await host.page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_every_seat_in_the_lobby_adds_to_the_shuffle(people: People) -> None:
    host = await people.new()
    await host.page.get_by_label("Rounds").select_option("1")
    await host.button("Create").click()
    code = await host.page.locator(".join-code output").text_content()
    friend = await people.new()
    await friend.page.goto(f"/#/join/{code}")
    await friend.button("I’m ready").click()
    await host.button("Start without waiting").or_(host.button("Start the game")).click()
    await expect(friend.page.locator(".hand .card")).to_have_count(10)
    room = host.page.url.rpartition("/")[2]
    fairness = await host.page.evaluate("(id) => fetch(`/api/games/${id}/fairness`).then((a) => a.json())", room)
    seeds = [share["client_seed"] for share in fairness["client_seeds"]]
    assert [len(seed) for seed in seeds] == [32, 32]
    assert len(set(seeds)) == 2


async def test_the_host_changes_settings_and_hands_over_the_role(people: People) -> None:
    host = await people.new()
    await host.button("Create").click()
    code = await host.page.locator(".join-code output").text_content()
    friend = await people.new()
    await friend.page.goto(f"/#/join/{code}")
    await friend.button("I’m ready").click()
    await expect(host.page.locator(".member.is-ready")).to_have_count(1)
    seen = friend.page.get_by_role("region", name="Settings")
    await expect(seen).to_contain_text("60 s")
    assert await friend.button("Change the settings").count() == 0

    # With the keyboard alone.
    await host.page.get_by_label("Rounds").focus()
    for key in ("Home", "Tab", "Tab", "End", "Tab", "Space", "Tab"):
        await host.page.keyboard.press(key)
    await host.button("Change the settings").focus()
    await host.page.keyboard.press("Enter")
    await expect(seen).to_contain_text("unlimited")
    await expect(seen).to_contain_text("no")
    await expect(friend.page.locator(".toast")).to_contain_text("ready again")
    await expect(friend.page.locator(".member.is-ready")).to_have_count(0)
    await expect(host.button("Change the settings")).to_be_focused()
    room = friend.page.url.rpartition("/")[2]
    assert await friend.page.evaluate(COMPARE, room) == []

    await host.button("Change the settings").click()
    await expect(host.page.locator(".toast").last).to_contain_text("already")
    await host.page.get_by_role("button", name="the host").click()
    await expect(friend.page.get_by_label("Rounds")).to_have_value("1")
    await expect(host.page.get_by_role("region", name="Settings")).to_contain_text("unlimited")
    assert await host.button("Change the settings").count() == 0

    await friend.page.get_by_label("Rounds").select_option("2")
    await friend.page.get_by_label("Listed for everybody").check()
    await friend.button("Change the settings").click()
    await expect(host.page.locator(".room-settings")).to_contain_text("yes")
    for guest in (host, friend):
        await guest.button("I’m ready").click()
    await friend.button("Start the game").click()
    await expect(host.page.locator(".progress")).to_contain_text("Round 1 of 2")
    assert await friend.page.evaluate(COMPARE, room) == []
