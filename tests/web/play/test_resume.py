"""The browser client comes back: after a reload, a cut line, a second window."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.support.server import ServerProcess
from tests.web.conftest import People
from tests.web.guest import Guest

pytestmark = pytest.mark.browser
CARDS = 10


async def middle_of_a_trick(guest: Guest) -> None:
    """Play until it is this guest's turn and others have played to the trick already."""
    await guest.bid_with_mouse(0)
    for _ in range(CARDS):
        await expect(guest.playable.first).to_be_visible()
        if await guest.trick.count() > 0:
            return
        await guest.play_with_mouse()
    pytest.skip("this deal made the guest lead every trick")


async def test_a_reload_in_the_middle_of_a_trick_shows_the_same_table(people: People) -> None:
    guest = await people.new()
    await guest.create_room()
    await middle_of_a_trick(guest)
    hand = await guest.hand.evaluate_all("cards => cards.map((card) => card.dataset.card)")
    trick = await guest.trick.evaluate_all("cards => cards.map((card) => card.ariaLabel)")

    await guest.page.reload()
    await expect(guest.playable.first).to_be_visible()
    assert await guest.hand.evaluate_all("cards => cards.map((card) => card.dataset.card)") == hand
    assert await guest.trick.evaluate_all("cards => cards.map((card) => card.ariaLabel)") == trick
    while await guest.hand.count() > 0:
        await guest.play_with_mouse()
    await expect(guest.result).to_be_visible()


async def test_a_card_is_played_once_when_the_page_is_reloaded_before_its_ack(people: People) -> None:
    guest = await people.new()
    await guest.create_room()
    await guest.bid_with_mouse(0)
    await expect(guest.playable.first).to_be_visible()
    count = await guest.hand.count()
    await guest.playable.first.evaluate("card => { card.click(); location.reload(); }")
    await expect(guest.hand).to_have_count(count - 1)
    await expect(guest.playable.first).to_be_visible()
    await expect(guest.hand).to_have_count(count - 1)
    await expect(guest.page.locator(".toast")).to_have_count(0)


class CutLine:
    """Stands between page and server: records what passes and cuts the line on demand."""

    def __init__(self) -> None:
        self.hellos: list[dict[str, Any]] = []
        self.welcomes: list[dict[str, Any]] = []
        self._page_side: WebSocketRoute | None = None
        self._server_side: WebSocketRoute | None = None

    def connect(self, page_side: WebSocketRoute) -> None:
        self._page_side = page_side
        self._server_side = page_side.connect_to_server()
        page_side.on_message(self._from_page)
        self._server_side.on_message(self._from_server)

    def _from_page(self, message: str | bytes) -> None:
        assert self._server_side is not None
        frame = json.loads(message)
        if frame["type"] == "hello":
            self.hellos.append(frame)
        self._server_side.send(message)

    def _from_server(self, message: str | bytes) -> None:
        assert self._page_side is not None
        frame = json.loads(message)
        if frame["type"] == "welcome":
            self.welcomes.append(frame)
        self._page_side.send(message)

    def tell(self, frame: dict[str, Any]) -> None:
        """As if the server had sent it."""
        assert self._page_side is not None
        self._page_side.send(json.dumps(frame))

    async def cut(self, code: int, reason: str = "") -> None:
        assert self._page_side is not None
        assert self._server_side is not None
        await self._server_side.close()
        await self._page_side.close(code=code, reason=reason)


async def test_a_cut_connection_resumes_without_a_gap(people: People) -> None:
    guest = await people.new()
    line = CutLine()
    await guest.page.route_web_socket("**/ws/rooms/*", line.connect)
    await guest.create_room()
    await guest.bid_with_mouse(0)
    await guest.play_with_mouse()
    await expect(guest.playable.first).to_be_visible()

    await line.cut(1012, "0")
    count = await guest.hand.count()
    await expect(guest.page.locator(".line")).to_have_text("Connected")
    await guest.play_with_mouse()
    await expect(guest.hand).to_have_count(count - 1)
    first, second = line.hellos
    assert "last_index" not in first
    assert second["last_index"] > 0
    assert line.welcomes[1]["mode"] == "replay"


async def test_a_pause_says_why_and_moves_nothing(people: People) -> None:
    guest = await people.new()
    line = CutLine()
    await guest.page.route_web_socket("**/ws/rooms/*", line.connect)
    await guest.create_room()
    await expect(guest.bids.first).to_be_visible()
    before = await guest.hand.first.bounding_box()
    line.tell({"type": "status", "paused": True, "reason": "database", "since": 0})
    note = guest.page.locator(".paused-note")
    await expect(note).to_contain_text("storage is away. Nothing is lost")
    await expect(guest.page.locator(".line")).to_have_text("Paused")
    assert await guest.hand.first.bounding_box() == before
    line.tell({"type": "status", "paused": False, "reason": None, "since": 0})
    await expect(note).to_have_count(0)
    line.tell({"type": "notice", "text": "Back at noon.", "at": 0})
    await expect(guest.page.locator(".toast")).to_have_text("From the operator: Back at noon.")
    await guest.bids.nth(1).click()
    await expect(guest.playable.first).to_be_visible()


async def test_a_killed_server_comes_back_with_the_same_table(people_alone: People, live_server: ServerProcess) -> None:
    guest = await people_alone.new()
    await guest.create_room()
    await middle_of_a_trick(guest)
    hand = await guest.hand.count()
    live_server.kill()
    await expect(guest.page.locator(".line")).to_have_text("Reconnecting…")
    await guest.playable.first.click()
    await expect(guest.page.locator(".played.is-pending")).to_have_count(1)

    await asyncio.to_thread(live_server.start)
    await expect(guest.page.locator(".line")).to_have_text("Connected")
    await expect(guest.page.locator(".played.is-pending")).to_have_count(0)
    await expect(guest.hand).to_have_count(hand - 1)
    await guest.play_with_mouse()
    # The browser itself writes down every connection that came to nothing meanwhile, and nothing else went wrong.
    assert [error for error in guest.errors if not error.startswith("WebSocket connection to")] == []
    guest.errors.clear()


async def test_a_second_window_takes_the_seat_over_and_gives_it_back(people: People) -> None:
    guest = await people.new()
    await guest.create_room()
    await expect(guest.bids.first).to_be_visible()
    window = Guest(await guest.page.context.new_page())
    await window.page.goto(guest.page.url)
    await expect(window.bids.first).to_be_visible()
    await expect(guest.page.get_by_role("heading", name="Open elsewhere")).to_be_visible()
    await guest.button("Play here").click()
    await expect(guest.bids.first).to_be_visible()
    await expect(window.page.get_by_role("heading", name="Open elsewhere")).to_be_visible()
    assert window.errors == []


async def test_an_unknown_room_is_reported(people: People) -> None:
    guest = await people.new()
    await guest.page.goto("/#/rooms/01932f00-0000-7000-8000-00000000dead")
    await expect(guest.page.get_by_role("heading", name="There is no such room.")).to_be_visible()
    await guest.page.get_by_role("link", name="Back to the start page").click()
    await expect(guest.page.get_by_role("button", name="Play against bots")).to_be_visible()
