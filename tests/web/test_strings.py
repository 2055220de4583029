"""Every language says everything, and the page speaks the one that its reader asked for."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, expect

from tests.support.server import HostedProcess
from tests.support.web_modules import WEB

pytestmark = pytest.mark.browser
ENGLISH = sorted(f"/{path.relative_to(WEB)}" for end in ("en.js", "en/*.js") for path in WEB.rglob(f"strings/{end}"))

SHAPES = """async (english) => {
    // Keys with the kinds of their values; functions with the number of their parameters; lists with their length.
    const shape = (value) => Array.isArray(value) ? value.map(shape)
        : typeof value === 'function' ? `takes ${value.length}`
        : value !== null && typeof value === 'object'
            ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, shape(value[key])]))
            : typeof value;
    const of = async (files) => Promise.all(files.map(async (file) => shape((await import(file)).default)));
    return [await of(english), await of(english.map((file) => file.replace('/strings/en', '/strings/de')))];
}"""


async def test_both_languages_have_the_same_texts(browser: Browser, shared_server: HostedProcess) -> None:
    context = await browser.new_context(base_url=shared_server.url, locale="de-AT")
    page = await context.new_page()
    await page.goto("/")
    await expect(page.get_by_role("button", name="Gegen Bots spielen")).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == "de"
    # The operator's files are behind a door, which this server keeps shut.
    await context.route(
        "**/ops/strings/*.js", lambda route: route.fulfill(path=WEB / urlsplit(route.request.url).path[1:])
    )
    english, german = await page.evaluate(SHAPES, ENGLISH)
    assert english == german
    assert len(english) > 5

    await page.get_by_role("button", name="Darstellung").click()
    await page.get_by_label("Sprache").select_option("en")
    await expect(page.get_by_role("button", name="Play against bots")).to_be_visible()
    await page.get_by_role("button", name="Preferences").click()
    await page.get_by_label("Appearance").select_option("dark")
    await page.reload()
    await expect(page.get_by_role("button", name="Play against bots")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(24, 27, 26)"
    await context.close()


def test_texts_are_written_only_in_strings() -> None:
    """Labels and headings come from the strings: none is written where it is drawn."""
    written = re.compile(r"(?:'aria-label'|title|placeholder|alt): '[A-Z][a-z]|h\('(?:h1|h2|p|button|label)', null, '")
    for path in WEB.rglob("*.js"):
        if "strings" not in path.relative_to(WEB).parts:
            assert written.findall(path.read_text()) == [], path
