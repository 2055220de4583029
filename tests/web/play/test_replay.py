"""A finished game, watched again: every state is the server's, and going anywhere takes a key."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from server.games.eldorado import Config
from tests.support.altered_games import CASES, FAIR, Case, played, store
from tests.support.server import HostedProcess
from tests.web.conftest import People
from tests.web.guest import Guest
from tests.web.test_accessibility import AXE, findings

pytestmark = pytest.mark.browser

GAME = Case("four players", FAIR, game=played(4, Config(rounds=3)))
TEN = Case("ten players", FAIR, game=played(10, Config(rounds=1)))
GONE = [case for case in CASES if case.verdict == FAIR and ("left" in case.about or "away" in case.about)]

# Every fifth state as nobody sees it, and as one player or another does, against what the server gives.
COMPARE = """async ([gameId, first]) => {
    const { loadRecording, viewAt } = await import('/games/eldorado/replay/recording.js');
    const recording = await loadRecording(gameId);
    const players = recording.views[recording.head].players.map((player) => player.player_id);
    const sorted = (value) => Array.isArray(value) ? value.map(sorted)
        : value && typeof value === 'object'
            ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
            : value;
    const different = [];
    for (let index = first; index <= recording.head; index += 5) {
        for (const player of [null, players[index % players.length]]) {
            const as = player === null ? '' : `&as=${player}`;
            const { view } = await (await fetch(`/api/games/${gameId}/state?at=${index}${as}`)).json();
            const ours = viewAt(recording, index, player);
            for (const key of new Set([...Object.keys(view), ...Object.keys(ours)])) {
                const [a, b] = [ours[key], view[key]].map((value) => JSON.stringify(sorted(value)));
                const where = `${index} ${recording.events[index].name} ${player}`;
                if (a !== b) different.push(`${where}: ${key} is ${a}, not ${b}`);
            }
        }
    }
    return { head: recording.head, different: different.slice(0, 5) };
}"""


@pytest.fixture(scope="module")
def game_id(shared_server: HostedProcess) -> str:
    return store(shared_server.dsn, GAME)


async def opened(people: People, game_id: str, query: str = "", **size: int) -> Guest:
    guest = await people.new(**size)
    await guest.page.goto(f"/?again#/games/{game_id}{query}")
    await expect(guest.page.locator(".tape")).to_be_visible()
    return guest


async def at(page: Page) -> int:
    return int(await page.locator(".scrubber input").input_value())


@pytest.mark.parametrize(("case", "first"), [(GAME, 0), (TEN, 1), *((case, 3) for case in GONE)])
async def test_states_are_those_of_the_server(
    browser: Browser, shared_server: HostedProcess, case: Case, first: int
) -> None:
    people = People(browser, shared_server.url)
    guest = await people.new()
    compared = await guest.page.evaluate(COMPARE, [store(shared_server.dsn, case), first])
    assert compared["different"] == []
    assert compared["head"] > 50
    await people.leave()


async def test_a_link_leads_to_its_move_and_keys_lead_on(
    browser: Browser, shared_server: HostedProcess, game_id: str
) -> None:
    people = People(browser, shared_server.url)
    guest = await opened(people, game_id, "?at=60")
    page = guest.page
    assert await at(page) == 60
    present = page.locator(".moves .jump[aria-current]")
    told = await present.inner_text()
    await page.keyboard.press("ArrowRight")
    await expect(present).not_to_have_text(told)
    await page.keyboard.press("ArrowLeft")
    await expect(present).to_have_text(told)
    await expect(page.locator("#announcer")).to_contain_text(told)
    await page.keyboard.press("Shift+ArrowRight")
    await expect(present).to_contain_text("took the trick")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".progress")).to_contain_text("Round 2 of 3")
    await page.keyboard.press("End")
    await expect(page.locator(".round-end")).to_contain_text(re.compile("wins the game|share the win"))
    await expect(page.get_by_role("button", name="Play on from here")).to_be_disabled()
    await page.keyboard.press("Home")
    assert await at(page) == 0
    await page.keyboard.press("?")
    await expect(page.locator(".help-dialog")).to_be_visible()
    await page.get_by_role("button", name="Close").click()
    await page.keyboard.press("ArrowLeft")
    assert not AXE.exists() or await findings(page) == []
    await people.finish("replay")
    await people.leave()


async def test_the_address_that_people_pass_on(browser: Browser, shared_server: HostedProcess, game_id: str) -> None:
    people = People(browser, shared_server.url)
    guest = await people.new()
    page = guest.page
    await page.goto(f"/games/{game_id}#at=77")
    await expect(page.locator(".tape")).to_be_visible()
    assert await at(page) == 77
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.keyboard.press("2")
    await page.keyboard.press("c")
    await expect(page.locator(".toast")).to_be_visible()
    link = await page.evaluate("navigator.clipboard.readText()")
    assert link == f"{shared_server.url}/#/games/{game_id}?at=77&as=1"
    await page.goto("about:blank")
    await page.goto(link)
    await expect(page.locator("select[name=perspective]")).to_have_value("1")
    assert await at(page) == 77
    await people.finish("replay-shared")
    await people.leave()


async def test_perspectives_show_only_the_hands_that_were_visible(
    browser: Browser, shared_server: HostedProcess, game_id: str
) -> None:
    people = People(browser, shared_server.url)
    guest = await opened(people, game_id)
    page = guest.page
    await expect(page.locator(".open-hand")).to_have_count(4)
    cards = await page.locator(".open-hand").first.inner_text()
    assert len(cards.split()) >= 10
    await page.keyboard.press("1")
    await expect(page.locator(".hand .card")).to_have_count(10)
    await expect(page.locator(".open-hand")).to_have_count(0)
    first = await page.locator(".hand .card").first.get_attribute("aria-label")
    await page.keyboard.press("3")
    await expect(page.locator(".hand .card").first).not_to_have_attribute("aria-label", first or "")
    await page.keyboard.press("s")
    await expect(page.locator(".hand .card, .open-hand")).to_have_count(0)
    await page.locator("select[name=perspective]").select_option("open")
    await expect(page.locator(".open-hand")).to_have_count(4)
    await people.finish("replay-hands")
    await people.leave()


async def test_the_replay_plays_to_the_end(browser: Browser, shared_server: HostedProcess, game_id: str) -> None:
    people = People(browser, shared_server.url)
    guest = await opened(people, game_id, "?at=0")
    page = guest.page
    last = int(await page.locator(".scrubber input").get_attribute("max") or 0)
    await page.locator("select[name=speed]").select_option("16")
    await page.locator(".scrubber input").evaluate(
        "(range, index) => { range.value = index; range.dispatchEvent(new Event('input', { bubbles: true })); }",
        last - 12,
    )
    await page.locator("body").press("Space")
    await expect(page.locator(".scrubber input")).to_have_value(str(last))
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    await people.leave()


async def test_on_a_phone_with_ten_players(browser: Browser, shared_server: HostedProcess) -> None:
    people = People(browser, shared_server.url)
    guest = await opened(people, store(shared_server.dsn, TEN), "?at=90&as=4", width=360, height=640)
    page = guest.page
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.get_by_role("button", name="Scores").click()
    await page.locator(".score-sheet .jump").first.click()
    await expect(page.locator(".score-sheet .jump").first).to_have_attribute("aria-current", "step")
    await people.finish("replay-phone")
    await people.leave()


async def test_unknown_and_unfinished_games_are_explained(browser: Browser, shared_server: HostedProcess) -> None:
    people = People(browser, shared_server.url)
    guest = await people.new()
    page = guest.page
    await page.goto("/?again#/games/01890000-0000-7000-8000-000000000000")
    await expect(page.get_by_role("status").filter(has_text="no such game")).to_be_visible()
    room = await guest.create_room(bots=1)
    await page.goto(f"/?more#/games/{room['game_id']}")
    await expect(guest.bids.first).to_be_visible()
    assert "#/rooms/" in page.url
    await people.leave()
