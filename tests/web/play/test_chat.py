"""The chat and the live list of rooms, in the browser."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.conftest import People
from tests.web.guest import Guest

pytestmark = pytest.mark.browser


async def two(people: People) -> tuple[Guest, Guest]:
    """A host and a friend in a lobby."""
    host = await people.new()
    await host.button("Create").click()
    code = await host.page.locator(".join-code output").text_content()
    friend = await people.new()
    await friend.page.goto(f"/#/join/{code}")
    await expect(friend.page.get_by_role("textbox", name="Your message")).to_be_visible()
    return host, friend


async def say(guest: Guest, text: str) -> None:
    """With the keyboard alone."""
    field = guest.page.get_by_role("textbox", name="Your message")
    await expect(field).to_be_enabled()  # the player learns a moment later that they are not muted
    await field.focus()
    await guest.page.keyboard.type(text)
    await guest.page.keyboard.press("Enter")
    await expect(field).to_have_value("")
    await expect(field).to_be_focused()


async def test_players_chat_and_the_host_deletes_and_mutes(people: People) -> None:
    host, friend = await two(people)
    await say(host, "hello <b>you</b> & me")
    said = friend.page.get_by_role("log", name="Messages").get_by_role("listitem")
    await expect(said).to_contain_text(["hello <b>you</b> & me"])
    assert await friend.page.locator(".said b").count() == 0
    await say(friend, "rude")
    await expect(host.page.locator(".said li")).to_have_count(2)
    assert await friend.page.locator(".said [data-action=mute]").count() == 0
    await expect(friend.page.locator(".said [data-action=delete-message]")).to_have_count(1)  # the friend's own

    await host.page.locator(".said li").last.get_by_role("button", name="Delete").click()
    await expect(said).to_have_count(1)
    await say(friend, "ruder")
    await host.page.locator(".said [data-action=mute]").click()
    await expect(friend.page.get_by_role("textbox", name="Your message")).to_be_disabled()
    await expect(friend.page.get_by_placeholder("The host has muted you.")).to_be_visible()
    await friend.page.reload()
    await expect(friend.page.get_by_placeholder("The host has muted you.")).to_be_visible()
    await expect(said).to_have_count(2)
    await host.page.locator(".said [data-action=mute]").click()
    await say(friend, "sorry")
    await expect(host.page.locator(".said li")).to_contain_text(["hello", "ruder", "sorry"])


async def test_digits_in_the_chat_field_are_no_bids(people: People) -> None:
    host = await people.new()
    await host.create_room(bots=1, bot_delay_ms=0)
    await expect(host.bids.first).to_be_visible()
    await say(host, "7 wins it")  # digits in the field are no bids
    await expect(host.page.locator(".aside .said li")).to_contain_text(["7 wins it"])
    await expect(host.bids.first).to_be_visible()


async def test_a_room_without_chat_shows_none(people: People) -> None:
    host = await people.new()
    await host.create_room(bots=1, chat=False)
    await expect(host.bids.first).to_be_visible()
    assert await host.page.locator(".chat").count() == 0


async def test_the_list_of_rooms_is_live(people_alone: People) -> None:
    looking = await people_alone.new()
    rooms = looking.page.locator(".public-rooms li")
    await expect(looking.page.locator(".public-rooms")).to_contain_text("No open rooms")
    fetched: list[str] = []
    looking.page.on("request", lambda request: fetched.append(request.url))
    host = await people_alone.new()
    await host.button("Create").click()
    await expect(rooms).to_contain_text(["1 of 4 players"])
    await host.button("Add a bot").click()
    await expect(rooms).to_contain_text(["2 of 4 players"])
    await host.page.get_by_label("Listed for everybody").uncheck()
    await host.button("Change the settings").click()
    await expect(rooms).to_have_count(0)
    assert not [url for url in fetched if "/api/rooms" in url]
