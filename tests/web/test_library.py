"""The client library as its page shows it: another game's page, in a real browser, through a reload and a cut line."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.docs.pages import blocks, page
from tests.support.server import HostedProcess
from tests.support.web_modules import WEB, closure, modules
from tests.web.play.test_resume import CutLine

pytestmark = pytest.mark.browser


async def say(writer: Page, text: str) -> None:
    await writer.get_by_label("Text").fill(text)
    await writer.keyboard.press("Enter")
    await expect(writer.get_by_label("Text")).to_have_value("")


async def test_the_example_plays_relay(browser: Browser, shared_server: HostedProcess) -> None:
    (example,) = blocks(page("browser-client"), "html")
    people = []
    for _ in range(2):
        context = await browser.new_context(base_url=shared_server.url)
        await context.route("**/mine.html", lambda route: route.fulfill(body=example, content_type="text/html"))
        people.append(await context.new_page())
    anna, ben = people
    line = CutLine()
    await anna.route_web_socket("**/ws/rooms/*", line.connect)
    await anna.goto("/mine.html")
    await expect(anna).to_have_title("0 said, 1 here")
    await ben.goto(anna.url)
    await expect(ben).to_have_title("0 said, 2 here")
    await say(anna, "one")
    await expect(ben.locator("ol")).to_have_text("one")
    await line.cut(1012, "0")
    await say(anna, "two")
    await expect(anna).to_have_title("2 said, 2 here")
    # Sent and reloaded in the same breath: it is said, and said once.
    await anna.evaluate("document.forms[0][0].value = 'three'; document.forms[0].requestSubmit(); location.reload()")
    await expect(anna).to_have_title("3 said, 2 here")
    await say(anna, "four")
    await expect(ben.locator("ol")).to_have_text("onetwothreefour")
    await expect(ben).to_have_title("4 said, 2 here")
    for guest in people:
        await guest.context.close()


def test_the_library_knows_no_game() -> None:
    needed = closure(modules(), "/lib/parlor.js")
    assert {address.split("/")[1] for address in needed} == {"lib", "net"}
    assert "eldorado" not in "".join((WEB / address[1:]).read_text() for address in needed)
