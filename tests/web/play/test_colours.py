"""Players at one table have different colours."""

from __future__ import annotations

import pytest

from tests.web.conftest import People

pytestmark = pytest.mark.browser

COLOURS = """async (players) => {
    const { coloursOf } = await import('/games/table/colours.js');
    return [...coloursOf(players)];
}"""
BOTS = "#5566ff"


def people_of(*colours: str, bots: int) -> list[dict[str, object]]:
    """People with these colours, then bots."""
    seated = [*((colour, False) for colour in colours), *([(BOTS, True)] * bots)]
    return [
        {"player_id": str(seat), "seat": seat, "color": colour, "is_bot": is_bot}
        for seat, (colour, is_bot) in enumerate(seated)
    ]


async def test_players_at_a_table_have_different_colours(people: People) -> None:
    guest = await people.new()
    for count in range(2, 11):
        colours = dict(await guest.page.evaluate(COLOURS, people_of("#1f5fa8", bots=count - 1)))
        assert colours["0"] == "#1f5fa8"
        assert len(set(colours.values())) == count
    alike = dict(await guest.page.evaluate(COLOURS, people_of("#1f5fa8", "#1f5faa", "#b3362c", bots=1)))
    assert (alike["0"], alike["2"]) == ("#1f5fa8", "#b3362c")
    assert alike["1"] not in ("#1f5faa", "#1f5fa8", alike["3"])


async def test_bots_are_told_apart_at_the_table_and_in_the_scores(people: People) -> None:
    guest = await people.new()
    await guest.create_room(bots=3)
    await guest.bids.first.wait_for()
    drawn = """(selector) => [...document.querySelectorAll(selector)]
        .map((element) => element.style.getPropertyValue('--player-color'))"""
    faces = await guest.page.evaluate(drawn, ".seat .avatar")
    await guest.page.locator(".aside .scores thead th").last.wait_for()
    columns = await guest.page.evaluate(drawn, ".aside .scores thead th[title]")
    assert len(set(columns)) == 4
    assert set(faces) < set(columns)
