"""A newcomer plays in the browser: with the mouse, with the keyboard, with friends."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.web.conftest import People
from tests.web.guest import Guest

pytestmark = pytest.mark.browser
CARDS = 10


async def test_one_click_on_the_start_page_leads_to_a_table_with_three_bots(people: People) -> None:
    guest = await people.new(motion=True)
    await guest.page.get_by_role("button", name="Play against bots").click()
    await expect(guest.page.locator(".seat")).to_have_count(3)
    await expect(guest.bids).to_have_count(CARDS + 1)
    await expect(guest.hand).to_have_count(CARDS)
    await expect(guest.page.locator(".fact.is-trump")).to_contain_text("not broken")


async def test_a_round_with_the_mouse(people: People) -> None:
    guest = await people.new(motion=True)
    await guest.create_room()
    await guest.bid_with_mouse(3)
    await expect(guest.page.locator(".own-seat")).to_contain_text("bid 3")
    for _ in range(CARDS):
        await guest.play_with_mouse()
    await expect(guest.result).to_be_visible()
    await expect(guest.page.locator(".ranking li")).to_have_count(4)
    await expect(guest.result.locator("tbody tr")).to_have_count(1)


async def test_a_round_on_a_phone_with_ten_players(people: People) -> None:
    guest = await people.new(width=360, height=640)
    await guest.create_room(bots=9)
    await guest.bid_with_mouse(1)
    for _ in range(CARDS):
        await guest.play_with_mouse()
    await expect(guest.page.locator(".ranking li")).to_have_count(10)
    width = await guest.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


async def test_an_illegal_card_stays_and_the_reason_is_shown(people: People) -> None:
    guest = await people.new()
    await guest.create_room()
    await guest.bid_with_mouse(0)
    forbidden = guest.page.locator(".hand.is-choosing .card[aria-disabled=true]")
    for _ in range(CARDS):
        await expect(guest.playable.first).to_be_visible()
        if await forbidden.count() > 0:
            break
        await guest.play_with_mouse()
    else:
        pytest.skip("every card was legal in every trick of this deal")
    count = await guest.hand.count()
    await forbidden.first.click(force=True)  # it says that it is disabled, and still answers
    await expect(guest.page.locator(".toast")).to_be_visible()
    await expect(guest.hand).to_have_count(count)


async def test_two_people_and_two_bots_play_a_whole_game_and_another(people: People) -> None:
    host = await people.new()
    await host.page.get_by_label("Rounds").select_option("1")
    await host.page.get_by_label("Listed for everybody").uncheck()
    await host.button("Create").click()
    code = await host.page.locator(".join-code output").text_content()

    friend = await people.new()
    await friend.page.goto(f"/#/join/{code}")
    await friend.button("I’m ready").click()
    await expect(host.page.locator(".member.is-ready")).to_have_count(1)
    await host.page.locator(".add-bot select").select_option("random")
    for _ in range(2):
        await host.button("Add a bot").click()
    await expect(friend.page.locator(".member:not(.is-free)")).to_have_count(4)
    await host.button("Start the game").click()

    for guest in (host, friend):
        await expect(guest.page.locator(".seat")).to_have_count(3)
        await expect(guest.hand).to_have_count(CARDS)
    # Who comes first was drawn with the seats; each plays when the server offers them a move.
    players = [asyncio.create_task(play_to_the_end(guest)) for guest in (host, friend)]
    await asyncio.gather(*players)
    for guest in (host, friend):
        await expect(guest.page.locator(".ranking li")).to_have_count(4)
    shown = [await guest.result.locator("tfoot td").all_text_contents() for guest in (host, friend)]
    assert shown[0] == shown[1]
    finished = host.page.url
    await friend.button("Play again").click()
    for guest in (host, friend):
        await expect(guest.page.locator(".member:not(.is-free)").or_(guest.page.locator(".seat")).first).to_be_visible()
        assert guest.page.url != finished


async def play_to_the_end(guest: Guest) -> None:
    while await guest.move_or_result():
        if await guest.bids.count() > 0:
            await guest.bids.nth(1).click()
            await expect(guest.bids).to_have_count(0)
        else:
            await guest.play_with_mouse()


async def test_a_spectator_takes_a_seat(people_alone: People) -> None:
    host = await people_alone.new()
    await host.button("Create").click()
    code = await host.page.locator(".join-code output").text_content()
    spectator = await people_alone.new()
    await spectator.button("Watch").click()
    await expect(spectator.page.locator(".member:not(.is-free)")).to_have_count(1)
    await expect(host.page.locator(".watchers")).to_have_text("1 watching")
    await spectator.button("Take a seat").click()
    await spectator.button("I’m ready").click()
    await expect(host.page.locator(".member.is-ready")).to_have_count(1)
    await expect(spectator.page.locator(".join-code output")).to_have_text(code or "")
    await expect(host.page.locator(".watchers")).to_have_count(0)


async def test_play_again_and_a_verified_shuffle(people: People) -> None:
    guest = await people.new()
    await guest.create_room(bots=1, rounds=1)
    await guest.bid_with_mouse(5)
    for _ in range(CARDS):
        await guest.play_with_mouse()
    await guest.button("Verify the shuffle").click()
    await expect(guest.page.locator(".verification")).to_contain_text("Verified")
    finished = guest.page.url
    await guest.button("Play again").click()
    await expect(guest.bids.first).to_be_visible()
    assert guest.page.url != finished


async def test_a_new_name_is_kept(people: People) -> None:
    guest = await people.new()
    name = guest.page.get_by_role("textbox", name="Your name")
    await name.fill("Ada")
    await guest.button("Save").click()
    await expect(guest.page.locator(".toast")).to_be_visible()
    await guest.page.reload()
    await expect(name).to_have_value("Ada")
