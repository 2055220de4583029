"""From a profile to a replay and on to a fork; spectators with a delay."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.support.guests import Guests, play_out
from tests.support.server import HostedProcess
from tests.web.conftest import People
from tests.web.guest import CREATE_ROOM, QUICK
from tests.web.test_accessibility import AXE, findings

pytestmark = pytest.mark.browser


async def test_a_profile_leads_to_a_replay_and_a_fork(browser: Browser, shared_server: HostedProcess) -> None:
    guests = Guests(shared_server)
    players, room = await guests.playing(2, rounds=2, turn_seconds=0)
    await play_out(players)
    await guests.close()
    people = People(browser, shared_server.url)
    guest = await people.new()
    page = guest.page
    await page.goto(f"/?again#/players/{players[0].id}")
    await expect(page.get_by_role("heading", name="Guest 0")).to_be_visible()
    await expect(page.locator(".figures div").filter(has_text="Games").first).to_contain_text("1")
    await expect(page.locator(".bars desc")).to_contain_text("1 game;")
    await expect(page.locator(".games tbody tr")).to_have_count(1)
    await expect(page.locator(".games tbody tr")).to_contain_text("of 2")
    assert not AXE.exists() or await findings(page) == []
    await people.finish("profile")

    await page.get_by_role("link", name="Watch the game of").click()
    await expect(page.locator(".tape")).to_be_visible()
    assert room["game_id"] in page.url
    await page.keyboard.press("2")
    await page.keyboard.press("f")
    await expect(guest.hand).to_have_count(10)
    await expect(guest.bids.first).to_be_visible()
    assert "#/rooms/" in page.url and room["game_id"] not in page.url
    await people.finish("fork")
    await people.leave()


async def test_an_empty_profile_an_unknown_player_and_the_leaderboards(
    browser: Browser, shared_server: HostedProcess
) -> None:
    people = People(browser, shared_server.url)
    guest = await people.new(width=360, height=640)
    page = guest.page
    await page.get_by_role("link", name="Your games").click()
    await expect(page.get_by_text("No finished games yet")).to_be_visible()
    await page.get_by_role("link", name="Leaderboards").click()
    await page.get_by_role("link", name="Games won").click()
    await expect(page.get_by_role("link", name="Games won")).to_have_attribute("aria-current", "page")
    await expect(page.get_by_text("Nobody is listed yet.").or_(page.locator(".leaders tbody tr").first)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not AXE.exists() or await findings(page) == []
    await people.finish("leaderboards")
    await page.goto("/?more#/players/01890000-0000-7000-8000-000000000000")
    await expect(page.get_by_text("There is no such player.")).to_be_visible()
    await people.leave()


async def test_delayed_spectators_see_the_delay_and_then_the_replay(
    browser: Browser, shared_server: HostedProcess
) -> None:
    people = People(browser, shared_server.url)
    guest = await people.new()
    page = guest.page
    wanted = {"as": "spectator", "bots": 2, "config": {**QUICK, "rounds": 1, "max_players": 2, "spectator_delay_s": 2}}
    await page.evaluate(CREATE_ROOM, {"game": "eldorado", **wanted})
    await expect(page.locator(".watchers")).to_contain_text("2 s behind")
    await expect(page.locator(".watchers")).to_contain_text("1 watching")
    await page.locator(".result a[href*='#/games/']").click()
    await expect(page.locator(".tape")).to_be_visible()
    await people.leave()


BY_GAME = """async (rows) => {
    const { byGame } = await import('/play/parts/profile/by-game.js');
    const { patch } = await import('/kit/dom.js');
    const place = document.createElement('div');
    patch(place, byGame({ by_game: rows }));
    return [...place.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent));
}"""


async def test_figures_by_game_are_shown_after_several_games(browser: Browser, shared_server: HostedProcess) -> None:
    people = People(browser, shared_server.url)
    page = (await people.new()).page
    figures = {"games_played": 4, "games_won": 1, "highest_score": 70, "lowest_score": -30, "total_points": 55}
    rows = [
        {"game": "eldorado", **figures, "most_consecutive_wins": 1, "games_with_bots": 3},
        {"game": "tictactoe", **figures, "lowest_score": None, "most_consecutive_wins": 1, "games_with_bots": 0},
    ]
    assert await page.evaluate(BY_GAME, rows[:1]) == []
    assert await page.evaluate(BY_GAME, rows) == [
        ["El Dorado", "4", "1", "25 %", "70", "−30", "55", "1", "3"],
        ["tictactoe", "4", "1", "25 %", "70", "–", "55", "1", "0"],
    ]
    await people.leave()
