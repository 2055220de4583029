"""Three verifiers that share no code say the same of every game: `parlor verify`, the script of the documentation, and
the page in a real browser."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from server.cli.replay import verify
from server.errors import StartupError
from server.settings import Settings
from tests.docs.pages import DOCS
from tests.support.altered_games import CASES, FAIR, OPEN, UNFAIR, store
from tests.support.server import HostedProcess
from tests.web.conftest import People

pytestmark = pytest.mark.browser
SCRIPT = DOCS / "examples" / "verify_game.py"


async def by_parlor(dsn: str, game_id: str) -> str:
    try:
        return (FAIR, UNFAIR)[await verify(Settings(database_url=dsn), game_id)]
    except StartupError as error:
        return {2: OPEN}[error.exit_code]


async def by_script(*arguments: str) -> str:
    run = await asyncio.create_subprocess_exec(
        sys.executable, SCRIPT, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await run.communicate()
    assert not complained, complained.decode()
    verdict = (FAIR, UNFAIR, OPEN)[run.returncode or 0]
    assert said.decode().startswith({FAIR: "FAIR", UNFAIR: "NOT FAIR:", OPEN: "CAN'T"}[verdict])
    return verdict


async def by_browser(page: Page, game_id: str) -> str:
    await page.goto(f"/#/verify/{game_id}")
    verdict = page.locator(".verdict:not(.is-open)")
    await expect(verdict).to_be_visible()
    kind = ((await verdict.get_attribute("class")) or "").partition("is-")[2]
    text = await verdict.inner_text()
    words = {"fair": "Verified", "unfair": "does not match", "unfinished": "not over"}
    assert words[kind] in text
    await page.goto("/#/")
    await expect(page.get_by_role("textbox", name="Your name")).to_be_visible()
    return {"fair": FAIR, "unfair": UNFAIR, "unfinished": OPEN}[kind]


async def test_all_three_agree_on_every_game(browser: Browser, shared_server: HostedProcess) -> None:
    people = People(browser, shared_server.url)
    guest = await people.new()
    told = {}
    for case in CASES:
        game_id = store(shared_server.dsn, case)
        told[case.about] = (
            await by_parlor(shared_server.dsn, game_id),
            await by_script(shared_server.url, game_id),
            await by_browser(guest.page, game_id),
        )
    assert told == {case.about: (case.verdict,) * 3 for case in CASES}
    await people.finish("verify")


async def test_the_page_shows_what_it_has_computed_from(browser: Browser, shared_server: HostedProcess) -> None:
    people = People(browser, shared_server.url)
    guest = await people.new()
    log = CASES[0].log(game_id := store(shared_server.dsn, CASES[0]))
    assert await by_browser(guest.page, game_id) == FAIR
    await guest.page.goto(f"/#/verify/{game_id}")
    await guest.page.get_by_text("How this was computed").click()
    numbers = guest.page.locator(".numbers")
    await expect(numbers).to_contain_text(log[0]["data"]["seed_commitment"])
    await expect(numbers).to_contain_text(log[-1]["data"]["session_seed"])
    await expect(numbers).to_contain_text("lucky 7")
    await expect(numbers).to_contain_text("żółw ✓ 🂡")


async def test_a_fork_is_reported_to_have_a_known_seed(
    browser: Browser, shared_server: HostedProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    (case,) = [case for case in CASES if case.about == "a fork"]
    game_id = store(shared_server.dsn, case)
    assert await by_parlor(shared_server.dsn, game_id) == FAIR
    assert "seed was known before" in capsys.readouterr().out
    guest = await People(browser, shared_server.url).new()
    await guest.page.goto(f"/#/verify/{game_id}")
    await expect(guest.page.locator(".verdict")).to_contain_text("whose seed is known")
    script = await asyncio.create_subprocess_exec(
        sys.executable, SCRIPT, shared_server.url, game_id, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await script.communicate()
    assert b"its seed was known before" in said


async def test_a_player_chooses_a_share_of_the_shuffle(browser: Browser, shared_server: HostedProcess) -> None:
    people = People(browser, shared_server.url)
    guest = await people.new()
    page = guest.page
    await guest.button("Create").click()
    await page.get_by_text("Your share of the shuffle").click()
    await page.get_by_label("Any text").fill("my lucky number is 7 ✓")
    await guest.button("Use it").click()
    await expect(page.locator(".toast")).to_contain_text("your share of the shuffle")
    await page.reload()  # it is not drawn at random again
    await guest.button("Add a bot").click()
    await guest.button("Start the game").click()
    await expect(guest.bids.first).to_be_visible()
    game_id = page.url.rpartition("/")[2]
    async with httpx.AsyncClient(base_url=shared_server.url) as http:
        fairness = (await http.get(f"/api/games/{game_id}/fairness")).json()
    assert fairness["client_seeds"][0]["client_seed"] == "my lucky number is 7 ✓"
    await people.leave()


async def test_a_page_without_cryptography_says_so(browser: Browser, shared_server: HostedProcess) -> None:
    """As it is on pages that were not loaded over https."""
    people = People(browser, shared_server.url)
    guest = await people.new()
    await guest.page.add_init_script("Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })")
    await guest.page.goto(f"/?again#/verify/{store(shared_server.dsn, CASES[0])}")
    await expect(guest.page.locator(".verdict")).to_contain_text("https")


async def test_the_script_takes_files_and_says_what_is_wrong_with_them(
    shared_server: HostedProcess, tmp_path: Path
) -> None:
    game_id = store(shared_server.dsn, CASES[0])
    files = []
    async with httpx.AsyncClient(base_url=shared_server.url) as http:
        for what in ("events?limit=5000", "fairness"):
            file = tmp_path / what.partition("?")[0]
            file.write_bytes((await http.get(f"/api/games/{game_id}/{what}")).content)
            files.append(f"file:{file}")
    assert await by_script(*files) == FAIR
    assert await by_script(files[1], files[0]) == OPEN
    assert await by_script(files[0], "file:/nowhere") == OPEN
    assert await by_script(shared_server.url, "no-game") == OPEN
    (tmp_path / "events").write_text("{}")
    assert await by_script(*files) == OPEN
