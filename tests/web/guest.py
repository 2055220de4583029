"""What a person does at the table, with mouse or keyboard. Waits for what is on the screen, never for time."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import ConsoleMessage, Error, Locator, Page, expect

QUICK = {"bot_delay_ms": 0, "round_pause_ms": 0, "turn_seconds": 0}
"""No waiting for anything but the player."""

CREATE_ROOM = """async (wanted) => {
    const { Api } = await import('/net/api.js');
    const answer = await new Api().call('POST', '/api/rooms', wanted);
    location.hash = `#/rooms/${answer.game_id}`;
    return answer;
}"""


class Guest:
    """One browser page and what it shows."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", self._page_error)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def _page_error(self, error: Error) -> None:
        self.errors.append(str(error))

    async def open_home(self) -> None:
        await self.page.goto("/")
        await expect(self.page.get_by_role("textbox", name="Your name")).not_to_have_value("")

    async def create_room(self, *, bots: int = 3, rounds: int = 1, **config: Any) -> dict[str, Any]:
        """A private room that starts at once, of this guest and bots."""
        wanted = {
            "game": "eldorado",
            "bots": bots,
            "config": {**QUICK, "max_players": bots + 1, "rounds": rounds, "autostart": True, **config},
            "autostart": True,
            "is_public": False,
        }
        answer = await self.page.evaluate(CREATE_ROOM, wanted)
        assert isinstance(answer, dict)
        return answer

    @property
    def bids(self) -> Locator:
        return self.page.locator("[data-action=bid]:enabled")

    @property
    def hand(self) -> Locator:
        return self.page.locator(".hand .card")

    @property
    def playable(self) -> Locator:
        return self.page.locator(".hand .card.is-playable")

    @property
    def trick(self) -> Locator:
        return self.page.locator(".plays .card")

    @property
    def result(self) -> Locator:
        return self.page.locator(".result")

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    async def bid_with_mouse(self, value: int) -> None:
        await self.button(f"Bid {value}").click()

    async def play_with_mouse(self) -> str:
        """Play the first legal card and return its id."""
        await expect(self.playable.first).to_be_visible()
        count = await self.hand.count()
        card = await self.playable.first.get_attribute("data-card")
        # Where its rank stands: the next card of the fan may cover the rest.
        await self.playable.first.click(position={"x": 14, "y": 22})
        await expect(self.hand).not_to_have_count(count)
        assert card is not None
        return card

    async def bid_with_keyboard(self, value: int) -> None:
        await expect(self.bids.first).to_be_visible()
        for digit in str(value):
            await self.page.keyboard.press(digit)
        await expect(self.button(f"Bid {value}")).to_be_focused()
        await self.page.keyboard.press("Enter")

    async def play_with_keyboard(self) -> None:
        await expect(self.playable.first).to_be_visible()
        count = await self.hand.count()
        await self.page.keyboard.press("ArrowRight")
        await expect(self.page.locator(".hand .card.is-playable:focus")).to_have_count(1)
        await self.page.keyboard.press("Enter")
        await expect(self.hand).not_to_have_count(count)

    async def move_or_result(self) -> bool:
        """Wait until it is this guest's move or the game is over. True: it is their move."""
        await expect(self.bids.first.or_(self.playable.first).or_(self.result)).to_be_visible()
        return await self.result.count() == 0
