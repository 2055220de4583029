"""Finding players in the browser: a seat, who else is here, how long until the bots; and giving it up."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.web.conftest import People
from tests.web.guest import Guest

pytestmark = pytest.mark.browser


async def find_players(guest: Guest) -> None:
    await guest.page.get_by_role("button", name="Find players").click()
    await expect(guest.page.get_by_text(re.compile(r"Bots take the free seats in \d+ s"))).to_be_visible()


async def test_two_players_are_matched_and_one_gives_up(people_alone: People) -> None:
    anna, ben = await people_alone.new(), await people_alone.new(width=360, height=640)
    await find_players(anna)
    await find_players(ben)
    seats = anna.page.locator(".member:not(.is-free)")
    await expect(seats).to_have_count(2)
    room = ben.page.url
    await ben.page.reload()
    assert ben.page.url == room
    await expect(ben.page.get_by_text(re.compile(r"Bots take the free seats in \d+ s"))).to_be_visible()
    assert await ben.page.evaluate("document.documentElement.scrollWidth") <= 360
    await ben.button("Stop waiting").click()
    await expect(ben.page.get_by_role("button", name="Find players")).to_be_visible()
    await expect(seats).to_have_count(1)
    told = await ben.page.evaluate(
        "async () => { const { Api } = await import('/net/api.js');"
        " return new Api().call('GET', '/api/matchmake?game=eldorado') }"
    )
    assert told["status"] == "cancelled"


async def test_four_matched_players_start_at_once(people_alone: People) -> None:
    guests = [await people_alone.new() for _ in range(4)]
    for guest in guests:
        await guest.page.get_by_role("button", name="Find players").click()
    for guest in guests:
        await expect(guest.hand).to_have_count(10)
